"""The port of stores of state: conditional writes, and locks. Its contract suite is in `tests/contracts/`."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from reconciler.model.run import Run
from reconciler.model.state import CustomerState


@dataclass(frozen=True, slots=True, kw_only=True)
class Versioned:
    """A customer's state, and the version (an opaque tag) that a conditional write names."""

    state: CustomerState
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """The writer of a customer's state."""

    id: str
    customer: str
    operation: str
    taken_at: datetime
    run: Run


class StateStore(Protocol):
    """A store of state: one document per customer, and the estate's lineage.

    Every call may raise StateUnavailable; every read StateDamaged; every write StateUnsafe.
    """

    @property
    def location(self) -> str:
        """The location as a person would type it."""
        ...

    def lineage(self) -> str | None:
        """The lineage of the location; None before the first apply."""
        ...

    def prove(self) -> None:
        """Shows, once, that the location keeps writers apart, and writes no state. Every write does so first.

        Raises StateUnsafe where it does not.
        """
        ...

    def establish(self, lineage: str) -> str:
        """Makes the location this lineage's unless it has one; returns the lineage in force."""
        ...

    def last_orders(self) -> Mapping[str, str]:
        """The key of the last order started for each tenant. It stands in the location itself and not in its states, so
        it is known where the state of a customer is lost, or restored from before. Empty before the first order.
        """
        ...

    def note_order(self, tenant: str, key: str | None) -> None:
        """Notes durably that this is the tenant's last order; with None, that there is none to be remembered.

        Raises StateUnavailable where others kept writing, or the location is no estate's yet.
        """
        ...

    def customers(self) -> tuple[str, ...]:
        """The names of all customers that have state, sorted."""
        ...

    def read(self, customer: str) -> Versioned | None:
        """A customer's state; None where there is none."""
        ...

    def write(self, state: CustomerState, expected: str | None) -> str:
        """Writes durably, only if the stored version is still `expected` (None: only if there is none).

        The new version. Raises StateConflict where somebody else wrote; nothing is written then.
        """
        ...

    def remove(self, customer: str, expected: str) -> None:
        """Removes a customer's state durably, only if the stored version is still `expected`.

        Raises StateConflict where somebody else wrote or removed it; nothing is removed then.
        """
        ...

    def lock(self, customer: str, operation: str, run: Run) -> AbstractContextManager[Lock]:
        """Holds the customer's lock for the length of a `with`; raises LockHeld at once where somebody has it.

        Releasing removes the lock only if it is still this one.
        """
        ...

    def held(self, customer: str) -> Lock | None:
        """The lock on a customer, if any."""
        ...

    def locks(self) -> tuple[Lock, ...]:
        """All locks that are held, by customer. Costs one listing, and a read for each lock."""
        ...

    def unlock(self, customer: str, lock_id: str) -> None:
        """Breaks a lock. Raises LockHeld where the lock there has another id, StateMissing where there is none."""
        ...
