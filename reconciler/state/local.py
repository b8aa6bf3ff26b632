"""State in a directory: `<customer>.json`, `<customer>.lock` while somebody writes, and `estate.json`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from reconciler.model.address import NAME
from reconciler.model.errors import InvalidInput, Problem, StateConflict, StateError, StateUnavailable
from reconciler.model.ports import Lock, Versioned
from reconciler.model.state import CustomerState, Run
from reconciler.state import files, locks
from reconciler.state.document import damaged, decode, printable
from reconciler.state.format import dump, dump_lineage, load, load_lineage

_ESTATE = "estate"
_ESTATE_CUSTOMER = "estate_"
"""What the file of a customer called `estate` is called; no customer's name has an underscore."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class LocalStore:
    """A `StateStore` in a directory, which the first write creates. Safe between threads and processes of one machine.

    A version is the hash of a file's bytes: an edit by hand is a write like any other. `clock` tells when a lock is
    taken. Files are 0600. Symbolic links in place of files are refused. Every call raises InvalidInput for a name that
    no customer can have.
    """

    def __init__(self, directory: Path, clock: Callable[[], datetime] = _utc_now) -> None:
        self._directory = directory
        self._clock = clock

    @property
    def location(self) -> str:
        return str(self._directory)

    def lineage(self) -> str | None:
        path = self._directory / f"{_ESTATE}.json"
        with files.explained("read the estate's lineage", path):
            found = files.read(path)
        return None if found is None else load_lineage(decode(found.content, str(path)), str(path))

    def establish(self, lineage: str) -> str:
        present = self.lineage()
        if present is not None:
            return present
        path = self._directory / f"{_ESTATE}.json"
        created = self._create(path, dump_lineage(lineage), "write the estate's lineage")
        return lineage if created else self.establish(lineage)

    def customers(self) -> tuple[str, ...]:
        with files.explained("list the state location", self._directory):
            stems = [Path(name).stem for name in files.names(self._directory) if name.endswith(".json")]
        found = (_ESTATE if stem == _ESTATE_CUSTOMER else stem for stem in stems if stem != _ESTATE)
        return tuple(sorted(name for name in found if NAME.fullmatch(name)))

    def read(self, customer: str) -> Versioned | None:
        path = self._state_path(customer)
        with files.explained(f"read the state of {customer}", path):
            found = files.read(path)
        if found is None:
            return None
        state = load(decode(found.content, str(path)), str(path))
        if state.customer.name != customer:
            raise damaged(f"holds the state of {state.customer.name}, not of {customer}", str(path))
        return Versioned(state=state, version=_version(found.content))

    def write(self, state: CustomerState, expected: str | None) -> str:
        customer = state.customer.name
        path = self._state_path(customer)
        content = dump(state).encode()
        with (
            files.explained(f"write the state of {customer}", path),
            files.written(self._directory, content) as temporary,
            files.guarded(self._directory),
        ):
            found = files.read(path)
            if (None if found is None else _version(found.content)) != expected:
                raise _conflict(customer, path)
            files.replace(temporary, path)
        return _version(content)

    @contextmanager
    def lock(self, customer: str, operation: str, run: Run) -> Iterator[Lock]:
        lock = Lock(id=str(uuid4()), customer=customer, operation=operation, taken_at=self._clock(), run=run)
        try:
            self._take(lock)
            yield lock
        except BaseException:
            with suppress(StateError):  # what went wrong within matters more; a lock that stays names its dead holder
                self._remove_lock(customer, lock.id)
            raise
        self._release(lock)

    def held(self, customer: str) -> Lock | None:
        path = self._lock_path(customer)
        with files.explained(f"read the lock on {customer}", path):
            found = files.read(path)
        return None if found is None else locks.load_lock(found.content, customer, found.modified)

    def unlock(self, customer: str, lock_id: str) -> None:
        there = self._remove_lock(customer, lock_id)
        if there is None:
            raise locks.not_locked(customer)
        if there.id != lock_id:
            raise locks.another_lock(there, lock_id, self._clock())

    def _take(self, lock: Lock) -> None:
        path, text = self._lock_path(lock.customer), locks.dump_lock(lock)
        while not self._create(path, text, f"lock {lock.customer}"):
            holder = self.held(lock.customer)
            if holder is not None:
                raise locks.locked(holder, self._clock())

    def _release(self, lock: Lock) -> None:
        try:
            self._remove_lock(lock.customer, lock.id)
        except StateUnavailable as error:
            what = f"The lock on {lock.customer} is still there, though its work is done."
            remedy = f"Once the location works again, break it:\n{locks.unlock_command(lock)}"
            raise StateUnavailable(*error.problems, Problem(where=lock.customer, what=what, remedy=remedy)) from error

    def _remove_lock(self, customer: str, lock_id: str) -> Lock | None:
        """Removes the lock with this id and no other. The lock that was found there."""
        path = self._lock_path(customer)
        if self.held(customer) is None:
            return None
        with files.explained(f"remove the lock on {customer}", path), files.guarded(self._directory):
            there = self.held(customer)
            if there is not None and there.id == lock_id:
                files.remove(path)
            return there

    def _create(self, path: Path, text: str, doing: str) -> bool:
        with (
            files.explained(doing, path),
            files.written(self._directory, text.encode()) as temporary,
            files.guarded(self._directory),
        ):
            return files.create(temporary, path)

    def _state_path(self, customer: str) -> Path:
        stem = _ESTATE_CUSTOMER if customer == _ESTATE else _checked(customer)
        return self._directory / f"{stem}.json"

    def _lock_path(self, customer: str) -> Path:
        return self._directory / f"{_checked(customer)}.lock"


def _checked(customer: str) -> str:
    """A name that stays within the directory."""
    if not NAME.fullmatch(customer):
        what = f"{printable(customer)!r} is not a customer's name."
        raise InvalidInput.because(
            what, "Names are made of a-z, 0-9 and -; `reconciler state list` shows those that have state."
        )
    return customer


def _version(content: bytes) -> str:
    return sha256(content).hexdigest()


def _conflict(customer: str, path: Path) -> StateConflict:
    what = f"The state of {customer} was changed by somebody else in the meantime. Nothing was written."
    return StateConflict.because(what, "Plan again, and apply the new plan.", str(path))
