"""Adds lines to a YAML text, so that nothing else of it moves: comments stay with the key that they belong to."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yaml import MappingNode, Node, ScalarNode

from reconciler.manifests.splices import (
    Splice,
    break_at,
    column_of,
    end_of,
    end_of_line,
    end_with_comments,
    first_break,
    start_of_line,
)

_STEP = 2
"""Blanks by which what we add is deeper than what it stands below."""

_NOTE = re.compile(r"[ \t]*(,?)[ \t]*#[^\r\n]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A key and its value to be added to a mapping: as lines, or within braces. The lines of the value are
    indented by two blanks.
    """

    lines: tuple[str, ...]
    braces: str


def added(
    text: str, mapping: MappingNode, additions: Sequence[Addition], behind: tuple[Node, Node] | None = None
) -> Iterator[Splice]:
    """Adds to a mapping that has keys already, behind its last one or another."""
    last = behind or mapping.value[-1]
    end, column = end_of(text, *last), column_of(text, mapping.value[-1][0])
    if mapping.flow_style:
        yield from _in_braces(text, end, last[0], additions)
    elif additions:
        yield _lines_behind(text, end_with_comments(text, end, column), column, additions)


def added_below(
    text: str, parent: MappingNode, key: ScalarNode, value: Node, additions: Sequence[Addition]
) -> Iterator[Splice]:
    """Adds to the mapping below a key, which may be empty so far: `{}`, or nothing at all."""
    inside = ", ".join(addition.braces for addition in additions)
    if isinstance(value, MappingNode) and value.value:
        yield from added(text, value, additions)
    elif isinstance(value, MappingNode) and (parent.flow_style or "#" in text[_span(value)]):
        brace = text.index("{", value.start_mark.index) + 1
        yield Splice(brace, brace, inside)
    elif parent.flow_style:
        yield Splice(value.start_mark.index, value.end_mark.index, f" {{{inside}}}")
    else:
        if isinstance(value, MappingNode):
            start = value.start_mark.index
            blank = text[start - 1 : start] == " "
            yield Splice(start - blank, value.end_mark.index, "")
        behind = value.end_mark.index if isinstance(value, MappingNode) else text.index(":", key.end_mark.index)
        yield _lines_behind(text, end_of_line(text, behind), key.start_mark.column + _STEP, additions)


def _span(value: Node) -> slice:
    return slice(value.start_mark.index, value.end_mark.index)


def _in_braces(text: str, end: int, last: Node, additions: Sequence[Addition]) -> Iterator[Splice]:
    """Adds behind a pair in braces. A comment behind it stays behind it, and what is added gets lines of its own."""
    if note := _NOTE.match(text, end):
        above = text[start_of_line(text, last.start_mark.index) : last.start_mark.index]
        indent = len(above) if above.isspace() else len(above) - len(above.lstrip()) + _STEP
        if not note[1]:
            yield Splice(end, end, ",")
        lines = (f"{break_at(text, note.end())}{' ' * indent}{addition.braces}" for addition in additions)
        yield Splice(note.end(), note.end(), ",".join(lines) + note[1])
    else:
        yield Splice(end, end, "".join(f", {addition.braces}" for addition in additions))


def _lines_behind(text: str, end: int, column: int, additions: Sequence[Addition]) -> Splice:
    """Lines below the one that ends at an offset."""
    sign = break_at(text, end) or first_break(text)
    lines = (line for addition in additions for line in addition.lines)
    return Splice(end, end, "".join(f"{sign}{' ' * column}{line}" for line in lines))
