"""Words that several warnings and limits share."""

from collections.abc import Sequence

_NAMED = 5
"""The customers, subscriptions or addresses that a sentence names; the rest are counted."""


def some_of(names: Sequence[str]) -> str:
    """Returns the first of these names, and how many more there are."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
