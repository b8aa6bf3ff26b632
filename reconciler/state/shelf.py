"""What a store needs of the place where its documents lie: whole documents by name, changed only where nobody else did.

Knows no state. Every call may raise StateUnavailable, whose message continues "Can't" with what was being done.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A document's content, its version (an opaque tag), and when it was last modified (UTC)."""

    content: bytes
    version: str
    modified: datetime


class Shelf(Protocol):
    """Documents by name. `doing` is what the caller is about, for messages: "write the state of contoso"."""

    @property
    def location(self) -> str:
        """The place as a person would type it."""
        ...

    def where(self, name: str) -> str:
        """A document's place, for messages."""
        ...

    def names(self, doing: str) -> tuple[str, ...]:
        """The names of what lies there, sorted, with names that are nobody's documents among them."""
        ...

    def read(self, name: str, doing: str) -> Found | None:
        """The document; None where there is none."""
        ...

    def prove(self) -> None:
        """Shows that `put` and `remove` keep writers apart here. Raises StateUnsafe where they do not."""
        ...

    def put(self, name: str, content: bytes, expected: str | None, doing: str) -> str | None:
        """Puts the document there, durably, only if its version is still `expected` (None: only if there is none).

        The new version; None where somebody else was first, and nothing was written.
        """
        ...

    def remove(self, name: str, version: str, doing: str) -> bool:
        """Removes the document, durably, only if it still has that version. Whether it did."""
        ...
