"""Finds aliases in a YAML text: libyaml gives what an alias stands for, at the place where that is written."""

import re

from yaml import Node

_ALIAS = re.compile(r"\s*:(?:\s|#[^\r\n]*)*(\*[\w-]+)")
_ANCHOR = re.compile(r"&[\w-]+\s+(?:#[^\r\n]*\s+)*")


def alias_span(text: str, key: Node, value: Node) -> tuple[int, int] | None:
    """Returns the offsets of the alias that is the value of a key; None where the value itself is written there."""
    if value.start_mark.index > key.start_mark.index:
        return None
    found = _ALIAS.match(text, key.end_mark.index)
    return found.span(1) if found else None


def behind_anchor(text: str, value: Node) -> int:
    """Returns the offset where a value begins, behind the anchor that it may have."""
    found = _ANCHOR.match(text, value.start_mark.index)
    return int(found.end() if found else value.start_mark.index)
