"""Characters that a reader can't see, or can't tell from others: they are shown as escapes, or left out.

By Unicode's categories: controls and formats (Cc, Cf: escape sequences, zero-width, bidirectional marks, soft hyphen,
tags), line and paragraph separators (Zl, Zp), private, unassigned and half characters (Co, Cn, Cs), every blank but the
ordinary one (Zs: non-breaking, thin, …). Beside these the characters that Unicode lets a program show as nothing
(variation selectors, fillers, joiners), those whose picture is empty, and combining marks with nothing to combine with.
"""

import re
import unicodedata
from collections.abc import Callable

_EMPTY = frozenset("\u2800\U0001d159\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5\u180f")
"""A blank of Braille and of music, Hangul's fillers, a joiner, two vowels of Khmer, a selector of Mongolian."""

_SELECTORS = (range(0x180B, 0x180E), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_COMBINING = ("Mn", "Mc", "Me")
_CARRIES = ("L", "N", "S", "M")
"""The categories, by their first letter, of what a mark can stand on."""

_IDEOGRAPHIC_SPACE = "\u3000"
_WIDE = ("W", "F")
_LAST_OF_FOUR_DIGITS = 0xFFFF
_SUSPECT = re.compile(r"[\x20-\x7e]?[^\x20-\x7e]+[\x20-\x7e]?")
"""Runs in which an unseen character can be: letters of ASCII are looked at only as neighbours."""


def replaced(text: str, replacement: Callable[[str], str], keep: str = "") -> str:
    """Returns the text with every unseen character replaced, those of `keep` apart."""
    if text.isascii() and text.isprintable():
        return text

    def run(match: re.Match[str]) -> str:
        signs = match[0]
        return "".join(
            replacement(sign) if sign not in keep and _is_unseen(signs, at) else sign for at, sign in enumerate(signs)
        )

    return _SUSPECT.sub(run, text)


def escaped(text: str, keep: str = "") -> str:
    r"""Returns the text with every unseen character as a `\u` escape, those of `keep` apart."""
    return replaced(text, code_point_escape, keep)


def code_point_escape(sign: str) -> str:
    r"""Returns the escape of a character in YAML and Python: `\u` and four digits, or `\U` and eight."""
    code = ord(sign)
    return f"\\u{code:04x}" if code <= _LAST_OF_FOUR_DIGITS else f"\\U{code:08x}"


def utf16_escape(sign: str) -> str:
    r"""Returns the escape of a character in JSON: `\u` and four digits for each unit of UTF-16."""
    units = sign.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def all_seen(text: str) -> bool:
    """Returns whether a reader sees every character of the text."""
    return (text.isascii() and text.isprintable()) or replaced(text, lambda _: "") == text


def _is_unseen(signs: str, at: int) -> bool:
    sign = signs[at]
    if sign == _IDEOGRAPHIC_SPACE:
        return not any(_is_wide(near) for near in signs[max(0, at - 1) : at + 2])
    if not sign.isprintable() or sign in _EMPTY or any(ord(sign) in selectors for selectors in _SELECTORS):
        return True
    if sign.isascii() or unicodedata.category(sign) not in _COMBINING:
        return False
    return at == 0 or not _carries_a_mark(signs, at - 1)


def _carries_a_mark(signs: str, at: int) -> bool:
    return unicodedata.category(signs[at])[0] in _CARRIES and not _is_unseen(signs, at)


def _is_wide(sign: str) -> bool:
    """Returns whether it is a character of East Asia, beside which the ideographic space is an ordinary blank."""
    return sign != _IDEOGRAPHIC_SPACE and unicodedata.east_asian_width(sign) in _WIDE
