"""The nesting of a YAML file's lines, and the columns by which each has to move."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import yaml
from yaml import CSafeLoader

STEP = 2
"""Blanks for each level."""

_SET_IN = re.compile(r"[|>](?:[+-]?[1-9]|[1-9][+-]?)")
"""The head of a block of text that says how far it is set in."""


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of indentation: the column at which it is written, and the one at which it belongs."""

    old: int
    new: int


@dataclass(slots=True)
class _Frame:
    """A collection that is being read. `level` is None until its first key or item shows. `below` is the level that
    it is below.
    """

    is_list: bool
    flow: bool
    start: int
    below: _Level | None
    level: _Level | None = None
    awaits_key: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The moves of lines, by their numbers. `levels` are of lines that begin a key or an item, the innermost last;
    `inside` of lines within a value of several lines, with how far they move; `verbatim` are among them those of blocks
    of text, of which every blank counts. Nothing `moves` where every line is to stay at its column.
    """

    levels: dict[int, tuple[_Level, ...]] = field(default_factory=dict)
    inside: dict[int, int] = field(default_factory=dict)
    verbatim: set[int] = field(default_factory=set)
    moves: bool = True

    @classmethod
    def of(cls, text: str) -> "Layout":
        """Reads how the lines of a text are nested."""
        layout = cls()
        _Reader(text.split("\n"), layout).read(yaml.parse(text, Loader=CSafeLoader))
        return layout

    @classmethod
    def as_is(cls, text: str) -> "Layout":
        """Every line stays at its column."""
        found = cls.of(text)
        levels: dict[int, tuple[_Level, ...]] = {
            number: (_Level(of_line[-1].old, of_line[-1].old),) for number, of_line in found.levels.items()
        }
        return replace(found, levels=levels, inside=dict.fromkeys(found.inside, 0), moves=False)

    def moved(self, number: int) -> int:
        """The columns by which a line moves to the right."""
        levels = self.levels.get(number)
        return levels[-1].new - levels[-1].old if levels else self.inside.get(number, 0)


class _Reader:
    """Reads libyaml's events, and notes for each line the levels that it is in."""

    def __init__(self, lines: list[str], layout: Layout) -> None:
        self._lines = lines
        self._layout = layout
        self._stack: list[_Frame] = []

    def read(self, events: Iterable[Any]) -> None:
        for event in events:
            if isinstance(event, yaml.NodeEvent):
                self._node(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                frame = self._stack.pop()
                if frame.flow and not self._in_flow:
                    self._span(frame.start, _place(event.end_mark)[0], self._layout.moved(frame.start))

    @property
    def _in_flow(self) -> bool:
        return bool(self._stack) and self._stack[-1].flow

    def _node(self, event: yaml.NodeEvent) -> None:
        """Notes the line of a key or an item, and opens a collection, or notes the lines of a value."""
        line, column = _place(event.start_mark)
        parent = self._stack[-1] if self._stack else None
        if parent and not parent.flow:
            if parent.is_list:
                self._begins(parent, *self._dash(line, column))
            else:
                if parent.awaits_key:
                    self._begins(parent, line, column)
                parent.awaits_key = not parent.awaits_key
        if isinstance(event, yaml.CollectionStartEvent):
            is_list, flow = isinstance(event, yaml.SequenceStartEvent), bool(event.flow_style) or self._in_flow
            below = parent.level if parent else None
            self._stack.append(_Frame(is_list, flow, line, below))
        elif isinstance(event, yaml.ScalarEvent) and not self._in_flow:
            of_text = event.style in {"|", ">"}
            end, at = _place(event.end_mark)
            by = self._text_moves(line, column, parent) if of_text else self._layout.moved(line)
            self._span(line, end - (of_text and not at), by, verbatim=of_text)

    def _dash(self, line: int, column: int) -> tuple[int, int]:
        """The place of the dash before an item, which may stand in an earlier line."""
        while (at := self._lines[line].rfind("-", 0, column)) < 0 and line:
            line -= 1
            column = len(self._lines[line])
        return line, at

    def _begins(self, frame: _Frame, line: int, column: int) -> None:
        if frame.level is None:
            frame.level = _Level(column, frame.below.new + STEP if frame.below else 0)
        if not self._lines[line][:column].strip():
            found = (frame_above.level for frame_above in self._stack if frame_above.level and not frame_above.flow)
            self._layout.levels[line] = tuple(found)

    def _text_moves(self, line: int, column: int, parent: _Frame | None) -> int:
        """The columns by which a block of text moves: to one level below its key or dash. With that, where its own
        line says how far it is set in.
        """
        level, below = parent.level if parent else None, self._lines[line + 1 :]
        first = next((text for text in below if text.strip(" ")), "")
        if level is None or not first or _SET_IN.search(self._lines[line], column):
            return self._layout.moved(line)
        return level.new + STEP - (len(first) - len(first.lstrip(" ")))

    def _span(self, start: int, end: int, by: int, *, verbatim: bool = False) -> None:
        """Lets the lines of a value below its first move."""
        for line in range(start + 1, min(end + 1, len(self._lines))):
            self._layout.inside[line] = by
            if verbatim:
                self._layout.verbatim.add(line)


def _place(mark: Any) -> tuple[int, int]:
    """The line and the column of a mark, which every event has that libyaml makes."""
    return mark.line, mark.column
