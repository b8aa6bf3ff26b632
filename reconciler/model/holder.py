"""Words of who holds a lock, and of how long."""

from datetime import datetime, timedelta

from reconciler.model.characters import escaped
from reconciler.model.state_store import Lock
from reconciler.model.utc import utc_second

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def holder_of(lock: Lock, now: datetime) -> str:
    """Returns who holds the lock, where, for what, since when, and where to read about the run."""
    process, run = lock.run.process, lock.run
    where = f" on {process.host} (process {process.pid})" if process else ""
    since = f"{utc_second(lock.taken_at)} ({_age(now - lock.taken_at)})"
    what = f" for {lock.operation}" if lock.operation else ""
    link = f", {run.url}" if run.url else ""
    return escaped(f"{run.actor}{where}{what} since {since}{link}")


def length(seconds: float) -> str:
    """A time in its largest unit; less than a second counts as one."""
    seconds = max(1, seconds)
    size, unit = next((size, unit) for size, unit in _UNITS if seconds >= size)
    count = int(seconds // size)
    return f"{count} {unit}{'s' if count > 1 else ''}"


def _age(elapsed: timedelta) -> str:
    seconds = elapsed.total_seconds()
    return f"{length(seconds)} ago" if seconds >= 1 else "just now"
