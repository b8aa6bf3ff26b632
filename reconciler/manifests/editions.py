"""Editions of offers: the words of a name that tell an offer from others of its family, at other prices."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from reconciler.manifests.suggest import near

EDITIONS = frozenset(
    ("basic", "edition", "enterprise", "essentials", "plus", "premium", "pro", "professional", "proplus", "standard")
)
"""Words at the end of an offer's name that tell it from others of its family: an upgrade changes them."""

EDITION = re.compile(r"[a-z]\d[a-z]?|plan \d+", re.IGNORECASE)


def nearest_offer(typed: str, names: Iterable[str]) -> str | None:
    """Returns the offer's name that was probably meant. One of another edition is another product at another price, and
    is never it.
    """
    return next((name for name in near(typed, names) if not _is_another_edition(typed, name)), None)


def _is_another_edition(typed: str, name: str) -> bool:
    """Returns True if what was typed names an edition that the offer is not, or lacks the offer's without a slip of the
    pen in its place.
    """
    words, own = (set(re.findall(r"\w+", text.casefold())) for text in (typed, name))
    slips = {word for word in words - own if not _tells_apart(word)}
    lost = any(map(_tells_apart, words - own))
    return lost or any(_tells_apart(word) and not get_close_matches(word, slips, n=1) for word in own - words)


def _tells_apart(word: str) -> bool:
    return word in EDITIONS or word.isdecimal() or EDITION.fullmatch(word) is not None
