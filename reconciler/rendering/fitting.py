"""Sections that together stay within a host's limit, and say loudly what did not fit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NOTE = 160
"""Kept free in each section for saying what is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Rows between a head and a tail. `noun` says what a row is: singular, plural; "" where rows are never left out
    one by one but only all together. What is `essential` has room before the rest.
    """

    head: str
    rows: tuple[str, ...] = ()
    tail: str = ""
    nouns: tuple[str, str] = ("item", "items")
    essential: bool = False


@dataclass(frozen=True, slots=True)
class Fitted:
    """The text, and how many rows of how many it shows."""

    text: str
    shown: int
    rows: int


def fitted(sections: Sequence[Section], room: int) -> Fitted:
    """As much of the sections as `room` holds, in bytes: first what is essential, up to its part; then an equal share
    for each, and what is left over in their order, so that a long section never hides a later one.
    """
    frames = [_size(section.head) + _size(section.tail) + NOTE for section in sections]
    kept = [section for section, _ in _within(sections, frames, room)]
    sizes = [[_size(row) for row in section.rows] for section in kept]
    left = room - sum(frames[: len(kept)])
    essential = [rows if section.essential else [] for section, rows in zip(kept, sizes, strict=True)]
    given = _shared(essential, left * 3 // 4)
    left -= _used(essential, given)
    shared = _shared([rows[count:] for rows, count in zip(sizes, given, strict=True)], left)
    shown = [before + more for before, more in zip(given, shared, strict=True)]
    texts = [_text(section, count) for section, count in zip(kept, shown, strict=True)]
    return Fitted("".join(texts), sum(shown), sum(len(section.rows) for section in sections))


def _within(sections: Sequence[Section], frames: Iterable[int], room: int) -> Iterable[tuple[Section, int]]:
    for section, frame in zip(sections, frames, strict=True):
        room -= frame
        if room < 0:
            return
        yield section, frame


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


def _text(section: Section, shown: int) -> str:
    left = len(section.rows) - shown
    note = f"\n**{left:,} more {section.nouns[left > 1]} not shown here: there is no room.**\n" if left else ""
    return f"{section.head}{''.join(section.rows[:shown])}{note}{section.tail}"


def _size(text: str) -> int:
    return len(text.encode())
