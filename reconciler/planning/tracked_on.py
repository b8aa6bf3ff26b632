"""Addresses that can't be let go yet, though no manifest declares them. State alone decides that."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from reconciler import advice
from reconciler.model.address import Address
from reconciler.model.alarm import Alarm
from reconciler.model.evidence import may_show
from reconciler.model.pending import SHOWS_WITHIN
from reconciler.model.state import CustomerState
from reconciler.model.utc import utc_minute


def tracked_on(state: CustomerState, name: str, now: datetime, why: str = "undeclared") -> Alarm | None:
    """Returns why a name with nothing pending can't be let go; None where it can. `now` is the earlier clock; `why` it
    would be let go is the beginning of the code.

    Without its history, what was bought for it and does not show yet could be bought again.
    """
    bound = state.subscriptions.get(name)
    doubts = (doubt for doubt in state.doubts() if state.name_of(doubt) == name and may_show(doubt, now))
    if until := max((doubt.doubted_until for doubt in doubts), default=None):
        return _alarm(state.address(name), f"{why}_in_doubt", until)
    if bound is not None and not bound.visible and now - bound.observed_at <= SHOWS_WITHIN:
        return _alarm(state.address(name), f"{why}_not_seen", bound.observed_at + SHOWS_WITHIN)
    return None


def had_to_wait(state: CustomerState, name: str) -> bool:
    """Returns True if there is, or was, a reason to track a name on: what was sent for it was given up as not done, or
    what it bought was not seen.
    """
    bound = state.subscriptions.get(name)
    given_up = any(state.name_of(doubt) == name for doubt in state.doubts())
    return given_up or name in state.pending or (bound is not None and not bound.visible)


def all_tracked_on(states: Iterable[CustomerState], undeclared: Collection[Address], now: datetime) -> Iterator[Alarm]:
    """Yields why each of the undeclared addresses that can't be let go yet is tracked on."""
    for state in states:
        names = (name for name in state.subscriptions if state.address(name) in undeclared)
        yield from filter(None, (tracked_on(state, name, now) for name in names if name not in state.pending))


def _alarm(address: Address, code: str, until: datetime) -> Alarm:
    description = advice.sentence(code, address=address, until=utc_minute(until + timedelta(minutes=1)))
    return Alarm(address=address, code=code, description=description)
