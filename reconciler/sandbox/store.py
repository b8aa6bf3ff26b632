"""The world's file: shared by threads and processes, changed by one at a time."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from reconciler.advice import problem
from reconciler.model.errors import StateUnavailable
from reconciler.sandbox.journal import Journal
from reconciler.sandbox.steps import Mark, read_step, step_line
from reconciler.sandbox.world import World, stamp_of

_POLL_SECONDS = 0.002
_LARGE = 1 << 17
"""From how many bytes on a world is saved by steps: smaller ones are written whole, and their file tells all."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """The world as it was read or written last."""

    stamp: tuple[int, int, int]
    world: World
    journal: Journal

    @property
    def size(self) -> int:
        """The bytes of the file, without its journal."""
        return self.stamp[1]


class Store:
    """A world in a file. It is made by `first_day` where there is none."""

    def __init__(self, path: Path, first_day: Callable[[], World]) -> None:
        self._path = path
        self._first_day = first_day
        self._here = threading.Lock()
        self._elsewhere = FileLock(path.with_name(f"{path.name}.lock"))
        self._seen: _Seen | None = None

    @contextmanager
    def opened(self) -> Iterator[World]:
        """The world, for one caller at a time; saved afterwards where it says it has changed. Raises StateUnavailable
        where the file can't be read or written, StateDamaged where it holds no world.

        What a caller that raises had changed is forgotten, unless it called `touch` after the last thing it did.
        """
        with self._locked():
            world = self._read()
            mark = world.mark()
            try:
                yield world
            finally:
                if world.revision != mark.revision:
                    self._keep(world, mark)
                elif sys.exc_info()[0] is not None:
                    self._seen = None

    @contextmanager
    def rewritten(self) -> Iterator[World]:
        """The world, for whoever changes it from outside; written whole afterwards. Raises what `opened` raises."""
        with self._locked():
            world = self._read()
            self._seen = None
            yield world
            world.touch()
            self._write(world)

    def replace(self, world: World) -> None:
        """Puts another world in its place. Raises StateUnavailable where the file can't be written."""
        with self._locked():
            self._write(world)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._here, ExitStack() as stack:
            with self._reachable():
                if not self._path.parent.is_dir():
                    self._path.parent.mkdir(parents=True, exist_ok=True)
                stack.enter_context(self._elsewhere.acquire(poll_interval=_POLL_SECONDS))
            yield

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            why = error.strerror or error
            raise StateUnavailable(problem("sandbox_world_out_of_reach", str(self._path), why=why)) from None

    def _read(self) -> World:
        with self._reachable():
            return self._loaded()

    def _loaded(self) -> World:
        if not self._path.exists():
            self._write(self._first_day())
        stamp = stamp_of(self._path)
        if self._seen is None or self._seen.stamp != stamp:
            world = World.load(self._path)
            journal = world.journal(self._path)
            journal.news()
            self._seen = _Seen(stamp, world, journal)
        for line in self._seen.journal.news():
            self._seen.world.follow(read_step(line, self._path))
        return self._seen.world

    def _keep(self, world: World, mark: Mark) -> None:
        """Saves what changed: by a line in the journal, unless writing the whole is as cheap or due."""
        seen = self._seen
        if seen is None or seen.size < max(_LARGE, seen.journal.size):
            self._write(world)
            return
        with self._reachable():
            seen.journal.append(step_line(world.since(mark)))

    def _write(self, world: World) -> None:
        with self._reachable():
            world.save(self._path)
            self._seen = _Seen(stamp_of(self._path), world, world.journal(self._path))
