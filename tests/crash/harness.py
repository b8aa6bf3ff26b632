"""Plays cases side by side and keeps what came of each."""

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from random import Random
from typing import Any

from tests import forked
from tests.crash.emulator import Emulator, emulator
from tests.crash.families import (
    connections,
    disks,
    kills,
    objects,
    orders,
    plan_files,
    services,
    syscalls,
    terms,
    together,
)
from tests.crash.program import PROGRAM, environment
from tests.crash.scene import Scene
from tests.crash.settling import Settled
from tests.crash.stores import Bucket, shared
from tests.crash.verdict import Verdict, judge


@dataclass(frozen=True, kw_only=True)
class Family:
    """Accidents of one kind. `seeds` is how many cases there are; `missing` says why none can be played here."""

    about: str
    play: Callable[[Scene, int], Settled]
    seeds: int
    missing: Callable[[], str] = str


FAMILIES = {
    "kills": Family(about="killed at a random instant", play=kills.play, seeds=75),
    "syscalls": Family(
        about="killed or refused at a system call",
        play=syscalls.play,
        seeds=len(syscalls.INJECTIONS),
        missing=syscalls.missing,
    ),
    "connections": Family(about="connections broken, answers unreadable", play=connections.play, seeds=60),
    "disks": Family(about="disk full", play=disks.play, seeds=36, missing=disks.missing),
    "objects": Family(about="object store fails between two writes", play=objects.play, seeds=45),
    "together": Family(about="runs at once, locks working and broken", play=together.play, seeds=36),
    "plan_files": Family(about="one plan file carried out again", play=plan_files.play, seeds=20),
    "terms": Family(about="new commerce: killed, answers lost", play=terms.play, seeds=78),
    "orders": Family(about="orders: killed, lost, held, restored, renamed", play=orders.play, seeds=264),
    "services": Family(
        about="answer lost; source stays, target late, ids ignored",
        play=services.play,
        seeds=len(services.COMBINATIONS),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One accident, and what repeats it."""

    family: str
    seed: int

    @property
    def command(self) -> str:
        return f"python -m tests.crash --family {self.family} --seed {self.seed} --keep"


@dataclass(frozen=True, kw_only=True)
class Came:
    """The outcome of a case: the faults that really happened, the commands that had to be typed, and the verdict."""

    case: Case
    struck: int
    typed: Counter[str]
    verdict: Verdict
    seconds: float
    folder: Path


@dataclass(frozen=True, kw_only=True)
class Harness:
    """Plays cases in a scratch folder, `jobs` at a time, each with an emulator to itself.

    `program` is the module under test; `tamper` is done to what is stored before it is judged. Folders of cases that
    went wrong stay; with `keep`, all do.
    """

    scratch: Path
    jobs: int = 3
    program: str = PROGRAM
    keep: bool = False
    tamper: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict

    def play(self, cases: Iterable[Case]) -> Iterator[Came]:
        """Yields what came of each, as it comes."""
        emulators: SimpleQueue[Emulator] = SimpleQueue()
        with ExitStack() as stack:
            bucket = stack.enter_context(shared())
            forked.server()  # one, before several threads ask for it
            for number in range(self.jobs):
                emulators.put(stack.enter_context(self._emulator(number)))

            def one(case: Case) -> Came:
                mine = emulators.get()
                try:
                    return self._came(case, mine, bucket)
                except Exception as error:
                    error.add_note(case.command)
                    raise
                finally:
                    emulators.put(mine)

            pool = stack.enter_context(ThreadPoolExecutor(self.jobs))
            for future in as_completed([pool.submit(one, case) for case in cases]):
                yield future.result()

    def _came(self, case: Case, mine: Emulator, bucket: Bucket) -> Came:
        began = time.monotonic()
        root = self.scratch / f"{case.family}-{case.seed}"
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir(parents=True)
        dice = Random(f"{case.family} {case.seed}")
        scene = Scene(root=root, scratch=self.scratch, emulator=mine, dice=dice, bucket=bucket, program=self.program)
        verdict = self._verdict(case, scene)
        if verdict.good and not self.keep:
            shutil.rmtree(root)
        return Came(
            case=case,
            struck=scene.struck,
            typed=scene.typed,
            verdict=verdict,
            seconds=time.monotonic() - began,
            folder=root,
        )

    def _verdict(self, case: Case, scene: Scene) -> Verdict:
        settled = FAMILIES[case.family].play(scene, case.seed)
        states = self.tamper(settled.states)
        return judge(scene.estate.intended, scene.emulator.ledger, states, settled.unsettled)

    @contextmanager
    def _emulator(self, number: int) -> Iterator[Emulator]:
        with emulator(self.scratch / f"world-{number}" / "sandbox.json", environment(self.scratch)) as mine:
            yield mine
