"""Advice in which commands and links stand out: each alone on its line, whole, ready to be copied.

A command is a line of the text that is nothing else, what stands between backticks, or what ends a line after a colon.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from reconciler.model.change import Step
from reconciler.model.invocation import Invocation

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


def passages(step: Step, invocation: Invocation) -> Iterator[Passage]:
    """The step in pieces, each to begin on a line of its own; its command comes last, with the flags in force."""
    if step.text:
        yield from prose(step.text)
    if step.run:
        yield Passage(invocation.command(*step.run), exact=True)


def prose(text: str) -> Iterator[Passage]:
    """A text in pieces, each to begin on a line of its own."""
    for raw in _reflowed(text):
        words = raw.strip()
        indent = _indent(raw)
        if _ALONE.fullmatch(words):
            yield Passage(words, exact=True, indent=indent)
        else:
            yield from (Passage(piece.text, exact=piece.exact, indent=indent) for piece in _within(words))


def _reflowed(text: str) -> Iterator[str]:
    """The lines, neighbours that are set in alike joined: they were broken for another width."""
    for indent, group in groupby(re.split(r"\r?\n", text.strip("\r\n")), key=_indent):
        lines = list(group)
        if indent and not any(_ALONE.fullmatch(text.strip()) for text in lines):
            yield " " * indent + " ".join(text.strip() for text in lines)
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
