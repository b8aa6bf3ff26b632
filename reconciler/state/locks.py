"""Locks: reading them, and the messages about their holders."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from reconciler import advice
from reconciler.documents import lock as lock_document
from reconciler.documents.damage import decode
from reconciler.documents.unreadable import Unreadable
from reconciler.model.address import is_guid
from reconciler.model.characters import escaped
from reconciler.model.errors import LockHeld, Problem, StateDamaged, StateMissing
from reconciler.model.ports import Lock
from reconciler.model.run import Run
from reconciler.state.process import is_dead

_UNREADABLE = UUID("6d3f5c5e-0d5b-4b41-9a4e-55f0c8f1a7d2")
_UNITS = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))


def load_lock(content: bytes, customer: str, modified: datetime) -> Lock:
    """The lock on a customer that the content is.

    A lock that can't be understood is a lock nevertheless: its holder is unknown, its time is when it was `modified`,
    and its id comes from its content, so that it can be broken like any other.
    """
    try:
        lock = lock_document.load(decode(content, customer))
    except (StateDamaged, Unreadable):
        return _unreadable(content, customer, modified)
    return lock if is_guid(lock.id) and lock.customer == customer else _unreadable(content, customer, modified)


def is_abandoned(lock: Lock) -> bool:
    """Returns True if the process that holds the lock is provably gone."""
    process = lock.run.process
    return process is not None and bool(is_dead(process))


def locked(lock: Lock, now: datetime, waited: float = 0) -> LockHeld:
    """Says who holds the lock, whether that process still lives, and how the lock is broken.

    `waited` is for how many seconds it was waited for.
    """
    code = "lock_abandoned" if is_abandoned(lock) else "lock_taken"
    longer = "a longer --lock-timeout" if waited >= 1 else "--lock-timeout 10m"
    length = _length(waited) if waited >= 1 else ""
    return LockHeld(advice.problem(code, lock.customer, **_named(lock, now), waited=length, longer=longer))


def waiting(lock: Lock, now: datetime, waited: float, longest: float) -> Problem:
    """Says who is waited for, since when and for how long at most, and how the lock is broken. Times in seconds."""
    so_far = f"Waited for {_length(waited)} of {_length(longest)}" if waited >= 1 else "Waiting for the lock"
    most = "" if waited >= 1 else f", {_length(longest)} at most"
    return advice.problem("lock_waiting", lock.customer, **_named(lock, now), waited=f"{so_far}{most}")


def another_lock(lock: Lock, asked: str, now: datetime) -> LockHeld:
    """Says that the lock there is not the one that was to be broken."""
    return LockHeld(advice.problem("another_lock", lock.customer, **_named(lock, now), asked=escaped(asked)))


def not_locked(customer: str) -> StateMissing:
    """Says that there is nothing to break."""
    return StateMissing(advice.problem("not_locked", customer, customer=customer))


def left(lock: Lock) -> Problem:
    """Says that the lock is still there, though its work is done."""
    return advice.problem("lock_left", lock.customer, customer=lock.customer, lock_id=lock.id)


def _named(lock: Lock, now: datetime) -> dict[str, str]:
    return {"customer": lock.customer, "lock_id": lock.id, "holder": _holder(lock, now)}


def _unreadable(content: bytes, customer: str, modified: datetime) -> Lock:
    unknown = Run(id="unknown", actor="somebody unknown (the lock file can't be read)")
    identity = str(uuid5(_UNREADABLE, content.hex()))
    return Lock(id=identity, customer=customer, operation="unknown", taken_at=modified, run=unknown)


def _holder(lock: Lock, now: datetime) -> str:
    process, run = lock.run.process, lock.run
    where = f" on {process.host} (process {process.pid})" if process else ""
    since = f"{lock.taken_at:%Y-%m-%d %H:%M:%S} UTC ({_age(now - lock.taken_at)})"
    link = f", {run.url}" if run.url else ""
    return escaped(f"{run.actor}{where} for {lock.operation} since {since}{link}")


def _age(elapsed: timedelta) -> str:
    seconds = elapsed.total_seconds()
    return f"{_length(seconds)} ago" if seconds >= 1 else "just now"


def _length(seconds: float) -> str:
    """A time in its largest unit; less than a second counts as one."""
    seconds = max(1, seconds)
    size, unit = next((size, unit) for size, unit in _UNITS if seconds >= size)
    count = int(seconds // size)
    return f"{count} {unit}{'s' if count > 1 else ''}"
