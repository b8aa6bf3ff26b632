"""Finds the word that was probably meant."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache

_LONGEST_WORD = 100
"""Longer words are no slips of the pen, and comparing them costs time."""


def closest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that was probably meant; None where none is near. Casing and outer spaces don't count."""
    return next(iter(near(word, choices, most=1)), None)


def near(word: str, choices: Iterable[str], most: int = 5) -> Sequence[str]:
    """The choices that may have been meant, the nearest first. Casing and outer spaces don't count."""
    if len(word) > _LONGEST_WORD:
        return ()
    by_fold = {choice.strip().casefold(): choice for choice in choices}
    matches = get_close_matches(word.strip().casefold(), by_fold, n=most, cutoff=0.6)
    return tuple(by_fold[match] for match in matches)


@lru_cache(maxsize=1024)
def nearness(word: str, choices: tuple[str, ...]) -> Mapping[str, str]:
    """Returns the data about a word that isn't among the choices: the `near` one, or that all are `far`."""
    near = closest(word, choices)
    return {"near": near} if near else {"far": "yes"}
