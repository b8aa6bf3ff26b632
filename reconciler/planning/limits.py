"""What the operator refuses today: figures of the whole plan, held against the settings before the first write."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.plan import Breach
from reconciler.model.settings import Limits
from reconciler.model.shard import Shard
from reconciler.model.subscription import Desired

_COUNTED_FROM = 10
"""A percentage of fewer subscriptions than this says nothing (octoDNS draws the same line)."""

_PERCENTAGES = {"max_changed_percent", "max_catalogue_change_percent"}

_LISTED = 5
"""How many customers a breach names; the rest are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """What the limits look at beside the changes: the whole estate, or a shard of it, whatever a run selects.

    Of `shard` a percentage is of the shard's own subscriptions, and of any other limit it has its share: so what is
    allowed to all shards together is never more than what is allowed to the estate. `managed` counts the subscriptions
    of the shard, `elsewhere` those of the others: a percentage holds where both come to ten. `emptied` are the
    customers of whom state still manages subscriptions and no manifest declares one. `moved` counts subscriptions by
    the offer's name that would move them.
    """

    managed: int
    elsewhere: int = 0
    shard: Shard | None = None
    emptied: tuple[str, ...] = ()
    moved: Mapping[str, int] = field(default_factory=dict)


def breaches(changes: Iterable[Change], extent: Extent, limits: Limits) -> tuple[Breach, ...]:
    """Every limit that is exceeded, with its figure. A plan that changes nothing can only show what holds back all that
    come after it: the estate's own extent.
    """
    changes = tuple(changes)
    seats = [change.seats for change in changes]
    counted = extent.managed if extent.managed + extent.elsewhere >= _COUNTED_FROM else 0
    name, moved = max(extent.moved.items(), key=lambda item: item[1], default=("", 0))
    figures = {
        "max_changes": (len(seats), ""),
        "max_changed_percent": (-(-100 * len(seats) // counted) if counted else 0, ""),
        "max_seats_removed": (-sum(one for one in seats if one < 0), ""),
        "max_seats_added": (sum(one for one in seats if one > 0), ""),
        "max_seats_upgraded": (sum(change.seats_upgraded for change in changes), ""),
        "max_customers_emptied": (len(extent.emptied), _some(extent.emptied)),
        "max_catalogue_change_percent": (100 * moved // counted if counted else 0, name),
    }
    allowed = {name: _allowed(name, limits, extent.shard) for name in figures}
    return tuple(
        Breach(name=name, limit=allowed[name], figure=figure, subject=subject or _shared(name, limits, extent.shard))
        for name, (figure, subject) in figures.items()
        if figure > allowed[name]
    )


def moved_by_name(declared: Iterable[Desired], present: Mapping[Address, str]) -> Mapping[str, int]:
    """How many subscriptions one name of the offer catalogue would move, from one and the same offer to another.

    A plan can't know what a name meant yesterday. But where it means another id than it did, every subscription that is
    declared by it asks to move from what it is to what the name means now: that is counted, by name and by the two
    ids, and the most of each name is given. Editing as many manifests looks the same, and is held back the same.
    `declared` are those declared by a name, `present` their offers now, as far as known.
    """
    pairs = Counter(
        (one.offer.name, present[one.address], one.offer.id)
        for one in declared
        if present.get(one.address, one.offer.id) != one.offer.id
    )
    most: dict[str, int] = {}
    for (name, _, _), count in pairs.items():
        most[name] = max(count, most.get(name, 0))
    return most


def _allowed(name: str, limits: Limits, shard: Shard | None) -> int:
    whole: int = getattr(limits, name)
    return shard.share(whole) if shard and name not in _PERCENTAGES else whole


def _shared(name: str, limits: Limits, shard: Shard | None) -> str:
    """Why less is allowed than the settings say."""
    if shard is None or name in _PERCENTAGES:
        return ""
    return f"shard {shard} has {_allowed(name, limits, shard)} of {getattr(limits, name)}"


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
