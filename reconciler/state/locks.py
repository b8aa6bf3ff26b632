"""Locks: reading them, and the messages about their holders."""

from datetime import datetime
from uuid import UUID, uuid5

from reconciler import advice
from reconciler.documents import lock as lock_document
from reconciler.documents.damage import decode
from reconciler.documents.unreadable import Unreadable
from reconciler.model.address import is_guid
from reconciler.model.characters import escaped
from reconciler.model.errors import LockHeld, Problem, StateDamaged, StateMissing
from reconciler.model.holder import UNKNOWN, data_of, length
from reconciler.model.state_store import Lock
from reconciler.state.process import is_dead

_UNREADABLE = UUID("6d3f5c5e-0d5b-4b41-9a4e-55f0c8f1a7d2")


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
    """Says who holds the lock, and how it is broken. `waited` is for how many seconds it was waited for."""
    longer = "a longer --lock-timeout" if waited >= 1 else "--lock-timeout 10m"
    so_far = length(waited) if waited >= 1 else ""
    return LockHeld(advice.problem("lock_taken", lock.customer, **data_of(lock, now), waited=so_far, longer=longer))


def waiting(lock: Lock, now: datetime, waited: float, longest: float) -> Problem:
    """Says who is waited for, since when and for how long at most, and how the lock is broken. Times in seconds."""
    so_far = f"Waited for {length(waited)} of {length(longest)}" if waited >= 1 else "Waiting for the lock"
    most = "" if waited >= 1 else f", {length(longest)} at most"
    return advice.problem("lock_waiting", lock.customer, **data_of(lock, now), waited=f"{so_far}{most}")


def taken_over(lock: Lock, now: datetime) -> Problem:
    """Says that the lock of a process that is gone is taken over."""
    return advice.problem("lock_abandoned", lock.customer, **data_of(lock, now))


def another_lock(lock: Lock, lock_id: str, now: datetime) -> LockHeld:
    """Says that the lock there is not the one that was to be broken."""
    return LockHeld(advice.problem("another_lock", lock.customer, **data_of(lock, now), asked=escaped(lock_id)))


def not_locked(customer: str) -> StateMissing:
    """Says that there is nothing to break."""
    return StateMissing(advice.problem("not_locked", customer, customer=customer))


def left(lock: Lock) -> Problem:
    """Says that the lock is still there, though its work is done."""
    return advice.problem("lock_left", lock.customer, customer=lock.customer, lock_id=lock.id)


def _unreadable(content: bytes, customer: str, modified: datetime) -> Lock:
    identity = str(uuid5(_UNREADABLE, content.hex()))
    return Lock(id=identity, customer=customer, operation="", taken_at=modified, run=UNKNOWN)
