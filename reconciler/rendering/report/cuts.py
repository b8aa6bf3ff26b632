"""Sentences of a page whose host takes only so much: how much is left out, and how all of it is read."""

from collections import Counter
from collections.abc import Iterable

from reconciler.rendering.phrases import count
from reconciler.rendering.report.tones import Level

CODE = "left_out"
ALL_LEFT_OUT = "What belongs here is left out, since the host takes no more. See the log."
COUNTS_HOLD = "The counts above are of the whole."
GRAVEST_STAY = "The gravest stay."
SEE_RUN = "See the whole run"


def cut(what: str) -> str:
    """Returns the sentence that is said first where a page is cut. `what` has its verb where it needs one."""
    return f"This does not show everything: {what} left out, since the host takes no more."


def entries(left: int, of: int) -> str:
    """`1,234 of 2,000 entries are`."""
    return f"{left:,} of {of:,} entries are"


def by_level(levels: Iterable[Level]) -> str:
    """`2 errors, 5 warnings`, the gravest first."""
    totals = Counter(levels)
    return ", ".join(count(totals[level], str(level)) for level in Level if totals[level])


def more_left_out(number: int, nouns: tuple[str, str]) -> str:
    """`1,234 more changes left out here`, where rows are missing."""
    return f"{number:,} more {nouns[number > 1]} left out here"


def total_left_out(number: int, noun: str) -> str:
    """`5 findings left out`, as a title."""
    return f"{count(number, noun)} left out"


def more(number: int) -> str:
    """`and 5 more`, at the end of a list."""
    return f"and {number:,} more"


def overview(findings: str, shown: int) -> str:
    """Returns how many of these a host may show beside the log, which has all."""
    which = f"only the first {shown} may be shown here" if shown > 0 else "none may be shown here"
    return f"{findings}: {which}, all are in the log."
