"""Handles SIGINT, SIGTERM and SIGHUP: a reading run ends at once, an applying one in good order."""

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

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))
"""Ctrl-C, a cancelled job, a closed terminal, and Windows' own: Ctrl-Break or a closed window."""

_HANGUP = getattr(signal, "SIGHUP", None)


@contextmanager
def ending_at_once(message: str = "Interrupted. Nothing was changed.") -> Iterator[None]:
    """While a run only reads. Threads that wait for an answer are not waited for: there is nothing to record."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        if sys.stderr.isatty():
            _say("\x1b[2K", end="")  # a line of progress may stand there
        _say(message)
        os._exit(INTERRUPTED)

    with _handled_by(handle):
        yield


@contextmanager
def stopping(stop: threading.Event) -> Iterator[None]:
    """The first signal lets what is in flight be recorded; a second one ends the program at once.

    What was sent is in state as pending by then, for the next run to settle. It ends by itself and not by the signal's
    own effect, which the first process of a container doesn't have.
    """
    stopping = threading.Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stopping.is_set():
            os._exit(INTERRUPTED)
        stopping.set()
        stop.set()
        _say("Stopping: nothing new is started; what is in flight is recorded. Again to end at once.")

    with _handled_by(handle):
        yield


@contextmanager
def interruptible() -> Iterator[None]:
    """Any of the signals ends it where it stands, in good order: locks are released, the terminal is restored."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _handled_by(handle):
        yield


@contextmanager
def until_signalled() -> Iterator[None]:
    """While something runs until it is told to end: any of the signals ends it, and that is no failure."""
    with suppress(KeyboardInterrupt), interruptible():
        yield


def _say(text: str, end: str = "\n") -> None:
    """Says it unless nobody listens, or the signal came in the midst of a sentence."""
    with suppress(OSError, RuntimeError):
        click.echo(text + end, nl=False, err=True)


@contextmanager
def _handled_by(handle: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = {number: signal.signal(number, handle) for number in _SIGNALS if not _is_to_be_ignored(number)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_to_be_ignored(number: signal.Signals) -> bool:
    """Returns whether the program was started so that it outlives its terminal (nohup)."""
    return number == _HANGUP and signal.getsignal(number) is signal.SIG_IGN
