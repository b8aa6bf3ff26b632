"""Sections that together stay within a host's limit, and say loudly what did not fit."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, overload

NOTE = 160
"""Kept free in each block for saying what is left out."""


class Rows(Sequence[str]):
    """The rows that `paint` makes of items, each when it is first looked at: most of a long table never fit."""

    def __init__(self, items: Sequence[Any], paint: Callable[[Any], str]) -> None:
        self._items = items
        self._paint = paint
        self._painted: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        if index not in self._painted:
            self._painted[index] = self._paint(self._items[index])
        return self._painted[index]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Rows between a head and a tail. `noun` says what a row is: singular, plural; "" where rows are never left out
    one by one but only all together. What is `essential` has room before the rest.
    """

    head: str
    rows: Sequence[str] = ()
    tail: str = ""
    nouns: tuple[str, str] = ("item", "items")
    essential: bool = False


def clipped(text: str, longest: int) -> str:
    """The text, or its beginning and how much was left out."""
    return text if len(text) <= longest else f"{text[:longest]} ... ({len(text) - longest:,} more characters)"


@dataclass(frozen=True, slots=True)
class Fitted:
    """The text, and how many rows of how many it shows."""

    text: str
    shown: int
    rows: int


def fitted(blocks: Sequence[Block], room: int) -> Fitted:
    """As much of the blocks as `room` holds, in bytes: first what is essential, up to its part; then an equal share
    for each, and what is left over in their order, so that a long block never hides a later one.
    """
    frames = [_size(block.head) + _size(block.tail) + NOTE for block in blocks]
    kept = [block for block, _ in _within(blocks, frames, room)]
    rows = [block.rows for block in kept]
    left = room - sum(frames[: len(kept)])
    essential = [block.rows if block.essential else () for block in kept]
    given = _shared(essential, [0] * len(kept), left * 3 // 4)
    left -= sum(_size("".join(of[:count])) for of, count in zip(rows, given, strict=True))
    shown = _shared(rows, given, left)
    texts = [_text(block, count) for block, count in zip(kept, shown, strict=True)]
    return Fitted("".join(texts), sum(shown), sum(len(block.rows) for block in blocks))


def _within(blocks: Sequence[Block], frames: Iterable[int], room: int) -> Iterable[tuple[Block, int]]:
    for block, frame in zip(blocks, frames, strict=True):
        room -= frame
        if room < 0:
            return
        yield block, frame


def _shared(rows: Sequence[Sequence[str]], given: Sequence[int], room: int) -> list[int]:
    """Returns how many rows of each block are shown, where so many are already and the others have so much room."""
    share = room // max(1, len(rows))
    shown = []
    for of, start in zip(rows, given, strict=True):
        end, rest = _fitting(of, start, share)
        room -= share - rest
        shown.append(end)
    for at, of in enumerate(rows):
        shown[at], room = _fitting(of, shown[at], room)
    return shown


def _fitting(rows: Sequence[str], start: int, room: int) -> tuple[int, int]:
    """Returns where the rows from `start` on end that fit, and how much room they leave."""
    for at in range(start, len(rows)):
        size = _size(rows[at])
        if size > room:
            return at, room
        room -= size
    return len(rows), room


def _text(block: Block, shown: int) -> str:
    left = len(block.rows) - shown
    note = f"\n**{left:,} more {block.nouns[left > 1]} not shown here: there is no room.**\n" if left else ""
    return f"{block.head}{''.join(block.rows[:shown])}{note}{block.tail}"


def _size(text: str) -> int:
    return len(text.encode())
