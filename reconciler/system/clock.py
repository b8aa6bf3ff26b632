"""The machine's clock, as one value: whatever measures time, or asks what time it is, is given a `Clock`."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

_NAME = "CLOCK_MONOTONIC" if sys.platform == "darwin" else "CLOCK_BOOTTIME"
"""On Linux `time.monotonic` stands still while the machine is suspended, and on macOS too; on Windows it does not."""


def _counts_suspension() -> int | None:
    """Returns the operating system's clock that counts a suspension; None where it can't be read."""
    clock: int | None = getattr(time, _NAME, None)
    try:
        if clock is not None:
            time.clock_gettime(clock)
    except OSError:
        return None
    return clock


_BOOT_CLOCK = _counts_suspension()


def utc_now() -> datetime:
    """Returns the time that this machine's clock shows, in UTC. Anybody may set that clock at any moment."""
    return datetime.now(UTC)


def elapsed_seconds() -> float:
    """Returns the seconds since some moment in the past. They never run backwards, and count a suspension."""
    return time.monotonic() if _BOOT_CLOCK is None else time.clock_gettime(_BOOT_CLOCK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A moment by both readings of one `Clock`."""

    elapsed: float
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A clock: `now` is the time in UTC, `elapsed` the seconds that have passed, which nobody can set."""

    now: Callable[[], datetime] = utc_now
    elapsed: Callable[[], float] = elapsed_seconds

    def moment(self) -> Moment:
        """Returns the moment."""
        return Moment(elapsed=self.elapsed(), now=self.now())

    def seconds_since(self, then: Moment) -> float:
        """Returns how long ago that was at most: a machine paused from outside may go on with one reading only."""
        return max(self.elapsed() - then.elapsed, (self.now() - then.now).total_seconds())
