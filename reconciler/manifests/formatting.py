"""Lays a YAML file out in one way: two blanks for each level, no blanks at the end of a line, one line break at the end
of the file. Only white space moves: comments, order and quotation marks stay, and the file means what it meant.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import yaml
from yaml import CSafeLoader, MappingNode, Node, ScalarNode

from reconciler.manifests.compose import compose
from reconciler.manifests.files import Source, decode
from reconciler.manifests.parse import documents
from reconciler.model.errors import InvalidInput, Problem

_STEP = 2
"""Blanks for each level."""

_Meaning: TypeAlias = Any
"""A document's values without its layout."""


def formatted(source: Source) -> bytes:
    """Returns a file's content in the one layout, which formatting again leaves as it is.

    Where its lines can't be moved without changing what the file means, they stay where they are. Raises InvalidInput
    with what is wrong with the file as YAML.
    """
    problems: list[Problem] = []
    text = decode(source, problems)
    documents(source, problems)
    if text is None or any(problem.code not in _OF_MEANING for problem in problems):
        raise InvalidInput(*problems)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    meant = _meaning(text)
    fitting = (layout for layout in _layouts(text) if _bare(layout) == _bare(text) and _means(layout, meant))
    after = next(fitting, None)
    return source.content if after is None else after.encode()


def _layouts(text: str) -> Iterator[str]:
    """The layouts to try, the best one first. A block of text at the end may be one that ends without a line break."""
    for layout in () if _OTHER_BREAKS.search(text) else (_Layout.of(text), _Layout.as_is(text)):
        laid_out = _laid_out(text, layout)
        yield from (laid_out, laid_out.removesuffix("\n"))
    yield text.strip("\n") + "\n"


_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")
"""Line breaks of YAML 1.1 that no editor shows as such."""


_OF_MEANING = frozenset(
    ("tag_used", "merged_twice", "key_repeated", "key_unquoted", "key_not_text", "merged_no_mapping")
)
"""The faults that leave a file's layout clear."""


_WHITE = re.compile(r"[ \t\n]+")


def _bare(text: str) -> str:
    return _WHITE.sub("", text)


def _means(layout: str, meant: list[_Meaning]) -> bool:
    try:
        return _meaning(layout) == meant
    except yaml.YAMLError:
        return False


def _meaning(text: str) -> list[_Meaning]:
    return [_plain(node) for node in compose(text)]


