"""The program as a real process, and what it said."""

import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).parents[2]
PROGRAM = "reconciler"
"""The module that is tested; a mutant has another."""

SECONDS = 90
"""After which a run hangs."""

_COMMAND = re.compile(r"^\s*reconciler ((?:unlock|state push|state resolve) .+?)\s*$", re.MULTILINE)
_RESCUED = re.compile(r"^\{\n.*?^\}\n", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Said:
    """The exit code of a run, and its output on both streams."""

    code: int
    text: str

    @property
    def commands(self) -> tuple[tuple[str, ...], ...]:
        """The commands that stand alone on their lines, for the reader to type."""
        return tuple(dict.fromkeys(tuple(shlex.split(found)) for found in _COMMAND.findall(self.text)))

    @property
    def rescued(self) -> tuple[str, ...]:
        """The documents that could be written nowhere else."""
        return tuple(_RESCUED.findall(self.text))


class Process:
    """A run that goes on. Its lines may be waited for, and signals sent to it while it lives."""

    def __init__(self, command: Sequence[str], cwd: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        self._lines: list[str] = []
        self._over = False
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def wait_for_text(self, text: str, times: int = 1) -> bool:
        """Waits for lines that hold this text; whether they came before the end."""

        def enough() -> bool:
            return sum(text in line for line in self._lines) >= times

        with self._news:
            self._news.wait_for(lambda: enough() or self._over, SECONDS)
            return enough()

    def stopped(self) -> bool:
        """Waits until the process stops itself; whether it did so before its end."""
        with suppress(ChildProcessError):
            _, status = os.waitpid(self.pid, os.WUNTRACED)
            if os.WIFSTOPPED(status):
                return True
            self._process.returncode = os.waitstatus_to_exitcode(status)
        return False

    def signal(self, number: signal.Signals) -> bool:
        """Sends a signal; whether the process was there to get it."""
        if not self.running:
            return False
        self._process.send_signal(number)
        return True

    def ended(self, seconds: float = SECONDS) -> Said:
        """Waits for the end. A run that hangs is killed, and its code is that of the kill."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        self.signal(signal.SIGKILL)
        code = self._process.wait()
        self._reader.join()
        return Said(code=code, text="".join(self._lines))

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self._lines.append(line)
                self._news.notify_all()
        with self._news:
            self._over = True
            self._news.notify_all()
        self._process.stdout.close()


def environment(scratch: Path, **variables: str) -> dict[str, str]:
    """The environment of the program, run from this source, with nothing of the user's settings in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RECONCILER_", "PYTHON"))}
    own = {"PYTHONPATH": str(SOURCE), "PYTHONPYCACHEPREFIX": str(scratch / "bytecode"), "COLUMNS": "240"}
    return {**kept, **own, "NO_COLOR": "1", **variables}


def module(name: str) -> list[str]:
    """The command that runs a module."""
    return [sys.executable, "-m", name]
