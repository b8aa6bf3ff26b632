"""The outputs of a plan."""

from collections.abc import Mapping

from reconciler.documents.plan import fingerprint
from reconciler.model.plan import Plan
from reconciler.rendering.reports.costs import total_properties
from reconciler.rendering.reports.counts import plan_counts


def plan_outputs(plan: Plan) -> Mapping[str, object]:
    """A plan's counts, its fingerprint, and what it comes to in a word."""
    return {
        "verdict": _word(plan),
        **{counted.name: counted.number for counted in plan_counts(plan)},
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
