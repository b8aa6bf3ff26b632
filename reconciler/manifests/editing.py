"""Edits of entries in a customer's file; every other byte stays as it is.

Values are replaced where libyaml found them, an alias by a value of the entry's own; what is merged in gets a line of
its own beside the merge. What was written is read back: an edit that would say anything else than was meant, such as
one of a value that another entry takes over, is refused.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from yaml import MappingNode, Node, ScalarNode, YAMLError

from reconciler.advice import problem
from reconciler.manifests.aliases import alias_span
from reconciler.manifests.compose import compose
from reconciler.manifests.files import Source, decode
from reconciler.manifests.inserting import added_below
from reconciler.manifests.parse import documents
from reconciler.manifests.removing import removed
from reconciler.manifests.replacing import replaced
from reconciler.manifests.splices import Splice, below, pair, spliced
from reconciler.manifests.tree import Unquoted, Value, place_at
from reconciler.manifests.writing import Entry, addition, entry_values
from reconciler.model.address import Address
from reconciler.model.encoding import MARK
from reconciler.model.errors import InvalidInput, Problem
from reconciler.model.place import Place
from reconciler.model.term import FewerSeats, SeatPermission

Values: TypeAlias = Mapping[str, str | int | SeatPermission]
"""The new values of an entry, by key."""

_Plain: TypeAlias = Any
"""A value as it was read: texts, mappings, lists; what is not quoted in a tuple by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """The edits of one file: values of entries that are there, entries that are added to a customer's document, by its
    name, and entries that are taken out.
    """

    values: Mapping[Address, Values] = field(default_factory=dict)
    added: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    removed: AbstractSet[Address] = frozenset()

    @property
    def new_addresses(self) -> tuple[Address, ...]:
        """The addresses of the entries that are added."""
        added = ((customer, entry) for customer, entries in self.added.items() for entry in entries)
        return tuple(Address(f"{customer}/{entry.name}") for customer, entry in added)

    @property
    def addresses(self) -> list[Address]:
        """Every address that is edited, added or removed."""
        return [*self.values, *self.removed, *self.new_addresses]

    def singly(self) -> Iterator["Edits"]:
        """The same edits, one by one; the new entries of a customer at once."""
        yield from (Edits(values={address: values}) for address, values in self.values.items())
        yield from (Edits(added={customer: entries}) for customer, entries in self.added.items())
        yield from (Edits(removed=frozenset({address})) for address in self.removed)


def edited_file(source: Source, edits: Edits) -> bytes:
    """Returns the file's content with these edits: a key that is there gets another value, another key is added below
    the entry's last one, an entry below the document's last one. The content is the same where all is there already.

    Raises InvalidInput for an entry that is not in the file, or can't be edited without changing anything else.
    """
    text = _text(source)
    nodes = dict(_nodes(text))
    for address in (*edits.values, *edits.removed):
        if address not in nodes:
            raise InvalidInput(problem("entry_not_found", source.shown, address=address, file=source.shown))
    kept = ((address, values) for address, values in edits.values.items() if address not in edits.removed)
    values = [splice for address, new in kept for splice in replaced(text, *nodes[address], new)]
    after = spliced(text, [*values, *_removals(text, edits.removed)])
    with suppress(YAMLError):  # what was written can't be read: it says something else than was meant
        after = spliced(after, _additions(after, edits.added))
    content = (MARK if source.content.startswith(MARK) else b"") + after.encode()
    found, meant = _roots(replace(source, content=content)), [_with_edits(root, edits) for root in _roots(source)]
    if found != meant:
        marks = [nodes[address][0].start_mark for address in edits.addresses if address in nodes]
        first = min(marks, key=lambda mark: mark.index, default=None)
        place = place_at(source.shown, first) if first else Place(file=source.shown, line=1, column=1)
        others = ", ".join(_differing(found, meant))
        known = {"others": others} if others else {"alone": "true"}
        raise InvalidInput(problem("entry_not_editable", place, address=", ".join(edits.addresses), **known))
    return content


