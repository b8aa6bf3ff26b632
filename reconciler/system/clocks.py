"""Time that has passed, on a clock that goes on while the machine is suspended and that nobody sets."""

import sys
import time

_NAME = "CLOCK_MONOTONIC" if sys.platform == "darwin" else "CLOCK_BOOTTIME"
"""On Linux `time.monotonic` stands still while the machine is suspended, and on macOS too; on Windows it does not."""


def _clock() -> int | None:
    """The operating system's clock that counts a suspension; None where there is none or it can't be read."""
    found: int | None = getattr(time, _NAME, None)
    try:
        if found is not None:
            time.clock_gettime(found)
    except OSError:
        return None
    return found


_CLOCK = _clock()


def seconds() -> float:
    """Seconds since some moment in the past; they never run backwards."""
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)
