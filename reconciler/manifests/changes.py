"""Compares two versions of an estate's files: the customers that differ, and the guards that moved.

Two sets of contents are compared by what they declare; comments, order and moves between files change nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import chain
from typing import Any

from reconciler.manifests import settings
from reconciler.manifests.catalogue import Catalogue
from reconciler.manifests.declarations import declarations
from reconciler.manifests.estate import Estate, catalogue_of, moves_in
from reconciler.manifests.files import Directory, Source
from reconciler.manifests.guards_of_entries import allowed, named_freely, sold_elsewhere
from reconciler.manifests.guards_of_settings import EVERYWHERE, repriced, settings_moved
from reconciler.manifests.moves import MOVES
from reconciler.manifests.special_files import OFFERS, SPECIAL
from reconciler.model.address import Address
from reconciler.model.desired import Desired
from reconciler.model.errors import Problem
from reconciler.model.moves import EstateMoves, Moves
from reconciler.model.plan import CatalogueName, Notice
from reconciler.model.settings import Settings

NO_SHEETS: Mapping[str, tuple[str, str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The differences from an earlier estate.

    `customers`: those who are declared otherwise than before, or not any more, by every name that they have or had;
    `former` are the names of those that are declared under another one now; `dropped`: the addresses that are
    declared no more, nor their subscriptions under another name, `dropped_orders` the entries of those that were to be
    bought; `altered`: the addresses that are declared otherwise, or newly, and `altered_from` the entries of those as
    they were, unless a name of the catalogue means another offer by now. `everything` says why every customer's plan
    may differ; empty where that isn't so. `redefined` are names of the catalogue that mean another offer than
    before. `notices` tell of guards that changed, those that let more through first.
    """

    customers: frozenset[str]
    former: frozenset[str] = frozenset()
    dropped: frozenset[Address] = frozenset()
    dropped_orders: tuple[Desired, ...] = ()
    altered: frozenset[Address] = frozenset()
    altered_from: tuple[Desired, ...] = ()
    everything: str = ""
    redefined: tuple[CatalogueName, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Earlier:
    """The contents of the earlier files. `settings` are None where they could not be parsed then; `desired` holds, by
    customer, what those files declared that are not today's; an unreadable one declares nothing. `tenants` are those
    of the same customers, `moves` their moves,
    `estate_moves` those of the estate's own file.
    """

    settings: Settings | None
    catalogue: Catalogue
    desired: Mapping[str, tuple[Desired, ...]]
    tenants: Mapping[str, str] = field(default_factory=dict)
    moves: Mapping[str, Moves] = field(default_factory=dict)
    estate_moves: EstateMoves = field(default_factory=EstateMoves)


def estate_changes(
    estate: Estate, earlier: Mapping[str, bytes], sheets: Mapping[str, tuple[str, str]] = NO_SHEETS
) -> Changes:
    """Returns how the estate differs from the one that these files, by their paths within it, made up. `sheets` are the
    price sheets whose contents differ, with what names these then and now.

    What can't be decided counts as a change: a file that could not be read then, a name that nobody knew.
    """
    before = _read(estate, earlier)
    today = _today(estate, earlier)
    other = {
        name
        for name in today.keys() | before.desired.keys()
        if _declared(today, name) != _declared(before.desired, name) or _moves(estate, name) != before.moves.get(name)
    }
    other |= _moved_otherwise(estate.estate_moves, before.estate_moves)
    renamed = {desired.address for desired in estate.desired if _means_other(desired, before.catalogue, estate)}
    wanted_now, earlier_asked = _by_address(today), _by_address(before.desired)
    notices = () if not earlier else (*_notices(estate, before, today), *repriced(estate, sheets))
    gone = tuple(_gone(estate, before))
    entries = tuple(chain.from_iterable(before.desired.values()))
    altered = renamed | {address for address, wanted in wanted_now.items() if wanted != earlier_asked.get(address)}
    return Changes(
        customers=frozenset(other | {address.customer for address in renamed}),
        former=frozenset(_former(other, estate, before)),
        dropped=frozenset(desired.address for desired in gone),
        dropped_orders=tuple(desired for desired in gone if desired.order),
        altered=frozenset(altered),
        altered_from=tuple(desired for desired in entries if desired.address in altered - renamed),
        everything=_everything(estate.settings, before.settings),
        redefined=tuple(_redefined(estate, before.catalogue)),
        notices=tuple(sorted(notices, key=lambda notice: (notice.code, notice.subject))),
    )


def _notices(estate: Estate, before: _Earlier, today: Mapping[str, tuple[Desired, ...]]) -> tuple[Notice, ...]:
    return (
        *settings_moved(estate, before.settings),
        *named_freely(estate, before.catalogue),
        *allowed(today, before.desired),
        *sold_elsewhere(today, before.desired),
    )


def _read(estate: Estate, earlier: Mapping[str, bytes]) -> _Earlier:
    files = [Source(relative=name, shown=name, content=content) for name, content in sorted(earlier.items())]
    catalogue = catalogue_of([file for file in files if file.relative in OFFERS], [])
    before = _settings(files, estate)
    defaults = (before or estate.settings).defaults
    desired: dict[str, tuple[Desired, ...]] = {}
    tenants: dict[str, str] = {}
    moves: dict[str, Moves] = {}
    for file in files:
        if file.relative not in SPECIAL and estate.files.get(file.relative) != file.content:
            for declaration in declarations([file], catalogue, defaults, []):
                tenants[declaration.customer.name] = declaration.customer.tenant
                desired[declaration.customer.name] = (*desired.get(declaration.customer.name, ()), *declaration.desired)
                if declaration.moves.places:
                    moves[declaration.customer.name] = replace(declaration.moves, places={})
    named = moves_in([file for file in files if file.relative in MOVES], [])
    return _Earlier(
        settings=before, catalogue=catalogue, desired=desired, tenants=tenants, moves=moves, estate_moves=named
    )


def _settings(files: Iterable[Source], estate: Estate) -> Settings | None:
    problems: list[Problem] = []
    found = [file for file in files if file.relative in settings.FILES]
    read = settings.settings_of(found, Directory(path=estate.root, shown=estate.root), problems, rehearsal=True)
    return None if problems else read


def _today(estate: Estate, earlier: Mapping[str, bytes]) -> Mapping[str, tuple[Desired, ...]]:
    """By customer, what those files declare that were not there, or not the same, before."""
    differing = {name for name, file in estate.customer_files.items() if estate.files.get(file) != earlier.get(file)}
    found: dict[str, tuple[Desired, ...]] = dict.fromkeys(differing, ())
    for desired in estate.desired:
        if desired.customer.name in differing:
            found[desired.customer.name] = (*found[desired.customer.name], desired)
    return found


def _moves(estate: Estate, name: str) -> Moves | None:
    """The moved entries of a customer, without their places."""
    found = estate.moves.get(name)
    return replace(found, places={}) if found else None


def _moved_otherwise(now: EstateMoves, before: EstateMoves) -> set[str]:
    """The customers of whom the estate's file of moves says something else than before."""
    places: dict[str, Any] = {"places": {}, "everything": None}
    moved = now.customers.moved.items() ^ before.customers.moved.items()
    named = {name for pair in moved for name in pair} | (set(now.customers.removed) ^ set(before.customers.removed))
    others = (now.names | before.names) - named
    return named | {name for name in others if replace(now.of(name), **places) != replace(before.of(name), **places)}


def _former(names: Iterable[str], estate: Estate, before: _Earlier) -> Iterator[str]:
    """Yields those of the names under which no customer is declared any more, but its tenant under another name, or
    the name to which the manifests move it or moved it then.
    """
    now = {customer.name: customer.tenant for customer in estate.customers}
    tenants = {*now.values()}
    for name in names:
        last = {moves.customers.last(name) for moves in (estate.estate_moves, before.estate_moves)}
        if name not in now and (before.tenants.get(name) in tenants or last & now.keys()):
            yield name


def _is_moved(estate: Estate, address: Address) -> bool:
    """Returns True if the manifests say what became of the address."""
    customers = estate.estate_moves.customers
    moved = address.customer in customers.moved or address.customer in customers.removed
    return moved or address.name in estate.moves_of(address.customer).places


def _gone(estate: Estate, before: _Earlier) -> Iterator[Desired]:
    """Yields what was declared then, and now is not: not moved, nor its subscription under another name."""
    still = {desired.address for desired in estate.desired}
    subscriptions = {desired.subscription_id for desired in estate.desired}
    for desired in chain.from_iterable(before.desired.values()):
        renamed = desired.address in still or desired.subscription_id in subscriptions
        if not renamed and not _is_moved(estate, desired.address):
            yield desired


def _by_address(entries_of: Mapping[str, tuple[Desired, ...]]) -> Mapping[Address, dict[str, Any]]:
    return {desired.address: _declaration(desired) for entries in entries_of.values() for desired in entries}


def _declared(entries_of: Mapping[str, tuple[Desired, ...]], name: str) -> dict[Address, Any] | None:
    """Returns what is declared of a customer, by address; None where it is not declared."""
    return {desired.address: _declaration(desired) for desired in entries_of[name]} if name in entries_of else None


def _declaration(desired: Desired) -> dict[str, Any]:
    """Returns what is declared, without its places, its labels, and the names of its customer and offer."""
    values = {name: getattr(desired, name) for name in _DECLARED}
    return {**values, "customer": desired.customer.tenant, "offer": desired.offer.id}


_DECLARED = tuple(
    member.name
    for member in fields(Desired)
    if member.name not in {"source", "labels"} and not member.name.endswith("_place")
)


def _means_other(desired: Desired, before: Catalogue, estate: Estate) -> bool:
    """Returns whether the name that a manifest may use meant another offer before, or none."""
    named = estate.catalogue.get(desired.offer.name)
    known = before.offers.get(desired.offer.name)
    return named is not None and named.id == desired.offer.id and (known is None or known.id != named.id)


def _redefined(estate: Estate, before: Catalogue) -> Iterator[CatalogueName]:
    """The names that mean another offer than before."""
    for name, offer in estate.catalogue.items():
        known = before.offers.get(name)
        if known is not None and known.id != offer.id:
            place = estate.catalogue_places.get(name)
            yield CatalogueName(name=name, offer_id=offer.id, before_id=known.id, source=place)


def _everything(now: Settings, before: Settings | None) -> str:
    if before is None:
        return "the settings at the compared commit can't be read"
    moved = [name for name in EVERYWHERE if getattr(now, name) != getattr(before, name)]
    return f"{', '.join(moved)} changed in the settings" if moved else ""
