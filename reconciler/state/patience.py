"""How long a lock that somebody holds is waited for, whatever the kind of store."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.model.ports import Lock
from reconciler.state import locks

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 16.0


def _sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Waits for a held lock, asking again after 1 second, then 2, 4, 8, and every 16, for `seconds` altogether.

    `pause` waits for a number of seconds and tells whether the run is to stop; then nothing is waited for any more.
    `elapsed` is a clock in seconds that never runs back. No other customer's lock is ever looked at.
    """

    seconds: float = 0
    pause: Callable[[float], bool] = _sleep
    elapsed: Callable[[], float] = time.monotonic

    def until_free(
        self, lock: Lock, holder_before: Callable[[Lock], Lock | None], clock: Callable[[], datetime]
    ) -> Lock:
        """The lock as it was taken in the end, its time the time when it was.

        `holder_before` takes it where it is free, and else says who has it. Raises LockHeld at the end of the
        patience, and at once where the holder is provably gone: nobody would release it.
        """
        begun = self.elapsed()
        pause = _FIRST_PAUSE
        while (holder := holder_before(lock)) is not None:
            waited = self.elapsed() - begun
            left = self.seconds - waited
            if left <= 0 or locks.is_abandoned(holder) or self.pause(min(pause, left)):
                raise locks.locked(holder, clock(), waited=waited if self.seconds else 0)
            pause = min(2 * pause, _LONGEST_PAUSE)
            lock = replace(lock, taken_at=clock())
        return lock
