"""The names that manifests give, for completion: nothing else of them is checked, and what can't be read has none."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reconciler.manifests.files import Directory, sources
from reconciler.manifests.parse import documents
from reconciler.manifests.special_files import SPECIAL
from reconciler.manifests.tree import Document, Table, text
from reconciler.model.address import NAME, Address, canonical, is_guid
from reconciler.model.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of one customer's document: as they may be typed, each of the right shape."""

    tenant: str | None
    addresses: tuple[Address, ...]
    labels: frozenset[str]


def names_only(root: Path, holding: str = "") -> Iterator[Names]:
    """Yields the names of each customer below a directory, of the files whose text holds `holding` somewhere."""
    ignored: list[Problem] = []
    for file in sources(Directory(path=root, shown=root), ignored):
        if file.relative not in SPECIAL and holding.encode() in file.content:
            yield from filter(None, map(_names, documents(file, ignored)))


def _names(document: Document) -> Names | None:
    customer = document.table("customer")
    name, tenant = (text(customer, "name"), text(customer, "tenant")) if customer else (None, None)
    if not (customer and name and NAME.fullmatch(name[0])):
        return None
    entries = [(entry, table) for entry, table, _ in document.entries("subscriptions") if NAME.fullmatch(entry)]
    return Names(
        tenant=canonical(tenant[0]) if tenant and is_guid(tenant[0]) else None,
        addresses=tuple(Address(f"{name[0]}/{entry}") for entry, _ in entries),
        labels=frozenset(label for table in (customer, *(table for _, table in entries)) for label in _labels(table)),
    )


def _labels(table: Table) -> Iterator[str]:
    found = table.get("labels")
    if isinstance(found, list):
        yield from (label for label in found if isinstance(label, str) and NAME.fullmatch(label))
