"""Lays a YAML file out in one way: two blanks for each level, one behind a dash, no blanks at the end of a line, one
line break at the end of the file. Only white space moves: comments, order and quotation marks stay, and the file means
what it meant.
"""

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

import yaml
from yaml import MappingNode, Node, ScalarNode

from reconciler.manifests.compose import compose
from reconciler.manifests.files import Source, decode
from reconciler.manifests.indentation import STEP, Layout
from reconciler.manifests.parse import documents
from reconciler.model.errors import InvalidInput, Problem

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
    makers = () if _OTHER_BREAKS.search(text) else (Layout.of, Layout.as_is)
    for make in makers[1:] if _QUESTIONS.search(text) else makers:
        layout = make(text)
        laid_out = _laid_out(text, layout)
        yield from (laid_out, laid_out.removesuffix("\n"))
    yield text.strip("\n") + "\n"


_OTHER_BREAKS = re.compile("[\x85\u2028\u2029]")
"""Line breaks of YAML 1.1 that no editor shows as such."""


_QUESTIONS = re.compile(r"^[ -]*\?(?: |$)", re.MULTILINE)
"""Question marks before keys, which nothing says how to set in."""


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


def _laid_out(text: str, layout: Layout) -> str:
    lines = text.split("\n")
    after: list[str] = []
    for number in range(len(lines)):
        new = _line(number, lines, layout)
        if new or number in layout.inside or (after and after[-1]):
            after.append(new)
    while after and not after[-1] and len(after) - 1 not in layout.verbatim:
        after.pop()
    return "".join(f"{line}\n" for line in after)


def _line(number: int, lines: list[str], layout: Layout) -> str:
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
    if layout.moves and number in layout.levels:
        dashes = _DASHES.match(content)
        content = f"{'- ' * dashes[0].count('-')}{content[dashes.end() :]}" if dashes else content
    return " " * (column + layout.moved(number)) + content


_DASHES = re.compile(r"(?:- +)*")


def _column_of_comment(number: int, column: int, lines: list[str], layout: Layout) -> int:
    """The column of a comment in a line of its own: that of the line below it or of one around it that it stands at,
    else that of the next deeper one, else one level below the deepest: it stays with the entry that it is set in below.
    """
    above = next((layout.levels[other] for other in range(number - 1, -1, -1) if other in layout.levels), ())
    below = next((layout.levels[other] for other in _until_next_document(number, lines) if other in layout.levels), ())
    near = [*below[-1:], *reversed(above), *below]
    if not near or not layout.moves:
        return column
    deeper = min((level for level in near if level.old >= column), key=lambda level: level.old, default=None)
    return deeper.new if deeper else max(near, key=lambda level: level.old).new + STEP


def _until_next_document(number: int, lines: list[str]) -> Iterator[int]:
    for other in range(number + 1, len(lines)):
        if lines[other].startswith(("---", "...")):
            return
        yield other
