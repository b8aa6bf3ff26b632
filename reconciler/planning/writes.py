"""Warns of a new-commerce subscription that was changed so often that the service will soon take no more changes."""

from collections.abc import Iterator

from reconciler import advice
from reconciler.changes.case import Case
from reconciler.model.alarm import Alarm

MOST = 1200
"""About as many changes as the service takes in the life of one subscription; then it answers 400/900311."""

_WARNED_FROM = 800


def write_alarms(case: Case) -> Iterator[Alarm]:
    """Yields how often applies have changed the subscription, from 800 on. What others changed nobody counts."""
    bound = case.bound
    if bound and bound.writes >= _WARNED_FROM:
        description = advice.sentence("many_writes", writes=bound.writes, most=f"{MOST:,}")
        yield case.alarm("many_writes", description)
