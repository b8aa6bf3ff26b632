"""What a lock says of its holder, to programs and to people."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from reconciler.documents import lock as lock_document
from reconciler.documents.damage import decode
from reconciler.documents.text import printable
from reconciler.documents.unreadable import Unreadable
from reconciler.model.address import is_guid
from reconciler.model.errors import LockHeld, Problem, StateDamaged, StateMissing
from reconciler.model.ports import Lock
from reconciler.model.state import Run
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
    """Whether the process that holds the lock is provably gone."""
    process = lock.run.process
    return process is not None and bool(is_dead(process))


def locked(lock: Lock, now: datetime, waited: float = 0) -> LockHeld:
    """Says who holds the lock, whether that process still lives, and how the lock is broken.

    `waited` is for how many seconds it was waited for.
    """
    if is_abandoned(lock):
        advice = "That process is gone, so nobody will release the lock. Break it, and run again:"
    else:
        wait = "a longer --lock-timeout" if waited >= 1 else "--lock-timeout 10m"
        advice = f"Run again once it is done, or with {wait}. If it is not at work any more, break the lock:"
    for_long = f" It was waited for {_length(waited)}." if waited >= 1 else ""
    what = f"{lock.customer} is locked by {_holder(lock, now)}.{for_long}"
    return LockHeld.because(what, f"{advice}\n{unlock_command(lock)}", lock.customer)


def waiting(lock: Lock, now: datetime, waited: float, patience: float) -> Problem:
    """Says who is waited for, since when and for how long at most, and how the lock is broken. Times in seconds."""
    so_far = f"Waited for {_length(waited)} of {_length(patience)}" if waited >= 1 else "Waiting for the lock"
    most = "" if waited >= 1 else f", {_length(patience)} at most"
    return Problem(
        where=lock.customer,
        what=f"{so_far}{most}. {lock.customer} is locked by {_holder(lock, now)}.",
        remedy=f"If that run is not at work any more, break its lock:\n{unlock_command(lock)}",
    )


def another_lock(lock: Lock, asked: str, now: datetime) -> LockHeld:
    """Says that the lock there is not the one that was to be broken."""
    what = f"The lock on {lock.customer} is not {printable(asked)}. It is held by {_holder(lock, now)}."
    advice = "Nothing was removed. If that run is not at work any more, break its lock:"
    return LockHeld.because(what, f"{advice}\n{unlock_command(lock)}", lock.customer)


def not_locked(customer: str) -> StateMissing:
    """Says that there is nothing to break."""
    return StateMissing.because(f"{customer} is not locked.", "Nothing needs to be done.", customer)


def unlock_command(lock: Lock) -> str:
    """The command that breaks the lock."""
    return f"reconciler unlock {lock.customer} {lock.id}"


def _unreadable(content: bytes, customer: str, modified: datetime) -> Lock:
    unknown = Run(id="unknown", actor="somebody unknown (the lock file can't be read)")
    identity = str(uuid5(_UNREADABLE, content.hex()))
    return Lock(id=identity, customer=customer, operation="unknown", taken_at=modified, run=unknown)


def _holder(lock: Lock, now: datetime) -> str:
    process, run = lock.run.process, lock.run
    where = f" on {process.host} (process {process.pid})" if process else ""
    since = f"{lock.taken_at:%Y-%m-%d %H:%M:%S} UTC ({_age(now - lock.taken_at)})"
    link = f", {run.url}" if run.url else ""
    return printable(f"{run.actor}{where} for {lock.operation} since {since}{link}")


def _age(elapsed: timedelta) -> str:
    seconds = elapsed.total_seconds()
    return f"{_length(seconds)} ago" if seconds >= 1 else "just now"


def _length(seconds: float) -> str:
    """A time in its largest unit; less than a second counts as one."""
    seconds = max(1, seconds)
    size, unit = next((size, unit) for size, unit in _UNITS if seconds >= size)
    count = int(seconds // size)
    return f"{count} {unit}{'s' if count > 1 else ''}"
