"""Tells of one-off permissions that are used up."""

from collections.abc import Iterator

from reconciler import advice
from reconciler.changes.case import Case
from reconciler.changes.in_words import in_seats
from reconciler.model.alarm import Alarm


def permission_alarms(case: Case) -> Iterator[Alarm]:
    """Yields that a one-off permission to remove seats is not needed any more: nothing is to be removed."""
    desired, live = case.desired, case.live
    if desired.fewer_seats_once is None or live is None or case.seats_removed:
        return
    yield Alarm(
        address=desired.address,
        code="seat_permission_not_needed",
        description=advice.sentence(
            "seat_permission_not_needed",
            permission=desired.fewer_seats_once,
            live=f"{in_seats(live.quantity)} {'is' if live.quantity == 1 else 'are'}",
            line=desired.fewer_seats_place or desired.source,
        ),
    )
