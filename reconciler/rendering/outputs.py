"""Outputs for later steps of a pipeline: counts and verdicts, by name.

Nothing in them came from elsewhere, so no value can set another variable.
"""

from collections import Counter
from collections.abc import Mapping

from reconciler.documents.plan import fingerprint
from reconciler.model.event import counted
from reconciler.model.plan import Plan
from reconciler.rendering.reports.applied import Applied
from reconciler.rendering.reports.costs import total_properties
from reconciler.rendering.reports.counts import plan_counts
from reconciler.rendering.reports.events import CAME_TO


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


def applied_outputs(applied: Applied) -> Mapping[str, object]:
    """Returns how many changes of an apply came out which way."""
    counts = Counter(map(counted, applied.events))
    return {name: counts[name] for name in CAME_TO}
