"""Words of who holds a lock, and of how long."""

import re
from datetime import datetime, timedelta

from reconciler.model.characters import escaped
from reconciler.model.run import Run
from reconciler.model.state_store import Lock
from reconciler.model.utc import utc_second

UNKNOWN = Run(id="unknown", actor="somebody unknown (the lock file can't be read)")
"""Stands for the run of a lock that can't be read."""

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""A run's id as it may stand in a command: lock files may hold anything."""

_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def holder_of(lock: Lock, now: datetime) -> str:
    """Returns who holds the lock, where, for what, since when, and where to read about the run."""
    process, run = lock.run.process, lock.run
    where = f" on {process.host} (process {process.pid})" if process else ""
    since = f"{utc_second(lock.taken_at)} ({_age(now - lock.taken_at)})"
    what = f" for {lock.operation}" if lock.operation else ""
    link = f", {run.url}" if run.url else ""
    return escaped(f"{run.actor}{where}{what} since {since}{link}")


def data_of(lock: Lock, now: datetime) -> dict[str, str]:
    """Returns what is told of a lock: whose it is, its id, who holds it, and of which run it is, or that its file
    can't be read.
    """
    run = lock.run.id if _PLAIN.fullmatch(lock.run.id) and lock.run != UNKNOWN else ""
    unreadable = "" if run else "true"
    names = {"customer": lock.customer, "lock_id": lock.id, "holder": holder_of(lock, now)}
    return {**names, "run": run, "unreadable": unreadable}


def length(seconds: float) -> str:
    """A time in its largest unit; less than a second counts as one."""
    seconds = max(1, seconds)
    size, unit = next((size, unit) for size, unit in _UNITS if seconds >= size)
    count = int(seconds // size)
    return f"{count} {unit}{'s' if count > 1 else ''}"


def _age(elapsed: timedelta) -> str:
    seconds = elapsed.total_seconds()
    return f"{length(seconds)} ago" if seconds >= 1 else "just now"
