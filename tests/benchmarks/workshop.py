"""The place where the benchmarks work: made-up estates in a scratch directory, and the stand-in that serves them."""

import json
import re
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import click

from tests.benchmarks.estates import Estate
from tests.benchmarks.measuring import Run, environment, python, reconciler, run, typical
from tests.benchmarks.service import COUNTS

MINUTES = "the minutes that must pass before the last may leave"
_READY = re.compile(r"^(\d+) changes? can go ahead", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number, what it is of, the floor beside it, and the aim: not above it, or, where `exact`, neither below."""

    work: str
    what: str
    value: float
    unit: str
    aim: float | None = None
    exact: bool = False
    floor: float | None = None
    floor_is: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A stand-in that runs."""

    port: int

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def counts(self) -> dict[str, Any]:
        """Returns how often it was asked, how many it turned away, what was bought, and when it was asked first."""
        with urllib.request.urlopen(self.endpoint + COUNTS) as answer:
            found: dict[str, Any] = json.load(answer)
        return found


@dataclass(kw_only=True)
class Workshop:
    """A scratch directory, how large the estates are (1: as the aims say), and how often each command runs.

    `processes`: how many share the work where it is split into shards. `program`: the command that runs the program.
    `peers`: whether other tools are measured too, which may have to be installed.
    """

    root: Path
    scale: float = 1
    times: int = 3
    processes: tuple[int, ...] = (1, 2, 4)
    program: Callable[..., list[str]] = reconciler
    peers: bool = True
    _made: dict[tuple[Estate, int, int], Path] = field(default_factory=dict)

    def customers(self, number: int) -> int:
        """So many customers, scaled; never fewer than four, so that something differs."""
        return max(4, round(number * self.scale))

    def folder(self, estate: Estate, *, parallelism: int = 8, per_minute: int = 1_000_000) -> Path:
        """The estate on disk; the same one each time it is asked for."""
        key = (estate, parallelism, per_minute)
        if key not in self._made:
            folder = self.root / f"estate-{len(self._made)}"
            folder.mkdir()
            estate.write(folder, parallelism=parallelism, per_minute=per_minute)
            (folder / "paths").write_text("".join(f"{path}\n" for path, _ in estate.bodies()))
            self._made[key] = folder
        return self._made[key]

    def typical(self, command: list[str], cwd: Path, **variables: str) -> Run:
        return typical(self.times, command, cwd, **variables)

    def floor(self, cwd: Path, name: str, *arguments: object) -> Run:
        """The floor of this name, run as often."""
        return self.typical(python("-m", "tests.benchmarks.floors", name, *arguments), cwd)

    def once(self, command: list[str], cwd: Path, **variables: str) -> Run:
        return run(command, cwd, **variables)


def unmeasured(what: str, why: str) -> None:
    """Tells that a figure is left out."""
    click.echo(f"not measured: {what}: {why}", err=True)


def planned(run: Run, changes: int) -> Run:
    """The run of a plan that found so many changes. Raises RuntimeError where it found others."""
    found = _READY.search(run.out)
    confirm("changes that can go ahead", int(found[1]) if found else 0, changes)
    return run


def confirm(what: str, found: int, wanted: int) -> None:
    """Raises RuntimeError where another thing was done than asked: the time it took says nothing."""
    if found != wanted:
        message = f"{what}: {found:,} instead of {wanted:,}, so what was measured is not what was meant"
        raise RuntimeError(message)


def minutes(requests: int, per_minute: int) -> float:
    """The seconds that must pass before the last of so many may leave, where so many may leave each minute."""
    return (requests - 1) // per_minute * 60.0


def slower(seconds: Mapping[int, float]) -> float:
    """Returns how many times as long one more takes from the middle to the largest of three sizes as from the smallest
    to the middle. What each run takes to start counts for nothing.
    """
    smallest, middle, largest = sorted(seconds)
    before = (seconds[middle] - seconds[smallest]) / (middle - smallest)
    if before <= 0:
        message = f"{middle:,} took no longer than {smallest:,}: there is no growth to compare with"
        raise RuntimeError(message)
    return (seconds[largest] - seconds[middle]) / (largest - middle) / before


@contextmanager
def served(estate: Estate, *, latency: float = 0, per_minute: int = 0) -> Iterator[Served]:
    """The stand-in for an estate, in a process of its own."""
    size = (
        "--customers",
        estate.customers,
        "--each",
        estate.each,
        *(["--all-upgrades"] if estate.all_upgrades else []),
        *(["--modern"] if estate.modern else []),
    )
    pace = ("--latency", latency, "--per-minute", per_minute)
    command = python("-m", "tests.benchmarks.service", *size, *pace)
    with Popen(command, env=environment(), stdout=PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Served(port=int(process.stdout.readline()))
        finally:
            process.terminate()
