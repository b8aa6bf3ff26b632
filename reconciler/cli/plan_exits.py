"""Exit codes of plans (contract, section 3)."""

from reconciler.model.change import Blocked
from reconciler.model.plan import Plan


def of_plan(plan: Plan, *, blocked: str, detailed: bool) -> set[int]:
    """A plan's codes: 3 where something is blocked and that fails, 2 where changes are planned and asked about, and 1
    where nothing at all could be read: that is an outage, and no verdict on any subscription.
    """
    codes = {3} if plan.blocked and blocked == "fail" else set()
    planned = detailed and (plan.changes or plan.rearranges)
    return codes | ({1} if nothing_read(plan) else set()) | ({2} if planned else set())


def nothing_read(plan: Plan) -> bool:
    """Returns True if the service answered for no customer at all."""
    known = plan.changes or plan.unchanged or plan.pending
    return plan.errored and not known and all(_is_unread(item) for item in plan.blocked)


def _is_unread(blocked: Blocked) -> bool:
    return blocked.before is None and {reason.code for reason in blocked.reasons} == {"customer_unreadable"}
