"""The world's file: shared by threads and processes, changed by one at a time."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

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
        """The world, for one caller at a time; saved afterwards where it says it has changed.

        What a caller that raises had changed is forgotten, unless it called `touch` after the last thing it did.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._here, self._elsewhere.acquire(poll_interval=_POLL_SECONDS):
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
        """Puts another world in its place."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._here, self._elsewhere.acquire(poll_interval=_POLL_SECONDS):
            self._write(world)

    def _read(self) -> World:
        if not self._path.exists():
            self._write(self._first_day())
        stamp = self._stamp()
        if self._seen is None or self._seen[0] != stamp:
            self._seen = (stamp, World.load(self._path))
        return self._seen[1]

    def _write(self, world: World) -> None:
        world.save(self._path)
        self._seen = (self._stamp(), world)

    def _stamp(self) -> tuple[int, int, int]:
        found = self._path.stat()
        return (found.st_mtime_ns, found.st_size, found.st_ino)
