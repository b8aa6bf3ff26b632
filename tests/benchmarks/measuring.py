"""Runs a command as a process of its own, and tells what it cost by the system's own account."""

import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, Popen
from tempfile import TemporaryFile

SOURCE = Path(__file__).parents[2]
_MEGABYTE = 1024**2 if sys.platform == "darwin" else 1024
"""Linux counts memory in kilobytes, macOS in bytes."""
_NOT_INHERITED = ("RECONCILER_", "PYTHON", "GIT_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The cost of one process, its children included. `ended` is by the clock that all processes share.

    `megabytes` is never less than the most that the process which started it ever had: Linux gives a child its parent's
    high-water mark. So a command that needs less than the benchmark itself has no memory of its own to show.
    """

    wall: float
    cpu: float
    megabytes: float
    ended: float
    out: str


def python(*arguments: object) -> list[str]:
    """A command that this interpreter carries out."""
    return [sys.executable, *map(str, arguments)]


def reconciler(*arguments: object) -> list[str]:
    """The program."""
    return python("-m", "reconciler", *arguments)


def environment(**variables: str) -> dict[str, str]:
    """Of a process that runs from this source, and meets no setting of ours, nor one of Python's (what is installed has
    been compiled), nor one of git's: a hook names the repository it runs in, and git would write there.
    """
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(_NOT_INHERITED)}
    return {**inherited, "PYTHONPATH": str(SOURCE), **variables}


def run(command: Sequence[str], cwd: Path, **variables: str) -> Run:
    """Runs it to its end. Raises RuntimeError unless it ends with 0: what failed, or was blocked, has no speed."""
    with TemporaryFile() as out, TemporaryFile() as err:
        began = time.monotonic()
        process = Popen(command, cwd=cwd, env=environment(**variables), stdin=DEVNULL, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        ended = time.monotonic()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        said = out.read().decode()
        if process.returncode:
            message = (
                f"{' '.join(command)}: exit code {process.returncode}\n{said[-2000:]}{err.read().decode()[-2000:]}"
            )
            raise RuntimeError(message)
    return Run(
        wall=ended - began,
        cpu=usage.ru_utime + usage.ru_stime,
        megabytes=usage.ru_maxrss / _MEGABYTE,
        ended=ended,
        out=said,
    )


def typical(times: int, command: Sequence[str], cwd: Path, **variables: str) -> Run:
    """The run in the middle, by its wall clock, of so many; one that warms up the caches is not counted."""
    if times > 1:
        run(command, cwd, **variables)
    runs = [run(command, cwd, **variables) for _ in range(times)]
    middle = statistics.median_low(item.wall for item in runs)
    return next(entry for entry in runs if entry.wall == middle)
