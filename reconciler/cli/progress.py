"""Progress of a long run on stderr: a line that is rewritten on a terminal, one every half minute in a log."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from reconciler.cli.terminal import Screen, messages
from reconciler.rendering.progress import Progress, progress_text

_CLEAR = "\x1b[2K"
_LIVING, _CALM = 0.2, 30.0
"""Seconds between two looks: of a living line, and of a log's heartbeat."""

_PATIENCE = 1.0
"""Seconds before progress is shown: shorter work is not worth a line that comes and goes."""

Clock = Callable[[], float]


class Watched:
    """Counts what a run does; in a `with`, also shows it. Safe to use from several threads.

    A log gets a line only where nothing else was said for half a minute, so that no job is taken for dead.
    """

    def __init__(self, doing: str = "Planning", noun: str = "customers read", *, clock: Clock = time.monotonic) -> None:
        self._doing, self._noun = doing, noun
        self._clock = clock
        self._guard = threading.Lock()
        self._begun = self._spoken = clock()
        self._done = self._of = self._requests = 0
        self._rest_until, self._why = clock(), ""
        self._screen = messages(no_color=True)
        self._alive = _is_alive(self._screen)
        self._shown = False
        self._thread = threading.Thread()
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._show, name="progress", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self.make_way()

    def turns_to(self, doing: str, noun: str, of: int) -> None:
        """From now on something else is done, so many times."""
        with self._guard:
            self._doing, self._noun, self._done, self._of = doing, noun, 0, of
            self._begun = self._clock()

    def reached(self, done: int, of: int) -> None:
        """So much is done, of so much."""
        with self._guard:
            self._done, self._of = done, of

    def one_more(self) -> None:
        """One more is done."""
        with self._guard:
            self._done += 1

    def sent(self) -> None:
        """A request leaves."""
        with self._guard:
            self._requests += 1

    def resting(self, sleep: Callable[[float], object], why: str) -> Callable[[float], object]:
        """The same pause, seen, with what it is for."""

        def rest(seconds: float) -> object:
            with self._guard:
                if (until := self._clock() + seconds) > self._rest_until:
                    self._rest_until, self._why = until, why
            return sleep(seconds)

        return rest

    def make_way(self) -> None:
        """Something else is about to be written: takes the living line away."""
        with self._guard:
            self._spoken = self._clock()
            if self._shown:
                self._write(f"{_CLEAR}\r")
                self._shown = False

    def now(self) -> Progress:
        """Returns the progress."""
        now = self._clock()
        return Progress(
            doing=self._doing,
            noun=self._noun,
            done=self._done,
            of=self._of,
            requests=self._requests,
            elapsed=now - self._begun,
            resting=max(0.0, self._rest_until - now),
            why=self._why,
        )

    def look(self) -> None:
        """Shows how far it is, where that is due."""
        with self._guard:
            if self._alive and self._clock() - self._begun >= _PATIENCE and self._of:
                self._write(f"{_CLEAR}{progress_text(self.now())[: self._screen.width - 1]}\r")
                self._shown = True
            elif not self._alive and self._clock() - self._spoken >= _CALM and self._of:
                self._write(f"{progress_text(self.now())}\n")
                self._spoken = self._clock()

    def _show(self) -> None:
        while not self._ended.wait(_LIVING if self._alive else 1.0):
            self.look()

    def _write(self, text: str) -> None:
        with suppress(OSError, ValueError):  # progress is never worth a failure
            self._screen.stream.write(text)
            self._screen.stream.flush()


def _is_alive(screen: Screen) -> bool:
    in_ci = any(os.environ.get(name, "").lower() not in {"", "false", "0"} for name in ("CI", "TF_BUILD"))
    return screen.stream.isatty() and not in_ci and os.environ.get("TERM") != "dumb"
