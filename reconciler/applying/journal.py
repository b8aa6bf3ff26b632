"""One customer's state while a run works on it. Every write names the version read: a lost race writes nothing."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from reconciler.advice import problem
from reconciler.applying.ownership import check_owner
from reconciler.model.customer import Customer
from reconciler.model.errors import StateConflict, StateError, StateUnavailable
from reconciler.model.state import CustomerState
from reconciler.model.state_store import StateStore

Amend = Callable[[CustomerState], CustomerState]

_ATTEMPTS = 10
"""The number of times that recording a result is tried against other writers; under a lock more than one is rare
already.
"""


class Journal:
    """The state of one customer, as last read or written by this run.

    Raises WrongLineage where the stored state is of another estate, or of another tenant than the manifests say.
    """

    def __init__(self, store: StateStore, customer: Customer, lineage: str) -> None:
        self._store = store
        self._customer = customer
        self._lineage = lineage
        self._version: str | None = None
        self.unwritten: CustomerState | None = None
        self.state = CustomerState(lineage=lineage, customer=customer)
        self.reread()

    def reread(self) -> None:
        """Takes the stored state as it is now."""
        found = self._store.read(self._customer.name)
        if found is None:
            self._version, self.state = None, CustomerState(lineage=self._lineage, customer=self._customer)
            return
        check_owner(found.state, self._customer, self._lineage, self._store.location)
        called = self._customer.display_name or found.state.customer.display_name
        customer = replace(found.state.customer, display_name=called)
        self._version, self.state = found.version, replace(found.state, customer=customer)

    def write(self, amend: Amend) -> None:
        """Writes the amended state; nothing where it changes nothing. Raises StateConflict on a lost race."""
        after = amend(self.state)
        if after is self.state:
            return
        after = replace(after, serial=self.state.serial + 1)
        self._version = self._store.write(after, self._version)
        self.state = after

    def record(self, amend: Amend) -> None:
        """Writes what happened and must not be lost: on a conflict, state is read again and amended again.

        Raises StateError where it can't be written; `unwritten` then holds what should stand there.
        """
        try:
            self._insist(amend)
        except StateError:
            after = amend(self.state)
            self.unwritten = replace(after, serial=self.state.serial + 1)
            raise

    def note(self, amend: Amend) -> None:
        """Writes what only helps a reader, where it can be written: nothing is lost without it."""
        with suppress(StateError):
            self._insist(amend)

    def _insist(self, amend: Amend) -> None:
        for _ in range(_ATTEMPTS):
            try:
                return self.write(amend)
            except StateConflict:
                self.reread()
        data = {"customer": self._customer.name, "tries": _ATTEMPTS}
        raise StateUnavailable(problem("state_contested", self._store.location, **data))
