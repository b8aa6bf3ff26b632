"""`moved:` and `removed:`, of a customer's document and of the estate's own file: what they say, and what can't be
meant.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from reconciler.advice import problem
from reconciler.manifests.estate_files import MovesFile
from reconciler.manifests.schema import Manifest
from reconciler.manifests.tree import Document, place_of
from reconciler.model.address import Address
from reconciler.model.errors import Problem
from reconciler.model.moves import EstateMoves, Moves
from reconciler.model.place import Place

MOVES = ("moves.yaml", "moves.yml")
"""The names of the file of moves, at the estate's root."""


_NO_MOVES = Moves()


def moves_of(document: Document, manifest: Manifest | MovesFile) -> Moves:
    """Returns the moves that a document declares, by the names as written, with the places of the old names."""
    if not (manifest.moved or manifest.removed):
        return _NO_MOVES
    return Moves(
        moved=dict(manifest.moved),
        removed=tuple(manifest.removed),
        places={name: _place(document, name) for name in (*manifest.moved, *manifest.removed)},
    )


def estate_moves(document: Document, file: MovesFile, problems: list[Problem]) -> EstateMoves:
    """Returns the moves of the estate's own file. Adds to `problems` what moves an address to a customer, the reverse,
    or an address from one customer to another.
    """
    written = moves_of(document, file)
    customers = Moves(
        moved={old: new for old, new in written.moved.items() if "/" not in f"{old}{new}"},
        removed=tuple(name for name in written.removed if "/" not in name),
        places={name: place for name, place in written.places.items() if "/" not in name},
    )
    entries: dict[str, Moves] = {}
    for old, new in written.moved.items():
        place = written.places[old]
        if ("/" in old) is not ("/" in new):
            problems.append(problem("moved_to_another_kind", place, name=old, new=new))
        elif "/" in old and customers.last(Address(old).customer) != customers.last(Address(new).customer):
            problems.append(problem("moved_to_another_customer", place, name=old, new=new))
        elif "/" in old:
            moved = {Address(old).name: Address(new).name}
            _add(entries, Address(old), Moves(moved=moved, places={Address(old).name: place}))
    for name in written.removed:
        if "/" in name:
            address = Address(name)
            _add(entries, address, Moves(removed=(address.name,), places={address.name: written.places[name]}))
    return EstateMoves(customers=customers, entries=entries)


def _add(entries: dict[str, Moves], address: Address, moves: Moves) -> None:
    entries[address.customer] = moves.joined(entries.get(address.customer, Moves()))


def misplaced_moves(
    moves: EstateMoves, documents: Mapping[str, Moves], declared: Mapping[str, Collection[str]]
) -> Iterator[Problem]:
    """Yields what is wrong with an estate's moves: an old name that is still declared or both moved and removed, a new
    name that nothing declares, and moves in a circle, unless it is entries that exchange their names. `documents` are
    the customers' own moves, `declared` the names of entries, both by customer.
    """
    found = list(_misplaced(moves.customers, declared.keys(), exchanged=False))
    yield from found
    customers = moves.customers
    unclear = {*customers.moved, *customers.moved.values(), *customers.removed} if found else set[str]()
    named = {customers.last(customer) for customer in {*moves.entries, *documents} - unclear}
    for customer in sorted(named):
        of_estate = replace(moves.of(customer), everything=None)
        both = documents.get(customer, Moves()).joined(of_estate)
        whole = {name: f"{customer}/{name}" for name in (*of_estate.places, *of_estate.moved.values())}
        yield from _misplaced(both, declared.get(customer, ()), exchanged=True, whole=whole)


def _misplaced(
    moves: Moves, declared: Collection[str], *, exchanged: bool, whole: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Problem]:
    """With `exchanged`, declared names may be exchanged: their subscriptions tell which of them moved already. `whole`
    are the addresses of names that are written so.
    """
    circles: set[frozenset[str]] = set()
    taken = set(moves.moved.values()) if exchanged else set[str]()
    known = {"of_entries" if exchanged else "of_customers": "true"}
    for old, new in moves.moved.items():
        where, path = moves.places[old], moves.path(old)
        in_a_circle = path[-1] in moves.moved
        if old in declared and old not in taken and not in_a_circle:
            yield problem("moved_still_declared", where, name=whole.get(old, old), **known)
        exchange = exchanged and old in path[1:] and set(path) <= set(declared)
        if in_a_circle and not exchange:
            circle = frozenset(path)
            if circle not in circles:
                yield problem("moved_in_a_circle", where, name=whole.get(old, old), **known)
            circles.add(circle)
        elif not {old, new} & {*declared, *moves.removed} and new not in moves.moved:
            yield problem("moved_to_nothing", where, name=whole.get(old, old), new=whole.get(new, new))
    for name in moves.removed:
        where = moves.places[name]
        if name in declared:
            yield problem("removed_still_declared", where, name=whole.get(name, name))
        if name in moves.moved:
            yield problem("moved_and_removed", where, name=whole.get(name, name))


def _place(document: Document, name: str) -> Place:
    """The place of an old name."""
    section = "moved" if name in (document.table("moved") or ()) else "removed"
    return place_of(document, (section, name)) or document.place(document.mark)
