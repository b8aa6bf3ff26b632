"""What SIGINT and SIGTERM do: end a reading run at once, and an applying one in good order."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import click

INTERRUPTED = 130
"""The exit code of a run that was told to stop."""

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def ending_at_once() -> Iterator[None]:
    """While a run only reads. Threads that wait for an answer are not waited for: there is nothing to record."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        if sys.stderr.isatty():
            click.echo("\x1b[2K", nl=False, err=True)  # a line of progress may stand there
        click.echo("Interrupted. Nothing was changed.", err=True)
        os._exit(INTERRUPTED)

    with _handled_by(handle):
        yield


@contextmanager
def stopping(stop: threading.Event) -> Iterator[None]:
    """The first signal lets what is in flight be recorded; a second one ends the program at once.

    What was sent is in state as pending by then, for the next run to settle.
    """

    def handle(number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        stop.set()
        click.echo("Stopping: nothing new is begun; what is in flight is recorded. Again to end at once.", err=True)

    with _handled_by(handle):
        yield


@contextmanager
def interruptible() -> Iterator[None]:
    """While state is repaired: either signal ends it where it stands, and its lock is released on the way out."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _handled_by(handle):
        yield


@contextmanager
def until_told() -> Iterator[None]:
    """While something runs until it is told to end: either signal ends it, and that is no failure."""
    with suppress(KeyboardInterrupt), interruptible():
        yield


@contextmanager
def _handled_by(handle: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = {number: signal.signal(number, handle) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