def sources_of(source: Source, edited: Mapping[Address, Values]) -> Mapping[tuple[Address, str], str]:
    """Returns where values to be edited come from that are not the entry's own: the alias, or `<<`."""
    text = _text(source)
    read = {address: entry for root in _roots(source) for address, entry in _entries(root).items()}
    found: dict[tuple[Address, str], str] = {}
    for address, (name, entry) in _nodes(text):
        for key in edited.get(address, ()):
            own = pair(entry, key)
            alias = alias_span(text, *own) if own else None
            if alias_span(text, name, entry) or (own is None and key in read.get(address, {})):
                found[address, key] = "<<"
            elif alias:
                found[address, key] = text[slice(*alias)]
    return found


def _differing(written: list[_Plain], meant: list[_Plain]) -> list[Address]:
    """The entries that would be read otherwise than was meant."""
    after = {address: entry for root in written for address, entry in _entries(root).items()}
    wanted = {address: entry for root in meant for address, entry in _entries(root).items()}
    return sorted(address for address, entry in wanted.items() if address in after and after[address] != entry)


def _entries(root: _Plain) -> Mapping[Address, dict[str, _Plain]]:
    """The entries of a customer's document."""
    customer, entries = (root.get(key) if isinstance(root, dict) else None for key in ("customer", "subscriptions"))
    if not isinstance(customer, dict) or not isinstance(entries, dict):
        return {}
    found = entries.items() if isinstance(customer.get("name"), str) else ()
    return {Address(f"{customer['name']}/{name}"): entry for name, entry in found if isinstance(entry, dict)}


def _text(source: Source) -> str:
    problems: list[Problem] = []
    text = decode(source, problems)
    if text is None:
        raise InvalidInput(*problems)
    return text


def _roots(source: Source) -> list[_Plain]:
    """Every document of the file without its places; what can't be read is left out."""
    return [_plain(document.root) for document in documents(source, [])]


def _plain(value: Value) -> _Plain:
    if isinstance(value, Unquoted):
        return (value.text,)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _with_edits(root: _Plain, edits: Edits) -> _Plain:
    """A document as it is to be read afterwards."""
    if not isinstance(root, dict) or not isinstance(root.get("customer"), dict):
        return root
    customer, there = root["customer"].get("name"), root.get("subscriptions")
    entries = {} if there == ("",) else there
    if not isinstance(entries, dict):
        return root
    gone = {address.name for address in edits.removed if address.customer == customer}
    of_document = {address.name: values for address, values in edits.values.items() if address.customer == customer}
    after = {name: {**entry, **_read(of_document.get(name, {}))} for name, entry in entries.items() if name not in gone}
    after |= {entry.name: _read(entry_values(entry)) for entry in edits.added.get(customer, ())}
    return {**root, "subscriptions": after} if after != entries else root


def _read(values: Values) -> dict[str, _Plain]:
    """Values as they are read back: what is no text is not quoted."""
    return {key: _read_back(value) for key, value in values.items()}


def _read_back(value: str | int | SeatPermission) -> _Plain:
    if not isinstance(value, SeatPermission):
        return value if isinstance(value, str) else (str(value),)
    when = {} if value.when is FewerSeats.NOW else {"when": str(value.when)}
    return {"to": (str(value.to),), **when, **({"until": (str(value.until),)} if value.until else {})}


def _customers(text: str) -> Iterator[tuple[str, MappingNode]]:
    """Every customer's document, by the customer's name."""
    for document in compose(text):
        name = below(below(document, "customer"), "name")
        if isinstance(name, ScalarNode) and isinstance(document, MappingNode):
            yield name.value, document


def _nodes(text: str) -> Iterator[tuple[Address, tuple[Node, Node]]]:
    """Every entry's name and its node, by its address."""
    for customer, document in _customers(text):
        subscriptions = below(document, "subscriptions")
        for key, entry in subscriptions.value if isinstance(subscriptions, MappingNode) else ():
            yield Address(f"{customer}/{key.value}"), (key, entry)


def _removals(text: str, addresses: AbstractSet[Address]) -> Iterator[Splice]:
    for customer, document in _customers(text) if addresses else ():
        names = {address.name for address in addresses if address.customer == customer}
        found = pair(document, "subscriptions")
        if names and found and isinstance(found[1], MappingNode):
            yield from removed(text, document, found[0], found[1], names)


def _additions(text: str, entries: Mapping[str, tuple[Entry, ...]]) -> Iterator[Splice]:
    for customer, document in _customers(text) if entries else ():
        found = pair(document, "subscriptions")
        if found and entries.get(customer):
            yield from added_below(text, document, *found, [addition(entry) for entry in entries[customer]])
