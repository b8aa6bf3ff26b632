"""The port of a store: whole blobs by name, read and written under a condition (compare-and-swap).

Knows no state. Every call may raise StateUnavailable, whose message continues "Can't" with what was being done.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """The content of a blob, its version (an opaque tag), and when it was last modified (UTC)."""

    content: bytes
    version: str
    modified: datetime


class BlobStore(Protocol):
    """Blobs by name. `doing` is what the caller is about, for messages: "write the state of contoso"."""

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

    def read(self, name: str, doing: str) -> Blob | None:
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
