"""Advice in which commands and links stand out: each alone on its line, whole, ready to be copied.

A command is a line of the text that is nothing else, what stands between backticks, or what ends a line after a colon.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from reconciler.rendering.page import Page, Part, line

_COMMAND = (
    r"reconciler (?:-\S+ (?:[^-\s]\S* )?)*"
    r"(?:validate|plan|apply|show|drift|import|adopt|forget|state|unlock|snapshot|explain|offers|auth|schema|completion"
    r"|sandbox|version)(?: [^`\s]*[^`\s:;,.](?=[\s`]|\.?$))*"
)
_ALONE = re.compile(rf"(?:{_COMMAND}|https?://\S+)")
_QUOTED = re.compile(rf"`({_COMMAND})`[.,;]?")
_AFTER_COLON = re.compile(rf"(?<=: )({_COMMAND})\.?$")


@dataclass(frozen=True, slots=True)
class Passage:
    """Some of the advice: words to read, or `exact` text to copy. `indent` is how far the author set it in."""

    text: str
    exact: bool = False
    indent: int = 0


def passages(text: str) -> Iterator[Passage]:
    """The advice in pieces, each to begin on a line of its own."""
    for raw in _reflowed(text):
        words = raw.strip()
        indent = _indent(raw)
        if _ALONE.fullmatch(words):
            yield Passage(words, exact=True, indent=indent)
        else:
            yield from (Passage(one.text, exact=one.exact, indent=indent) for one in _within(words))


def write_prose(page: Page, text: str, *, indent: int = 0, mark: Part = "") -> None:
    """Advice on a page: `mark` before its first line, all else set in below the text."""
    inside = indent + line(mark).cell_len
    for number, passage in enumerate(passages(text)):
        if passage.exact and number == 0:
            page.exact(passage.text, indent=indent, mark=mark)
        elif passage.exact:
            page.exact(passage.text, indent=inside + max(passage.indent, 2))
        elif number == 0:
            page.write(passage.text, indent=indent, mark=mark)
        else:
            page.write(passage.text, indent=inside + passage.indent)


def _reflowed(text: str) -> Iterator[str]:
    """The lines, neighbours that are set in alike joined: they were broken for another width."""
    for indent, group in groupby(re.split(r"\r?\n", text.strip("\r\n")), key=_indent):
        lines = list(group)
        if indent and not any(_ALONE.fullmatch(one.strip()) for one in lines):
            yield " " * indent + " ".join(one.strip() for one in lines)
        else:
            yield from lines


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _within(words: str) -> Iterator[Passage]:
    ended = _AFTER_COLON.sub(r"`\1`", words)
    pieces = _QUOTED.split(ended)
    for number, piece in enumerate(pieces):
        exact = number % 2 == 1
        if exact or piece.strip() or len(pieces) == 1:
            yield Passage(piece.strip(), exact=exact)
