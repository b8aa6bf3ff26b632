"""Sections that together stay within a host's limit, and say loudly what did not fit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NOTE = 160
"""Kept free in each block for saying what is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Rows between a head and a tail. `noun` says what a row is: singular, plural; "" where rows are never left out
    one by one but only all together. What is `essential` has room before the rest.
    """

    head: str
    rows: tuple[str, ...] = ()
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
    sizes = [[_size(row) for row in block.rows] for block in kept]
    left = room - sum(frames[: len(kept)])
    essential = [rows if block.essential else [] for block, rows in zip(kept, sizes, strict=True)]
    given = _shared(essential, left * 3 // 4)
    left -= _used(essential, given)
    shared = _shared([rows[count:] for rows, count in zip(sizes, given, strict=True)], left)
    shown = [before + more for before, more in zip(given, shared, strict=True)]
    texts = [_text(block, count) for block, count in zip(kept, shown, strict=True)]
    return Fitted("".join(texts), sum(shown), sum(len(block.rows) for block in blocks))


def _within(blocks: Sequence[Block], frames: Iterable[int], room: int) -> Iterable[tuple[Block, int]]:
    for block, frame in zip(blocks, frames, strict=True):
        room -= frame
        if room < 0:
            return
        yield block, frame


def _shared(sizes: list[list[int]], room: int) -> list[int]:
    share = room // max(1, len(sizes))
    shown = [_count(rows, share) for rows in sizes]
    left = room - _used(sizes, shown)
    for at, rows in enumerate(sizes):
        more = _count(rows[shown[at] :], left)
        left -= sum(rows[shown[at] : shown[at] + more])
        shown[at] += more
    return shown


def _used(sizes: list[list[int]], shown: list[int]) -> int:
    return sum(sum(rows[:count]) for rows, count in zip(sizes, shown, strict=True))


def _count(sizes: Iterable[int], room: int) -> int:
    """How many of the first rows fit."""
    fitting = 0
    for size in sizes:
        room -= size
        if room < 0:
            break
        fitting += 1
    return fitting


def _text(block: Block, shown: int) -> str:
    left = len(block.rows) - shown
    note = f"\n**{left:,} more {block.nouns[left > 1]} not shown here: there is no room.**\n" if left else ""
    return f"{block.head}{''.join(block.rows[:shown])}{note}{block.tail}"


def _size(text: str) -> int:
    return len(text.encode())
