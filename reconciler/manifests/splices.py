"""Places in a YAML text, and text that takes the place of other text there."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.manifests.aliases import alias_span

_DEEPER = re.compile(r"(?:[ \t]*\r?\n|[ \t]*\r)*([ \t]*)#[^\r\n]*(\r\n|[\r\n]|$)")
"""A comment in a line of its own, behind empty lines."""


@dataclass(frozen=True, slots=True)
class Splice:
    """Text that takes the place of what stands from one offset to another."""

    start: int
    end: int
    text: str


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """Returns the text with every splice carried out. They do not overlap; those of one place keep their order."""
    pieces, done = list[str](), 0
    for splice in sorted(splices, key=lambda splice: (splice.start, splice.end)):
        pieces += [text[done : splice.start], splice.text]
        done = splice.end
    return "".join((*pieces, text[done:]))


def pair(node: Node | None, key: str) -> tuple[ScalarNode, Node] | None:
    """Returns a key of a mapping with its value; None where there is none."""
    pairs = node.value if isinstance(node, MappingNode) else ()
    return next(((name, value) for name, value in pairs if isinstance(name, ScalarNode) and name.value == key), None)


def below(node: Node | None, key: str) -> Node | None:
    """Returns the value of a key of a mapping; None where there is none."""
    found = pair(node, key)
    return found[1] if found else None


def end_of(text: str, key: Node, value: Node) -> int:
    """Returns the offset behind the last thing that is written of a key and its value, which may be an alias."""
    if value.start_mark.index < key.end_mark.index:
        alias = alias_span(text, key, value)
        return alias[1] if alias else int(key.end_mark.index)
    if isinstance(value, MappingNode) and value.value and not value.flow_style:
        return end_of(text, *value.value[-1])
    if isinstance(value, SequenceNode) and value.value and not value.flow_style:
        return end_of(text, key, value.value[-1])
    return int(value.end_mark.index)


def end_with_comments(text: str, end: int, column: int) -> int:
    """Returns the end of the last line that belongs to a key at this column, whose value ends at an offset: the
    value's own line, and comments below it that stand deeper than the key.
    """
    end = end_of_line(text, end)
    while found := _DEEPER.match(text, end + len(break_at(text, end))):
        if len(found[1].expandtabs()) <= column:
            break
        end = found.start(2)
    return end


def column_of(text: str, key: Node) -> int:
    """Returns the column at which a key of a block begins: that of the question mark before it, where it has one."""
    above = text[start_of_line(text, key.start_mark.index) : key.start_mark.index]
    return above.index("?") if above.strip() == "?" else int(key.start_mark.column)


def start_of_line(text: str, offset: int) -> int:
    """Returns the offset at which a line begins."""
    return max(text.rfind(sign, 0, offset) for sign in "\r\n") + 1


def end_of_line(text: str, start: int) -> int:
    """Returns the offset of the break that ends a line; of a block of text the one behind its last line that is not
    empty.
    """
    if text[start - 1 : start] in {"\n", "\r"}:
        while text[start - 1 : start].isspace():
            start -= 1
    ends = (text.find(sign, start) for sign in "\r\n")
    return min((end for end in ends if end >= 0), default=len(text))


def break_at(text: str, offset: int) -> str:
    """Returns the line break at an offset, "" at the end of the text."""
    return "\r\n" if text.startswith("\r\n", offset) else text[offset : offset + 1]


def first_break(text: str) -> str:
    """Returns the line break that a text uses first."""
    return break_at(text, end_of_line(text, 0)) or "\n"
