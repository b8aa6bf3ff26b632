"""The world's file: shared by threads and processes, changed by one at a time."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock

from reconciler.model.errors import StateUnavailable
from reconciler.sandbox.world import World

_POLL_SECONDS = 0.002


class Store:
    """A world in a file. It is made by `first_day` where there is none."""

    def __init__(self, path: Path, first_day: Callable[[], World]) -> None:
        self._path = path
        self._first_day = first_day
        self._here = threading.Lock()
        self._elsewhere = FileLock(path.with_name(f"{path.name}.lock"))
        self._seen: tuple[tuple[int, int, int], World] | None = None

    @contextmanager
    def opened(self) -> Iterator[World]:
        """The world, for one caller at a time; saved afterwards where it says it has changed. Raises StateUnavailable
        where the file can't be read or written, StateDamaged where it holds no world.

        What a caller that raises had changed is forgotten, unless it called `touch` after the last thing it did.
        """
        with self._locked():
            world = self._read()
            before = world.revision
            try:
                yield world
            finally:
                if world.revision != before:
                    self._write(world)
                elif sys.exc_info()[0] is not None:
                    self._seen = None

    def replace(self, world: World) -> None:
        """Puts another world in its place. Raises StateUnavailable where the file can't be written."""
        with self._locked():
            self._write(world)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._here, ExitStack() as stack:
            with self._reachable():
                self._path.parent.mkdir(parents=True, exist_ok=True)
                stack.enter_context(self._elsewhere.acquire(poll_interval=_POLL_SECONDS))
            yield

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StateUnavailable.because(
                f"the sandbox's world can't be read or written: {error.strerror or error}",
                "make the folder and the file readable and writable for you",
                str(self._path),
            ) from None

    def _read(self) -> World:
        with self._reachable():
            return self._loaded()

    def _loaded(self) -> World:
        if not self._path.exists():
            self._write(self._first_day())
        stamp = self._stamp()
        if self._seen is None or self._seen[0] != stamp:
            self._seen = (stamp, World.load(self._path))
        return self._seen[1]

    def _write(self, world: World) -> None:
        with self._reachable():
            world.save(self._path)
            self._seen = (self._stamp(), world)

    def _stamp(self) -> tuple[int, int, int]:
        found = self._path.stat()
        return (found.st_mtime_ns, found.st_size, found.st_ino)
