"""Finds the places in a YAML text where lines can be added or taken out, so that nothing else of it moves."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from reconciler.manifests.aliases import alias_span

_STEP = 2
"""Blanks by which what we add is deeper than what it stands below."""


@dataclass(frozen=True, slots=True)
class Splice:
    """Text that takes the place of what stands from one offset to another."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """A key and its value to be added to a mapping: as lines, or within braces. The lines of the value are
    indented by two blanks.
    """

    lines: tuple[str, ...]
    braces: str


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


def added(text: str, entry: MappingNode, additions: Sequence[Addition]) -> Splice:
    """Adds to a mapping that has keys already, behind its last one."""
    end = end_of(text, *entry.value[-1])
    if entry.flow_style:
        return Splice(end, end, "".join(f", {addition.braces}" for addition in additions))
    return _lines_behind(text, end, entry.value[0][0].start_mark.column, additions)


def added_below(
    text: str, parent: MappingNode, key: ScalarNode, value: Node, additions: Sequence[Addition]
) -> Iterator[Splice]:
    """Adds to the mapping below a key, which may be empty so far: `{}`, or nothing at all."""
    if isinstance(value, MappingNode) and value.value:
        yield added(text, value, additions)
    elif parent.flow_style:
        inside = ", ".join(addition.braces for addition in additions)
        yield Splice(value.start_mark.index, value.end_mark.index, f"{{{inside}}}")
    else:
        if isinstance(value, MappingNode):
            start = value.start_mark.index
            blank = text[start - 1 : start] == " "
            yield Splice(start - blank, value.end_mark.index, "")
        behind = value.end_mark.index if isinstance(value, MappingNode) else key.end_mark.index
        yield _lines_behind(text, behind, key.start_mark.column + _STEP, additions)


def removed(text: str, parent: MappingNode, key: ScalarNode, mapping: MappingNode, names: set[str]) -> Iterator[Splice]:
    """Takes keys out of the mapping below a key: a comment above one of them stays."""
    gone = [name.value in names for name, _ in mapping.value]
    if mapping.flow_style or parent.flow_style:
        yield from _out_of_braces(text, mapping, gone)
        return
    if all(gone):
        colon = text.index(":", key.end_mark.index) + 1
        yield Splice(colon, colon, " {}")
    for (name, value), goes in zip(mapping.value, gone, strict=True):
        if goes:
            end = _end_of_line(text, end_of(text, name, value))
            yield Splice(_start_of_line(text, name.start_mark.index), end + len(_break_at(text, end)), "")


def _out_of_braces(text: str, mapping: MappingNode, gone: list[bool]) -> Iterator[Splice]:
    """Takes pairs out of braces: each with the comma behind it, the last ones with the comma before."""
    pairs = mapping.value
    kept = [number for number, goes in enumerate(gone) if not goes]
    if not kept:
        yield Splice(pairs[0][0].start_mark.index, end_of(text, *pairs[-1]), "")
        return
    for number, goes in enumerate(gone[: kept[-1]]):
        if goes:
            yield Splice(pairs[number][0].start_mark.index, pairs[number + 1][0].start_mark.index, "")
    if kept[-1] + 1 < len(pairs):
        yield Splice(end_of(text, *pairs[kept[-1]]), end_of(text, *pairs[-1]), "")


def _lines_behind(text: str, end: int, column: int, additions: Sequence[Addition]) -> Splice:
    """The lines below the one in which an offset is. A comment behind a value stays behind it."""
    end = _end_of_line(text, end)
    sign = _break_at(text, end) or _first_break(text)
    lines = (line for addition in additions for line in addition.lines)
    return Splice(end, end, "".join(f"{sign}{' ' * column}{line}" for line in lines))


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


def _start_of_line(text: str, offset: int) -> int:
    return max(text.rfind(sign, 0, offset) for sign in "\r\n") + 1


def _end_of_line(text: str, start: int) -> int:
    """The offset of the break that ends a line; of a block of text the one behind its last line."""
    if start and text[start - 1 : start] == "\n":
        start -= 1 + (text[start - 2 : start - 1] == "\r")
    ends = (text.find(sign, start) for sign in "\r\n")
    return min((end for end in ends if end >= 0), default=len(text))


def _break_at(text: str, offset: int) -> str:
    return "\r\n" if text.startswith("\r\n", offset) else text[offset : offset + 1]


def _first_break(text: str) -> str:
    return _break_at(text, _end_of_line(text, 0)) or "\n"
