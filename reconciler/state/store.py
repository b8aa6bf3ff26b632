"""A `StateStore` over any `BlobStore`: a document per customer, the estate's lineage, and the locks."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from reconciler.advice import problem
from reconciler.documents import lineage as lineage_document
from reconciler.documents import lock as lock_document
from reconciler.documents import state as state_document
from reconciler.documents.damage import damaged, decode
from reconciler.model.errors import StateConflict, StateError, StateUnavailable
from reconciler.model.run import Run
from reconciler.model.state import CustomerState
from reconciler.model.state_store import Lock, Versioned
from reconciler.state import locks
from reconciler.state.lock_wait import LockWait
from reconciler.state.names import ESTATE, customers_among, earlier_state_name, lock_name, locked_among, state_name
from reconciler.state.once import Once
from reconciler.state.store_port import BlobStore
from reconciler.system.clock import utc_now

_ATTEMPTS = 10
"""The number of times that an order is noted against other writers: every customer notes in the same document."""


class Store:
    """A `StateStore` whose documents are blobs. Safe between threads, and between processes that share the store.

    `clock` tells when a lock is taken, `lock_wait` how long a held one is waited for. Every call raises InvalidInput
    for a name that no customer can have.
    """

    def __init__(
        self, blobs: BlobStore, clock: Callable[[], datetime] = utc_now, lock_wait: LockWait | None = None
    ) -> None:
        self._blobs = blobs
        self._clock = clock
        self._lock_wait = lock_wait or LockWait()
        self._proof = Once(blobs.prove)

    @property
    def location(self) -> str:
        return self._blobs.location

    def lineage(self) -> str | None:
        estate, _ = self._estate()
        return estate.lineage if estate else None

    def last_orders(self) -> Mapping[str, str]:
        estate, _ = self._estate()
        return estate.orders if estate else {}

    def note_order(self, tenant: str, key: str | None) -> None:
        for _ in range(_ATTEMPTS):
            estate, version = self._estate()
            if estate is None:
                break
            others = {other: noted for other, noted in estate.orders.items() if other != tenant}
            after = replace(estate, orders=others | ({} if key is None else {tenant: key}))
            content = lineage_document.dump(after).encode()
            if after == estate or self._put(ESTATE, content, version, "note an order in the estate") is not None:
                return
        where = self._blobs.where(ESTATE)
        raise StateUnavailable(problem("state_contested", where, customer=tenant, tries=_ATTEMPTS))

    def _estate(self) -> tuple[lineage_document.Lineage | None, str | None]:
        found = self._blobs.read(ESTATE, "read the estate's lineage")
        if found is None:
            return None, None
        where = self._blobs.where(ESTATE)
        return lineage_document.load(decode(found.content, where), where), found.version

    def prove(self) -> None:
        self._proof()

    def establish(self, lineage: str) -> str:
        present = self.lineage()
        if present is not None:
            return present
        content = lineage_document.dump(lineage_document.Lineage(lineage=lineage)).encode()
        version = self._put(ESTATE, content, None, "write the estate's lineage")
        return self.establish(lineage) if version is None else lineage

    def customers(self) -> tuple[str, ...]:
        return customers_among(self._blobs.names("list the state location"))

    def read(self, customer: str) -> Versioned | None:
        name = self._state_name(customer)
        found = self._blobs.read(name, f"read the state of {customer}")
        if found is None:
            return None
        where = self._blobs.where(name)
        state = state_document.load(decode(found.content, where), where)
        if state.customer.name != customer:
            raise damaged("state_of_another", where, held=state.customer.name, customer=customer)
        return Versioned(state=state, version=found.version)

    def write(self, state: CustomerState, expected: str | None) -> str:
        customer = state.customer.name
        name = self._state_name(customer)
        version = self._put(name, state_document.dump(state).encode(), expected, f"write the state of {customer}")
        if version is None:
            raise StateConflict(problem("state_changed_meanwhile", self._blobs.where(name), customer=customer))
        return version

    def remove(self, customer: str, expected: str) -> None:
        name = self._state_name(customer)
        self.prove()
        if not self._blobs.remove(name, expected, f"remove the state of {customer}"):
            raise StateConflict(problem("state_changed_meanwhile", self._blobs.where(name), customer=customer))

    @contextmanager
    def lock(self, customer: str, operation: str, run: Run) -> Iterator[Lock]:
        lock = Lock(id=str(uuid4()), customer=customer, operation=operation, taken_at=self._clock(), run=run)
        try:
            lock = self._lock_wait.until_free(lock, self._holder_before, self._take_from, self._clock)
            yield lock
        except BaseException:
            with suppress(StateError):  # what went wrong within matters more; a lock that stays names its dead holder
                self._remove_lock(customer, lock.id)
            raise
        self._release(lock)

    def held(self, customer: str) -> Lock | None:
        found = self._blobs.read(lock_name(customer), f"read the lock on {customer}")
        return None if found is None else locks.load_lock(found.content, customer, found.modified)

    def locks(self) -> tuple[Lock, ...]:
        names = locked_among(self._blobs.names("list the state location"))
        return tuple(lock for lock in map(self.held, names) if lock)

    def unlock(self, customer: str, lock_id: str) -> None:
        there = self._remove_lock(customer, lock_id)
        if there is None:
            raise locks.not_locked(customer)
        if there.id != lock_id:
            raise locks.another_lock(there, lock_id, self._clock())

    def _state_name(self, customer: str) -> str:
        """Returns the blob of a customer's state. One that is called as a device may have it under an earlier name.

        Nothing is read under that name to find out: on Windows that would be the device.
        """
        name, earlier = state_name(customer), earlier_state_name(customer)
        there = self._blobs.names(f"look for the state of {customer}") if earlier else ()
        if earlier is None or earlier not in there:
            return name
        if name in there:
            raise damaged("state_twice", self._blobs.where(name), earlier=earlier, customer=customer)
        return earlier

    def _holder_before(self, lock: Lock) -> Lock | None:
        """Takes the lock where it is free. Who has it otherwise."""
        name, content = lock_name(lock.customer), lock_document.dump(lock).encode()
        while self._put(name, content, None, f"lock {lock.customer}") is None:
            holder = self.held(lock.customer)
            if holder is not None:
                return holder
        return None

    def _take_from(self, holder: Lock) -> None:
        """Removes the lock of a holder that is gone; another's that stands there by now stays."""
        self._remove_lock(holder.customer, holder.id)

    def _release(self, lock: Lock) -> None:
        try:
            self._remove_lock(lock.customer, lock.id)
        except StateUnavailable as error:
            raise StateUnavailable(*error.problems, locks.left(lock)) from error

    def _remove_lock(self, customer: str, lock_id: str) -> Lock | None:
        """Removes the lock with this id and no other. The lock that was found there."""
        name, doing = lock_name(customer), f"remove the lock on {customer}"
        while (found := self._blobs.read(name, f"read the lock on {customer}")) is not None:
            there = locks.load_lock(found.content, customer, found.modified)
            if there.id != lock_id:
                return there
            self.prove()
            if self._blobs.remove(name, found.version, doing):
                return there
        return None

    def _put(self, name: str, content: bytes, expected: str | None, doing: str) -> str | None:
        self.prove()
        return self._blobs.put(name, content, expected, doing)
