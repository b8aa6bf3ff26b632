"""A YAML document as plain values that remember where they are written.

document   one YAML document of a file
table      a mapping: keys, values, and the place of each; merged entries keep the place they are written at
items      a list, and the place of each item
unquoted   a plain scalar that some YAML reader takes for something other than text
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from reconciler.model.place import Place


class Mark(Protocol):
    """A position in a text, counted from 0, as libyaml gives it."""

    @property
    def line(self) -> int:
        """The line."""

    @property
    def column(self) -> int:
        """The column."""


def place_at(file: str, mark: Mark) -> Place:
    """A position in a file, counted from 1 as editors do."""
    return Place(file=file, line=mark.line + 1, column=mark.column + 1)


@dataclass(frozen=True, slots=True)
class Unquoted:
    """A plain scalar as written. `kind` says what YAML may take it for: a number, a date, nothing, …"""

    text: str
    kind: str


class Table(dict[str, "Value"]):
    """A mapping as written. `mark` is where it begins; `marks` holds where each key and each value begins."""

    __slots__ = ("mark", "marks")

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark
        self.marks: dict[str, tuple[Mark, Mark]] = {}

    def put(self, key: str, value: "Value", marks: tuple[Mark, Mark]) -> None:
        """Sets an entry together with the places of its key and its value."""
        self[key] = value
        self.marks[key] = marks

    def inherit(self, other: "Table") -> None:
        """Takes over another table's entries, as `<<` does: what is here already stays."""
        for key, value in other.items():
            if key not in self:
                self.put(key, value, other.marks[key])


class Items(list["Value"]):
    """A list as written. `marks` holds where each item begins."""

    __slots__ = ("marks",)

    def __init__(self, items: Iterable["Value"], marks: Iterable[Mark]) -> None:
        super().__init__(items)
        self.marks = tuple(marks)


Value: TypeAlias = str | Unquoted | Table | list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One YAML document. `file` is the path as the user would type it; `told`: keys complained of already."""

    file: str
    root: Value
    mark: Mark
    reported: set[Place]

    def place(self, mark: Mark) -> Place:
        """A position in this document's file, counted from 1 as editors do."""
        return place_at(self.file, mark)

    def table(self, key: str) -> Table | None:
        """The table under a key of the document, if there is one."""
        found = self.root.get(key) if isinstance(self.root, Table) else None
        return found if isinstance(found, Table) else None

    def entries(self, key: str) -> Iterator[tuple[str, Table, Mark]]:
        """The tables within the table under a key, each with its name and where that name stands."""
        table = self.table(key) or Table(self.mark)
        for name, entry in table.items():
            if isinstance(entry, Table):
                yield name, entry, table.marks[name][0]


def text(table: Table, key: str) -> tuple[str, Mark] | None:
    """The text under a key, and where it is written; None where there is no text."""
    found = table.get(key)
    return (found, table.marks[key][1]) if isinstance(found, str) else None


def place_of(document: Document, keys: Iterable[str], *, at_value: bool = False) -> Place | None:
    """Returns the place of the last of these keys that is there, each beneath the one before; None where none is. Of a
    list, a key is the text of an item.
    """
    value: object = document.root
    mark = None
    for key in keys:
        if isinstance(value, Table) and key in value:
            mark, value = value.marks[key][at_value], value[key]
        elif isinstance(value, Items) and key in value:
            mark, value = value.marks[value.index(key)], key
    return document.place(mark) if mark else None
