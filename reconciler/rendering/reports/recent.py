"""Says how much of a plan is of an earlier snapshot, why the rest was read again, and what was not seen."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from reconciler.model.plan import Plan
from reconciler.model.recent import Recent, WhyRead
from reconciler.model.utc import utc_minute
from reconciler.rendering.phrases import count, listed, since
from reconciler.rendering.report import Line, Span, Tone

_WHY: dict[WhyRead, str] = {
    "not_in_snapshot": "not in the snapshot",
    "not_listed": "not in the partner's list of customers",
    "in_log": "named by the service's log",
    "applied_since": "applied since",
    "unsettled": "with something unsettled",
    "term_over": "with a term that ends",
    "status_moves_on": "with a subscription that is not active",
    "something_to_do": "with something to do",
}


def recent_lines(plan: Plan, now: datetime | None) -> Iterator[Line]:
    """Yields how many customers are shown as the snapshot has them, how old that is, and what was not seen."""
    recent = plan.recent
    if recent is None:
        return
    if recent.everything:
        yield (Span(f"Every customer was read live: {recent.everything}.", Tone.LABEL),)
    elif recent.as_of is not None and recent.kept:
        yield (Span(f"{_share(plan, recent)} as of {since(recent.as_of, now)}{_read_live(recent)}.", Tone.LABEL),)
        yield (Span(f"Not seen since then: {'; '.join(recent.not_seen)}."),)
    elif recent.again:
        yield (Span(f"Every customer was read live: {_why(recent)}."),)


def _read_live(recent: Recent) -> str:
    if not recent.again:
        return ""
    return f"; {len(recent.again):,} read live: {_why(recent)}. What is planned or blocked was read live"


def of_snapshot(plan: Plan) -> str:
    """Returns how many customers are how old, to stand behind a count; empty where all were read live."""
    recent = plan.recent
    if recent is None or not recent.kept or recent.as_of is None:
        return ""
    return f" ({_share(plan, recent)} as of {utc_minute(recent.as_of)})"


def _share(plan: Plan, recent: Recent) -> str:
    """Returns how many of the customers it is: plans of shards that are read as one may be live in part."""
    planned = max(plan.selection.customers, recent.kept + len(recent.again))
    return f"{recent.kept:,} of {count(planned, 'customer')}"


def _why(recent: Recent) -> str:
    """Returns how many were read live for which reason; who has several counts for the first of them."""
    counted = Counter(again.reasons[0] for again in recent.again)
    if len(counted) == 1:
        return _WHY[next(iter(counted))]
    return listed([f"{counted[why]:,} {words}" for why, words in _WHY.items() if counted[why]])
