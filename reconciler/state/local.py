"""State in a directory: `<customer>.json`, `<customer>.lock` while somebody writes, and `estate.json`."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from reconciler.state import files
from reconciler.state.lock_wait import LockWait
from reconciler.state.store import Store
from reconciler.state.store_port import Blob
from reconciler.system.clock import utc_now


class Directory:
    """A `BlobStore` of the files of a directory, which the first write creates.

    Safe between threads and processes of one machine. Files are 0600. Symbolic links in place of files are refused.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def location(self) -> str:
        return str(self._path)

    def where(self, name: str) -> str:
        return str(self._path / name)

    def names(self, doing: str) -> tuple[str, ...]:
        with files.explained(doing, self._path):
            return files.names(self._path)

    def read(self, name: str, doing: str) -> Blob | None:
        path = self._path / name
        with files.explained(doing, path):
            return files.read(path)

    def prove(self) -> None:
        with files.explained("write to the state location", self._path):
            files.prove(self._path)

    def put(self, name: str, content: bytes, expected: str | None, doing: str) -> str | None:
        path = self._path / name
        with (
            files.explained(doing, path),
            files.written(self._path, content) as temporary,
            files.guarded(self._path),
        ):
            if expected is None:
                return files.version_of(content) if files.create(temporary, path) else None
            found = files.read(path)
            if found is None or found.version != expected:
                return None
            files.replace(temporary, path)
        return files.version_of(content)

    def remove(self, name: str, version: str, doing: str) -> bool:
        path = self._path / name
        with files.explained(doing, path), files.guarded(self._path):
            found = files.read(path)
            if found is None or found.version != version:
                return False
            files.remove(path)
        return True


class LocalStore(Store):
    """The `Store` in a directory."""

    def __init__(
        self, directory: Path, clock: Callable[[], datetime] = utc_now, lock_wait: LockWait | None = None
    ) -> None:
        super().__init__(Directory(directory), clock, lock_wait)
