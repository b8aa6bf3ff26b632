"""Holds the figures of a whole plan against the limits of the settings, before the first write.

Some limits stop everything; the others hold back the changes that they count, and all of these.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby
from math import ceil

from reconciler import changes
from reconciler.model.address import Address
from reconciler.model.breach import Breach, Held, HeldCode
from reconciler.model.change import Change
from reconciler.model.desired import Desired
from reconciler.model.limits import OF_PLAN, Limit, Limits, Unit, allowed
from reconciler.model.plan import Plan
from reconciler.model.renewal import EndOfTerm
from reconciler.model.shard import Shard
from reconciler.planning.money import AMOUNTS, currency_of, is_unpriced
from reconciler.planning.words import some_of

_COUNTED_FROM = 10
"""A percentage of fewer subscriptions than this says nothing (octoDNS draws the same line)."""


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


_EMPTIED = "max_customers_emptied"

Figure = tuple[int, str]
"""A figure of the plan, and what makes it up where that is not the changes themselves."""


def breaches(
    planned: Iterable[Change], extent: Extent, limits: Limits, *, refuse_unpriced: bool = False
) -> tuple[Breach, ...]:
    """Returns every limit that is exceeded, with its figure; those of money for each currency. With `refuse_unpriced` a
    change without a price exceeds those of money, were they off.

    Of a plan that changes nothing only the estate's own extent can exceed one: that holds back all later changes.
    """
    every = tuple(planned)
    return tuple(
        breach
        for limit in OF_PLAN
        for breach in (
            _of_money(limit, every, extent, limits, refuse_unpriced=refuse_unpriced)
            if limit.unit is Unit.MONEY
            else filter(None, (_breach(limit, every, extent, limits),))
        )
    )


def _of_money(
    limit: Limit, planned: tuple[Change, ...], extent: Extent, limits: Limits, *, refuse_unpriced: bool
) -> Iterator[Breach]:
    counts = AMOUNTS[limit.name]
    figures: dict[str, Decimal] = {}
    for change in planned:
        if amount := counts(change):
            figures[currency_of(change)] = figures.get(currency_of(change), Decimal(0)) + amount
    for currency, amount in sorted(figures.items()):
        whole = allowed(limits, limit.name, currency)
        if whole is None:
            continue
        share = extent.shard.share(whole) if extent.shard else whole
        if amount > share:
            subject = _share_of(extent.shard, share, whole)
            yield Breach(name=limit.name, limit=share, figure=ceil(amount), subject=subject, currency=currency)
    unpriced = sum(map(is_unpriced, planned)) if refuse_unpriced else 0
    if unpriced:
        yield Breach(name=limit.name, limit=0, figure=unpriced, unpriced=True)


def _breach(limit: Limit, planned: tuple[Change, ...], extent: Extent, limits: Limits) -> Breach | None:
    figure, subject = _figure(limit.name, planned, extent)
    whole: int = getattr(limits, limit.name)
    shared = extent.shard is not None and limit.unit is not Unit.PERCENT
    most = extent.shard.share(whole) if shared and extent.shard else whole
    if figure <= most:
        return None
    part = _share_of(extent.shard, most, whole) if shared else _counted_of(extent)
    about = ", ".join(filter(None, (subject, part))) if limit.unit is Unit.PERCENT else subject or part
    customers = extent.emptied if limit.name == _EMPTIED else ()
    return Breach(name=limit.name, limit=most, figure=figure, subject=about, customers=customers)


def _share_of(shard: Shard | None, share: int, whole: int) -> str:
    return f"shard {shard} has {share} of {whole}" if shard else ""


def _counted_of(extent: Extent) -> str:
    """Returns whose subscriptions a percentage is of, where that is not the whole estate."""
    return f"of the {extent.counted} of shard {extent.shard}" if extent.shard else ""


def _figure(name: str, planned: tuple[Change, ...], extent: Extent) -> Figure:
    return (sum(map(_COUNTS[name], planned)), "") if name in _COUNTS else _MEASURES[name](planned, extent)


def limited(plan: Plan, exceeded: tuple[Breach, ...]) -> Plan:
    """Returns the plan with these limits exceeded, and what they hold back."""
    return replace(plan, limits=exceeded, held=held(plan.changes, exceeded))


def held(planned: Iterable[Change], exceeded: Iterable[Breach]) -> tuple[Held, ...]:
    """Returns what limits hold back: the changes that they count, and those of the same address that follow one.

    A renewal item stands alone, unless the change that is held gives the subscription another offer: what is scheduled
    then would be of an offer that it does not have. Where a renewal item is held, a change that deletes what is
    scheduled waits for it: else nothing would be scheduled any more.
    """
    limits = tuple(exceeded)
    by_address = groupby(sorted(planned, key=_place), key=lambda change: change.address)
    return tuple(item for _, items in by_address for item in _held(items, limits))


def holding(plan: Plan, item: Held) -> tuple[Breach, ...]:
    """Returns the limits that hold a change back: of those of money, in the currencies of its address."""
    of_address = [change for change in plan.changes if change.address == item.address]
    return tuple(
        breach
        for breach in plan.limits
        if breach.name in item.limits and any(_is_counted(change, breach) for change in of_address)
    )


def _held(items: Iterable[Change], limits: tuple[Breach, ...]) -> Iterator[Held]:
    """Yields what is held of one address, whose changes are in the order in which they are carried out."""
    counted = [
        (change, [*dict.fromkeys(breach.name for breach in limits if _is_counted(change, breach))]) for change in items
    ]
    scheduling = [name for change, own in counted if changes.of(change.request).stands_alone for name in own]
    before, moves = dict[str, None](), False
    for change, own in counted:
        alone = changes.of(change.request).stands_alone
        waits = scheduling if change.deletes_schedule else []
        follows = before and (moves or not alone)
        if own or waits or follows:
            code: HeldCode = "held_by_limit" if own else "renewal_held" if waits else "earlier_change_held"
            yield Held(address=change.address, action=change.action, code=code, limits=tuple(own or waits or before))
            before.update(dict.fromkeys(own or waits))
            moves = moves or change.moves_offer


def _place(change: Change) -> tuple[Address, int]:
    return change.address, changes.of(change.request).order(change.seats)


def _changed_percent(planned: tuple[Change, ...], extent: Extent) -> Figure:
    changed = len({change.address for change in planned})
    return (-(-100 * changed // extent.counted) if extent.counted else 0), ""


def _moved_percent(_: tuple[Change, ...], extent: Extent) -> Figure:
    name, moved = max(extent.moved.items(), key=lambda item: item[1], default=("", 0))
    return (100 * moved // extent.counted if extent.counted else 0), name


def _at_once(change: Change) -> int:
    """Returns the seats that are added or removed at once: a renewal item moves none."""
    return change.seats if change.request.at_end is None else 0


def _commits(change: Change) -> bool:
    """Returns whether a change begins a new commitment at once that the manifest asks for by its term."""
    return change.request.new_terms is not None and not change.request.creates


def _ends(change: Change) -> bool:
    return change.request.at_end is not None and change.request.at_end.outcome == EndOfTerm.ENDS


def _is_counted(change: Change, breach: Breach) -> bool:
    if breach.unpriced:
        return is_unpriced(change)
    if breach.name in AMOUNTS:
        return currency_of(change) == breach.currency and bool(AMOUNTS[breach.name](change))
    return breach.name in _COUNTS and bool(_COUNTS[breach.name](change))


_COUNTS: Mapping[str, Callable[[Change], int]] = {
    "max_seats_removed": lambda change: max(-_at_once(change), 0),
    "max_seats_added": lambda change: max(_at_once(change), 0),
    "max_seats_upgraded": lambda change: change.seats_upgraded,
    "max_seats_removed_at_renewal": lambda change: change.seats_removed_at_renewal,
    "max_terms_committed": _commits,
    "max_ended": _ends,
    "max_orders": lambda change: change.request.creates,
}
"""Counts of one change, for each limit that holds back; of what it does not count, 0."""

_MEASURES: Mapping[str, Callable[[tuple[Change, ...], Extent], Figure]] = {
    "max_changes": lambda planned, _: (len(planned), ""),
    "max_changed_percent": _changed_percent,
    _EMPTIED: lambda _, extent: (len(extent.emptied), some_of(extent.emptied)),
    "max_catalogue_change_percent": _moved_percent,
}
"""The measure of each limit that stops everything: the figure that is held against it."""


def moved_by_name(declared: Iterable[Desired], present: Mapping[Address, str]) -> Mapping[str, int]:
    """Returns how many subscriptions one name of the offer catalogue would move, from one and the same offer to
    another.

    A plan can't know what a name meant yesterday. But where it means another id than it did, every subscription that is
    declared by it asks to move from what it is to what the name means now: that is counted, by name and by the two
    ids, and the most of each name is given. Editing as many manifests looks the same, and is held back the same.
    `declared` are those declared by a name, `present` their offers now, as far as known.
    """
    pairs = Counter(
        (desired.offer.name, present[desired.address], desired.offer.id)
        for desired in declared
        if present.get(desired.address, desired.offer.id) != desired.offer.id
    )
    most: dict[str, int] = {}
    for (name, _, _), count in pairs.items():
        most[name] = max(count, most.get(name, 0))
    return most
