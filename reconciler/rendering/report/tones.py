"""Levels, and pieces of text with the part that each plays."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The severity of an item, the gravest first."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return _RANKS[self]


_RANKS = {level: rank for rank, level in enumerate(Level)}


class Tone(StrEnum):
    """The part that a piece of text plays. No meaning depends on it alone."""

    PLAIN = "plain"
    NAME = "name"
    LABEL = "label"
    OPTIONS = "options"
    STRONG = "strong"
    QUIET = "quiet"
    INFO = "info"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Span:
    """Some text with its tone."""

    text: str
    tone: Tone = Tone.PLAIN


Line = tuple[Span, ...]
"""A line, or a paragraph."""


def plain(line: Line) -> str:
    """The words without their tones."""
    return "".join(span.text for span in line)
