"""Takes keys out of a YAML text: what belongs to them goes, and every other comment stays."""

import re
from collections.abc import Iterator, Sequence

from yaml import MappingNode, ScalarNode

from reconciler.manifests.splices import Splice, column_of, end_of, end_with_comments, start_of_line

_BEHIND = re.compile(r"[ \t]*,?[ \t]*(?:#[^\r\n]*)?")
"""The comma behind a pair in braces, and a comment behind that."""


def removed(text: str, parent: MappingNode, key: ScalarNode, mapping: MappingNode, names: set[str]) -> Iterator[Splice]:
    """Takes keys out of the mapping below a key, with the comments behind them and below them that stand deeper: a
    comment above one of them stays.
    """
    gone = [name.value in names for name, _ in mapping.value]
    if mapping.flow_style or parent.flow_style:
        yield from _out_of_braces(text, mapping, gone)
        return
    if all(gone):
        colon = text.index(":", key.end_mark.index) + 1
        yield Splice(colon, colon, " {}")
    for (name, value), goes in zip(mapping.value, gone, strict=True):
        if goes:
            end = end_with_comments(text, end_of(text, name, value), column_of(text, name))
            yield Splice(_end_of_line_above(text, name.start_mark.index), end, "")


def _out_of_braces(text: str, mapping: MappingNode, gone: Sequence[bool]) -> Iterator[Splice]:
    """Takes pairs out of braces: each with its comma, the last ones with the comma before."""
    spans = [(name.start_mark.index, end_of(text, name, value)) for name, value in mapping.value]
    start, brace = spans[0][0], mapping.end_mark.index - 1
    if all(gone) and "#" not in text[start:brace]:
        yield Splice(start, brace, "")
        return
    kept = max((number for number, goes in enumerate(gone) if not goes), default=len(gone))
    for number, goes in enumerate(gone):
        if goes:
            yield Splice(*_span(text, spans, number, is_last=number > kept), "")


def _span(text: str, spans: Sequence[tuple[int, int]], number: int, *, is_last: bool) -> tuple[int, int]:
    """From where to where a pair in braces is taken out: with the white space up to the next pair; of the last ones,
    from the pair before. Comments in lines of their own stay.
    """
    start, end = spans[number]
    behind = found.end() if (found := _BEHIND.match(text, end)) else end
    if is_last and "#" not in (between := text[spans[number - 1][1] : start]):
        return spans[number - 1][1], behind if between.strip(", \t") else end
    if number + 1 < len(spans) and "#" not in text[end : spans[number + 1][0]]:
        return start, spans[number + 1][0]
    return _whole_line(text, start, behind)


def _whole_line(text: str, start: int, end: int) -> tuple[int, int]:
    """From the end of the line above to that of the line, where nothing else stands in it."""
    first, sign = start_of_line(text, start), text[end : end + 1]
    alone = first and sign in {"\n", "\r"} and not text[first:start].strip()
    return (_end_of_line_above(text, start), end) if alone else (start, end)


def _end_of_line_above(text: str, offset: int) -> int:
    """The offset of the line break before the line in which an offset is."""
    first = start_of_line(text, offset)
    return max(0, first - (2 if text[:first].endswith("\r\n") else 1))
