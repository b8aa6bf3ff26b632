"""Waits for a held lock with exponential back-off; the same for every kind of store."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.model.errors import Problem
from reconciler.model.state_store import Lock
from reconciler.state import locks
from reconciler.system.clock import elapsed_seconds

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 16.0
_HEARTBEAT = 30.0
"""Seconds between two reports to whoever waits."""


def _sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False


def _report_nothing(_: Problem) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class LockWait:
    """Waits for a held lock, asking again after 1 second, then 2, 4, 8, and every 16, for `seconds` altogether.

    `pause` waits for a number of seconds and tells whether the run is to stop; then nothing is waited for any more.
    `elapsed` is a clock in seconds that never runs back. `report` gets who is waited for, at first and every half
    minute. No other customer's lock is ever looked at.
    """

    seconds: float = 0
    pause: Callable[[float], bool] = _sleep
    elapsed: Callable[[], float] = elapsed_seconds
    report: Callable[[Problem], object] = _report_nothing

    def until_free(
        self,
        lock: Lock,
        holder_before: Callable[[Lock], Lock | None],
        remove: Callable[[Lock], object],
        clock: Callable[[], datetime],
    ) -> Lock:
        """The lock as it was taken in the end, its time the time when it was.

        `holder_before` takes it where it is free, and else says who has it. A lock whose holder is provably gone is
        removed and reported, since nobody would release it. Raises LockHeld at the end of the wait.
        """
        begun = self.elapsed()
        pause, heartbeat = _FIRST_PAUSE, 0.0
        while (holder := holder_before(lock)) is not None:
            waited = self.elapsed() - begun
            if locks.is_abandoned(holder):
                self.report(locks.taken_over(holder, clock()))
                remove(holder)
                continue
            left = self.seconds - waited
            if left <= 0:
                raise locks.locked(holder, clock(), waited)
            if waited >= heartbeat:
                self.report(locks.waiting(holder, clock(), waited, self.seconds))
                heartbeat += _HEARTBEAT
            if self.pause(min(pause, left)):
                raise locks.locked(holder, clock(), self.elapsed() - begun)
            pause = min(2 * pause, _LONGEST_PAUSE)
            lock = replace(lock, taken_at=clock())
        return lock
