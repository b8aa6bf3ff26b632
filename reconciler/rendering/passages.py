"""Advice in which commands and links stand out: each alone on its line, whole, ready to be copied.

A command is data of its step; a link is a line of the text that is nothing else, and so is a single word, such as a
code or a path, that is set in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from reconciler.model.invocation import Invocation
from reconciler.model.remedy import Step

_LINK = re.compile(r"https?://\S+")


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
        yield Passage(words, exact=bool(_LINK.fullmatch(words) or (indent and " " not in words)), indent=indent)


def _reflowed(text: str) -> Iterator[str]:
    """The lines, neighbours that are set in alike joined: they were broken for another width."""
    for indent, group in groupby(re.split(r"\r?\n", text.strip("\r\n")), key=_indent):
        lines = list(group)
        if indent and not any(_LINK.fullmatch(text.strip()) for text in lines):
            yield " " * indent + " ".join(text.strip() for text in lines)
        else:
            yield from lines


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip(" "))
