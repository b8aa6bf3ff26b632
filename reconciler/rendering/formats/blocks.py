"""Blocks of text that together stay within a host's limit, and say loudly what did not fit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, overload

from reconciler.rendering.budget import Demand, shares
from reconciler.rendering.report import cuts

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


@dataclass(frozen=True, slots=True)
class Fitted:
    """The text, and how many rows of how many it shows."""

    text: str
    shown: int
    rows: int


def fitted(blocks: Sequence[Block], room: int) -> Fitted:
    """As much of the blocks as `room` holds, in bytes."""
    shown = shares([_demand(block) for block in blocks], room)
    texts = [_text(block, count) for block, count in zip(blocks, shown, strict=False)]
    return Fitted("".join(texts), sum(shown), sum(len(block.rows) for block in blocks))


def _demand(block: Block) -> Demand:
    return Demand(
        frame=_size(block.head) + _size(block.tail) + NOTE,
        rows=len(block.rows),
        size=lambda at: _size(block.rows[at]),
        essential=block.essential,
    )


def _text(block: Block, shown: int) -> str:
    left = len(block.rows) - shown
    note = f"\n**{cuts.more_left_out(left, block.nouns)}.**\n" if left else ""
    return f"{block.head}{''.join(block.rows[:shown])}{note}{block.tail}"


def _size(text: str) -> int:
    return len(text.encode())