def _plain(node: Node) -> _Meaning:
    if isinstance(node, ScalarNode):
        return (node.tag, node.style, node.value)
    if isinstance(node, MappingNode):
        return (node.tag, [(_plain(key), _plain(value)) for key, value in node.value])
    return [node.tag, *map(_plain, node.value)]


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of indentation: the column at which it is written, and the one at which it belongs."""

    old: int
    new: int


@dataclass(slots=True)
class _Frame:
    """A collection that is being read. `level` is None until its first key or item shows. `of` is the level that it is
    below, `dash` the line and the column of the item that it is, where it is one of a list.
    """

    is_list: bool
    flow: bool
    start: int
    below: _Level | None
    dash: tuple[int, int] | None = None
    level: _Level | None = None
    awaits_key: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """The moves of lines, by their numbers. `levels` are of lines that begin a key or an item, the innermost last;
    `inside` of lines within a value of several lines, with how far they move; `verbatim` are among them those of blocks
    of text, of which every blank counts.
    """

    levels: dict[int, tuple[_Level, ...]] = field(default_factory=dict)
    inside: dict[int, int] = field(default_factory=dict)
    verbatim: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, text: str) -> "_Layout":
        """Reads how the lines of a text are nested."""
        layout = cls()
        _Reader(text.split("\n"), layout).read(yaml.parse(text, Loader=CSafeLoader))
        return layout

    @classmethod
    def as_is(cls, text: str) -> "_Layout":
        """Every line stays at its column."""
        found = cls.of(text)
        levels: dict[int, tuple[_Level, ...]] = {
            number: (_Level(of_line[-1].old, of_line[-1].old),) for number, of_line in found.levels.items()
        }
        return replace(found, levels=levels, inside=dict.fromkeys(found.inside, 0))

    def moved(self, number: int) -> int:
        """The columns by which a line moves to the right."""
        levels = self.levels.get(number)
        return levels[-1].new - levels[-1].old if levels else self.inside.get(number, 0)


class _Reader:
    """Reads libyaml's events, and notes for each line the levels that it is in."""

    def __init__(self, lines: list[str], layout: _Layout) -> None:
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
                    self._span(frame.start, _place(event.end_mark)[0])

    @property
    def _in_flow(self) -> bool:
        return bool(self._stack) and self._stack[-1].flow

    def _node(self, event: yaml.NodeEvent) -> None:
        """Notes the line of a key or an item, and opens a collection, or notes the lines of a value."""
        line, column = _place(event.start_mark)
        parent = self._stack[-1] if self._stack else None
        dash = None
        if parent and not parent.flow:
            if parent.is_list:
                dash = self._dash(line, column)
                self._begins(parent, *dash)
            else:
                if parent.awaits_key:
                    self._begins(parent, line, column)
                parent.awaits_key = not parent.awaits_key
        if isinstance(event, yaml.CollectionStartEvent):
            is_list, flow = isinstance(event, yaml.SequenceStartEvent), bool(event.flow_style) or self._in_flow
            below = parent.level if parent else None
            self._stack.append(_Frame(is_list, flow, line, below, dash))
        elif isinstance(event, yaml.ScalarEvent) and not self._in_flow:
            of_text = event.style in {"|", ">"}
            end, at = _place(event.end_mark)
            self._span(line, end - (of_text and not at), verbatim=of_text)

    def _dash(self, line: int, column: int) -> tuple[int, int]:
        """The place of the dash before an item, which may stand in an earlier line."""
        while (at := self._lines[line].rfind("-", 0, column)) < 0 and line:
            line -= 1
            column = len(self._lines[line])
        return line, at

    def _begins(self, frame: _Frame, line: int, column: int) -> None:
        if frame.level is None:
            beside = frame.dash is not None and frame.dash[0] == line
            gap = column - frame.dash[1] if frame.dash and beside else _STEP
            frame.level = _Level(column, frame.below.new + gap if frame.below else 0)
        if not self._lines[line][:column].strip():
            found = (frame_above.level for frame_above in self._stack if frame_above.level and not frame_above.flow)
            self._layout.levels[line] = tuple(found)

    def _span(self, start: int, end: int, *, verbatim: bool = False) -> None:
        """Lets the lines of a value below its first move with that."""
        by = self._layout.moved(start)
        for line in range(start + 1, min(end + 1, len(self._lines))):
            self._layout.inside[line] = by
            if verbatim:
                self._layout.verbatim.add(line)


def _place(mark: Any) -> tuple[int, int]:
    """The line and the column of a mark, which every event has that libyaml makes."""
    return mark.line, mark.column


def _laid_out(text: str, layout: _Layout) -> str:
    lines = text.split("\n")
    after: list[str] = []
    for number in range(len(lines)):
        new = _line(number, lines, layout)
        if new or number in layout.inside or (after and after[-1]):
            after.append(new)
    while after and not after[-1] and len(after) - 1 not in layout.verbatim:
        after.pop()
    return "".join(f"{line}\n" for line in after)


def _line(number: int, lines: list[str], layout: _Layout) -> str:
    line = lines[number]
    content = line.lstrip(" ")
    column = len(line) - len(content)
    if line and number in layout.verbatim:
        return " " * (column + layout.inside[number]) + content
    content = content.rstrip(" \t")
    if not content:
        return ""
    if content.startswith("#") and number not in layout.inside:
        return " " * _column_of_comment(number, column, lines, layout) + content
    return " " * (column + layout.moved(number)) + content


def _column_of_comment(number: int, column: int, lines: list[str], layout: _Layout) -> int:
    """The column of a comment in a line of its own: that of the line below it or of one around it that it stands at,
    else as far from these as before.
    """
    above = next((layout.levels[other] for other in range(number - 1, -1, -1) if other in layout.levels), ())
    below = next((layout.levels[other] for other in _until_next_document(number, lines) if other in layout.levels), ())
    near = [*below[-1:], *reversed(above), *below]
    exact = next((level.new for level in near if level.old == column), None)
    if exact is not None:
        return exact
    return max(0, column + near[0].new - near[0].old) if near else column


def _until_next_document(number: int, lines: list[str]) -> Iterator[int]:
    for other in range(number + 1, len(lines)):
        if lines[other].startswith(("---", "...")):
            return
        yield other
