"""The items of a customer's plan: in which order they are carried out, and how one follows from the earlier ones."""

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from reconciler import changes
from reconciler.model.address import Address
from reconciler.model.alarm import REMOVAL_WAITS
from reconciler.model.change import Binding, Change
from reconciler.model.event import (
    DONE_ALREADY,
    REVIEWED_ELSEWHERE,
    Event,
    Failed,
    HeldByService,
    NotDone,
    Recovered,
    Skipped,
    Stale,
    StateNotWritten,
    Succeeded,
    Unknown,
)
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Live


def made(change: Change, event: Recovered | Succeeded) -> bool:
    """Returns True if what was recovered is this very change, so that its event was given."""
    result = event.result
    same = (result.request, result.subscription_id) == (change.request, change.subscription_id)
    return same and event.address == change.address


def in_order(planned: Iterable[Change]) -> list[Change]:
    """Sorts changes by address, and those of one address by the order of their kinds (contract, section 8.2). An order
    comes after those that bring what it needs.
    """
    found = sorted(planned, key=lambda change: (change.address, changes.of(change.request).order(change.seats)))
    left = [change for change in found if _needs(change, found)]
    done = [change for change in found if change not in left]
    while left:
        ready = [change for change in left if not _needs(change, left)] or left
        done += ready
        left = [change for change in left if change not in ready]
    return done


def _needs(change: Change, others: Iterable[Change]) -> bool:
    """Returns True if one of the others orders what this order must have first."""
    needed = change.request.prerequisites
    ordered = (other.after.offer_id for other in others if other is not change and other.request.creates)
    return not set(needed).isdisjoint(ordered)


def stands_alone(change: Change, state: CustomerState) -> bool:
    """Returns True if it may be tried though an earlier change of its address was not carried out (contract, section
    8.2).
    """
    return changes.of(change.request).stands_alone and change.address.name not in state.pending


def following(change: Change, state: CustomerState, fingerprint: str | None) -> Change:
    """The change as it was planned to follow the earlier ones of its address: their results have moved the binding.

    Only results of this very plan, and of its other actions, may stand between the planned binding and state's.
    """
    since = state.results_since(change.address, change.binding.last_request_id)
    bound = state.subscriptions.get(change.address.name)
    ours = (result.plan_fingerprint == fingerprint and result.action != change.action for result in since)
    if not fingerprint or not since or bound is None or not all(ours):
        return change
    binding = Binding(lineage=state.lineage, id=bound.id, last_request_id=state.last_request_id(change.address))
    return replace(change, subscription_id=bound.id, binding=binding)


_WELL = {DONE_ALREADY, REVIEWED_ELSEWHERE, *REMOVAL_WAITS}
"""The codes of what is skipped and holds nothing else up."""


def not_carried_out(
    event: object,
) -> TypeGuard[Failed | HeldByService | NotDone | Skipped | Stale | StateNotWritten | Unknown]:
    """Returns True if it ends a change that was to be made and was not, as far as is known."""
    ended = isinstance(event, Failed | HeldByService | NotDone | Skipped | Stale | StateNotWritten | Unknown)
    return ended and not (isinstance(event, Skipped) and event.code in _WELL)


@dataclass(kw_only=True)
class Ended:
    """The addresses of a customer's changes that were not carried out, and whether what refused one holds for all."""

    failed: set[Address] = field(default_factory=set)
    holds_customer: bool = False


def noting(
    events: Generator[Event, None, Mapping[str, Live]], ended: Ended
) -> Generator[Event, None, Mapping[str, Live]]:
    """The same events; how a change that was not carried out ended is noted."""
    while True:
        try:
            event = next(events)
        except StopIteration as end:
            seen: Mapping[str, Live] = end.value
            return seen
        if not_carried_out(event) and not isinstance(event, StateNotWritten):
            ended.failed.add(event.address)
            ended.holds_customer |= isinstance(event, Failed) and event.holds_customer
        yield event
