"""Holds the figures of a whole plan against the limits of the settings, before the first write."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.limits import OF_PLAN, Limit, Limits, Unit
from reconciler.model.plan import Breach
from reconciler.model.renewal import EndOfTerm
from reconciler.model.request import RenewalRequest, TermRequest, TransitionRequest
from reconciler.model.shard import Shard
from reconciler.model.subscription import Desired

_COUNTED_FROM = 10
"""A percentage of fewer subscriptions than this says nothing (octoDNS draws the same line)."""

_LISTED = 5
"""Customers that a breach names; the rest are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Figures beside the changes that limits depend on: of the whole estate, or of a shard of it, whatever is selected.

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

    @property
    def counted(self) -> int:
        """The subscriptions that a percentage is of; 0 where they are too few for one."""
        return self.managed if self.managed + self.elsewhere >= _COUNTED_FROM else 0


Figure = tuple[int, str]
"""A figure of the plan, and what makes it up where that is not the changes themselves."""


def breaches(changes: Iterable[Change], extent: Extent, limits: Limits) -> tuple[Breach, ...]:
    """Returns every limit that is exceeded, with its figure.

    Of a plan that changes nothing only the estate's own extent can exceed one: that holds back all later changes.
    """
    changes = tuple(changes)
    return tuple(filter(None, (_breach(limit, changes, extent, limits) for limit in OF_PLAN)))


def _breach(limit: Limit, changes: tuple[Change, ...], extent: Extent, limits: Limits) -> Breach | None:
    figure, subject = _MEASURES[limit.name](changes, extent)
    whole: int = getattr(limits, limit.name)
    shared = extent.shard is not None and limit.unit is not Unit.PERCENT
    allowed = extent.shard.share(whole) if shared and extent.shard else whole
    if figure <= allowed:
        return None
    share = f"shard {extent.shard} has {allowed} of {whole}" if shared else ""
    return Breach(name=limit.name, limit=allowed, figure=figure, subject=subject or share)


def _changed_percent(changes: tuple[Change, ...], extent: Extent) -> Figure:
    return (-(-100 * len(changes) // extent.counted) if extent.counted else 0), ""


def _moved_percent(_: tuple[Change, ...], extent: Extent) -> Figure:
    name, moved = max(extent.moved.items(), key=lambda item: item[1], default=("", 0))
    return (100 * moved // extent.counted if extent.counted else 0), name


def _removed_at_renewal(change: Change) -> int:
    """Returns how many seats fewer the next term has by this change; a subscription that ends has its own limit."""
    if not (isinstance(change.request, RenewalRequest) and change.request.next_term):
        return 0
    return max(change.before.quantity - change.request.next_term.quantity, 0)


def _commits(change: Change) -> bool:
    """Returns whether a change begins a new commitment at once that the manifest asks for by its term."""
    request = change.request
    return isinstance(request, TermRequest) or (isinstance(request, TransitionRequest) and request.term is not None)


def _ends(change: Change) -> bool:
    return isinstance(change.request, RenewalRequest) and change.request.outcome == EndOfTerm.ENDS


_MEASURES: Mapping[str, Callable[[tuple[Change, ...], Extent], Figure]] = {
    "max_changes": lambda changes, _: (len(changes), ""),
    "max_changed_percent": _changed_percent,
    "max_seats_removed": lambda changes, _: (sum(max(-change.seats, 0) for change in changes), ""),
    "max_seats_added": lambda changes, _: (sum(max(change.seats, 0) for change in changes), ""),
    "max_seats_upgraded": lambda changes, _: (sum(change.seats_upgraded for change in changes), ""),
    "max_seats_removed_at_renewal": lambda changes, _: (sum(map(_removed_at_renewal, changes)), ""),
    "max_terms_committed": lambda changes, _: (sum(map(_commits, changes)), ""),
    "max_ended": lambda changes, _: (sum(map(_ends, changes)), ""),
    "max_customers_emptied": lambda _, extent: (len(extent.emptied), _some(extent.emptied)),
    "max_catalogue_change_percent": _moved_percent,
}
"""The measure of each limit of the table: the figure that is held against it."""


def moved_by_name(declared: Iterable[Desired], present: Mapping[Address, str]) -> Mapping[str, int]:
    """Returns how many subscriptions one name of the offer catalogue would move, from one and the same offer to
    another.

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


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
