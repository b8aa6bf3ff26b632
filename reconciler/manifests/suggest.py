"""Finds the word that was probably meant."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache

_LONGEST_WORD = 100
"""Longer words are no slips of the pen, and comparing them costs time."""


def closest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that was probably meant; None where none is near. Casing and outer spaces don't count."""
    if len(word) > _LONGEST_WORD:
        return None
    by_fold = {choice.strip().casefold(): choice for choice in choices}
    matches = get_close_matches(word.strip().casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[matches[0]] if matches else None


@lru_cache(maxsize=1024)
def nearness(word: str, choices: tuple[str, ...]) -> Mapping[str, str]:
    """Returns the data about a word that isn't among the choices: the `near` one, or that all are `far`."""
    near = closest(word, choices)
    return {"near": near} if near else {"far": "yes"}
