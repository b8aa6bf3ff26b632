"""Outputs for later steps of a pipeline: counts and verdicts, by name.

Nothing in them came from elsewhere, so no value can set another variable.
"""

from collections import Counter
from collections.abc import Mapping

from reconciler.documents.plan import fingerprint
from reconciler.model.event import DONE_ALREADY, REVIEWED_ELSEWHERE, counted
from reconciler.model.plan import Plan
from reconciler.rendering.reports.applied import Applied
from reconciler.rendering.reports.costs import total_properties
from reconciler.rendering.reports.verdict import unknown

_COUNTED = (
    "succeeded",
    "with_license_errors",
    "recovered",
    "not_done",
    "failed",
    "skipped",
    "stale",
    "unknown",
    "held",
    "state_not_written",
    DONE_ALREADY,
    REVIEWED_ELSEWHERE,
)


def plan_outputs(plan: Plan) -> Mapping[str, object]:
    """A plan's counts, its fingerprint, and what it comes to in a word."""
    summary = plan.summary
    return {
        "verdict": _word(plan),
        "changes": len(plan.changes),
        **{f"{action}s": number for action, number in summary.actions.items()},
        "asked_before": len(plan.asked_before) + len(plan.asked_before_items),
        "blocked": summary.blocked,
        "waiting": summary.waiting,
        "unknown": unknown(plan),
        "unchanged": summary.unchanged,
        "drift": len(plan.drift),
        "undeclared": len(plan.undeclared),
        "dropped": len(plan.dropped),
        "moves": len(plan.moves) + len(plan.customer_moves),
        "limits_exceeded": len(plan.limits),
        "held": summary.held,
        "seats_added": summary.seats_added,
        "seats_removed": summary.seats_removed,
        "seats_removed_at_renewal": summary.seats_removed_at_renewal,
        "seats_upgraded": summary.seats_upgraded,
        "notices": len(plan.notices),
        **_costs(plan),
        "errored": str(plan.errored).lower(),
        "fingerprint": fingerprint(plan),
    }


def _costs(plan: Plan) -> Mapping[str, str]:
    """Returns the totals by their names; none without price sheets."""
    return dict(total_properties(plan.costs)) if plan.costs else {}


def _word(plan: Plan) -> str:
    if plan.refusing:
        return "refused"
    if plan.ready or plan.rearranges:
        return "changes"
    if plan.held:
        return "held"
    if plan.blocked:
        return "blocked"
    return "waiting" if plan.pending else "nothing"


def applied_outputs(applied: Applied) -> Mapping[str, object]:
    """Returns how many changes of an apply came out which way."""
    counts = Counter(map(counted, applied.events))
    return {name: counts[name] for name in _COUNTED}
