"""Starts processes that do the same thing to one location at the same time."""

import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests import forked

_ROOT = Path(__file__).parents[2]
_RACER = "tests.state.racer"


@contextmanager
def racer(
    kind: str, location: str, argument: str = "", *, to_be_killed: bool = False
) -> Iterator["subprocess.Popen[str]"]:
    """A process that has said "ready" and waits for a line. It is gone afterwards, at once where it is `to_be_killed`:
    one that was forked gets its SIGKILL a moment later.
    """
    words = (kind, location, argument)
    program = [sys.executable, "-m", _RACER] if to_be_killed else forked.words(module=_RACER)
    with subprocess.Popen(
        [*program, *words], cwd=_ROOT, text=True, bufsize=1, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            assert answer(process) == "ready"
            yield process
        finally:
            process.kill()


def go(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")


def answer(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def race(kind: str, location: str, arguments: Iterable[str]) -> list[str]:
    """Returns what came of it for each, all let go at once."""
    with ExitStack() as stack:
        processes = [stack.enter_context(racer(kind, location, argument)) for argument in arguments]
        for process in processes:
            go(process)
        return [answer(process) for process in processes]
