"""What the operator refuses today: figures of the whole plan, held against the settings before the first write."""

from collections.abc import Iterable

from reconciler.model.change import Change
from reconciler.model.plan import Breach
from reconciler.model.settings import Limits

_COUNTED_FROM = 10
"""A percentage of fewer subscriptions than this says nothing (octoDNS draws the same line)."""


def breaches(changes: Iterable[Change], managed: int, limits: Limits) -> tuple[Breach, ...]:
    """Every limit that these changes would exceed, with its figure. `managed`: how many subscriptions there are."""
    seats = [change.seats for change in changes]
    figures = {
        "max_changes": len(seats),
        "max_changed_percent": -(-100 * len(seats) // managed) if managed >= _COUNTED_FROM else 0,
        "max_seats_removed": -sum(one for one in seats if one < 0),
        "max_seats_added": sum(one for one in seats if one > 0),
    }
    return tuple(
        Breach(name=name, limit=getattr(limits, name), figure=figure)
        for name, figure in figures.items()
        if figure > getattr(limits, name)
    )
