"""Live values that were seen, and their recording in state."""

from collections.abc import Iterator, Mapping

from reconciler.applying.context import ApplyContext
from reconciler.applying.journal import Journal
from reconciler.applying.skipping import unwritten
from reconciler.applying.work import Work
from reconciler.model.consent import Stamp
from reconciler.model.errors import StateError
from reconciler.model.event import (
    Event,
)
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Live, terms_of


def planned_values(work: Work) -> Mapping[str, Live]:
    """Returns the live values that the plan recorded, by the addresses' names."""
    return {seen.address.name: seen.live for seen in work.observed}


def seen_again(work: Work, context: ApplyContext, state: CustomerState) -> Mapping[str, Live]:
    """Returns what a saved plan observed and another look shows still. What changed since then is for the next plan to
    tell.
    """
    return as_planned(work, context.look(work.customer, state))


def as_planned(work: Work, seen: Mapping[str, Live]) -> Mapping[str, Live]:
    """Returns the live values that the plan had too. What changed since then nobody has
    reviewed: the next plan shows it.
    """
    planned = {observed.address.name: _values(observed.live) for observed in work.observed}
    return {name: live for name, live in seen.items() if planned.get(name) == _values(live)}


def _values(live: Live) -> tuple[object, ...]:
    return (live.id, live.offer.id, live.quantity, live.status, terms_of(live))


def observe(work: Work, seen: Mapping[str, Live], context: ApplyContext, journal: Journal) -> Iterator[Event]:
    """Records live values, so that drift can be told next time; and which consents are needed."""
    settled = {name: live for name, live in seen.items() if name not in journal.state.pending}
    declared = {observed.address.name for observed in work.observed if observed.declared}
    now = context.commerce.now()
    stamp = Stamp.of(now, context.run)

    def observed(state: CustomerState) -> CustomerState:
        for lost in work.observed:
            if lost.schedule_gone and lost.address.name not in state.pending:
                state = state.lose_schedule(lost, now)
        return state.observe(settled, now, declared).need_consents(work.consents, stamp)

    try:
        journal.record(observed)
    except StateError as error:
        yield from unwritten(error, context, journal)
