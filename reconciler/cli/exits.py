"""Exit codes of an apply's events (contract, section 3)."""

from reconciler.model.event import (
    CustomerSkipped,
    Event,
    Failed,
    Finished,
    HeldByService,
    NotDone,
    Recovered,
    Skipped,
    Stale,
    StateMoved,
    StateNotWritten,
    Succeeded,
    Unknown,
)
from reconciler.model.result import Outcome


def _leaves_work(event: Succeeded | Recovered | StateMoved) -> bool:
    """Returns True if somebody must look at what was done: at users without licences, at what shows otherwise, or at
    what was bought for an entry that is removed.
    """
    if isinstance(event, StateMoved):
        return bool(event.description)
    otherwise = isinstance(event, Succeeded) and bool(event.otherwise)
    return otherwise or event.result.outcome is Outcome.SUCCEEDED_WITH_LICENSE_ERRORS


_SKIPPED = {
    "state_not_written": 1,
    "held_by_limit": 5,
    "earlier_change_held": 5,
    "renewal_held": 5,
    "not_reviewed": 6,
    "move_taken_back": 6,
    "lock_held": 7,
}
"""The codes of changes that were not started; of any other reason, 0: what it follows from has a code of its own."""

_FAILED = {"authentication_failed": 8, "service_unreachable": 1}
"""The codes of changes that failed for what is no change's own; of any other reason, 4."""


def of_settling(event: Event) -> int:
    """One event's code where only what is pending is settled: what was not done is settled, too."""
    return 0 if isinstance(event, NotDone) else of_event(event)


def of_event(event: Event, *, blocked: str = "warn") -> int:
    """One event's code; 0 where all is well. What is `blocked` since it was reviewed is stale, unless that fails."""
    match event:
        case Skipped(code="blocked_since"):
            return 3 if blocked == "fail" else 6
        case Skipped() | CustomerSkipped():
            return _SKIPPED.get(event.code, 0)
        case Unknown():
            return 9
        case StateNotWritten():
            return 1
        case Failed():
            return _FAILED.get(event.code, 4)
        case HeldByService():
            return 4
        case Succeeded() | Recovered() | StateMoved() if _leaves_work(event):
            return 4
        case Stale() | NotDone(asked=True):
            return 6
        case Finished(interrupted=True):
            return 130
        case _:
            return 0
