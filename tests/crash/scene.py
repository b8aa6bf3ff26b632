"""One case: an estate, the emulator it was sold in, and the program run over both, in a folder of its own."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from reconciler.sandbox import Behaviour, Fault, SourceFate
from tests import forked
from tests.crash.emulator import Emulator
from tests.crash.estates import Estate, build
from tests.crash.program import PROGRAM, SECONDS, Process, Said, environment, module
from tests.crash.stores import Bucket
from tests.worlds import new_world


@dataclass(kw_only=True)
class Scene:
    """The things that a family of cases plays with.

    `dice` decides all that is left to chance. `program` is the module that is run. `struck` counts the faults that
    really happened, `typed` the commands that a person had to type.
    """

    root: Path
    scratch: Path
    emulator: Emulator
    dice: Random
    bucket: Bucket
    program: str = PROGRAM
    estate: Estate = field(default_factory=lambda: Estate(tenants=(), intended=()))
    state: Path | str = ""
    variables: dict[str, str] = field(default_factory=dict)
    struck: int = 0
    typed: Counter[str] = field(default_factory=Counter)
    _armed: int = 0

    def open(
        self,
        *,
        customers: int = 1,
        behaviour: Behaviour | None = None,
        faults: Sequence[Fault] = (),
        state: Path | str | None = None,
        modern: bool = False,
    ) -> None:
        """Puts the estate in its place: manifests here, the world at the emulator. State is kept here unless told.

        Unless told otherwise, the dice decide whether the service itself would prevent a second purchase.
        """
        self.state = state or self.root / "state"
        self.estate = build(
            self.root / "manifests", self.dice, customers=customers, state=str(self.state), modern=modern
        )
        self.emulator.put(new_world(*self.estate.tenants, behaviour=behaviour or self.service(), faults=faults))
        self._armed = _left(faults)

    def service(self, latency: float = 0) -> Behaviour:
        """A service that may leave the source active, and may do again what comes again."""
        fate = self.dice.choice([SourceFate.STAYS_ACTIVE, SourceFate.SUSPENDED_NOW])
        return Behaviour(latency=latency, source_fate=fate, idempotent=self.dice.random() < 0.5)

    def start(self, *arguments: str, under: Sequence[str] = (), program: str = "", through: str = "") -> Process:
        """Starts the program, or another; `under` is a command that runs it, `through` another way to the emulator."""
        variables = {**self.variables, "RECONCILER_ENDPOINT": through or self.emulator.address}
        command = [*under, *module(program or self.program), *arguments]
        return Process(command, self.root, environment(self.scratch, **variables))

    def apply(self, *, under: Sequence[str] = (), program: str = "", through: str = "") -> Process:
        return self.start("apply", "--auto-approve", under=under, program=program, through=through)

    def run(self, *arguments: str) -> Said:
        """Runs the program to its end. Nothing happens to it on the way, so that it need not start anew."""
        variables = {**self.variables, "RECONCILER_ENDPOINT": self.emulator.address}
        code, text = forked.call_with_output(
            list(arguments),
            str(self.root),
            environment(self.scratch, **variables),
            seconds=SECONDS,
            module=forked.PROGRAM if self.program == PROGRAM else self.program,
        )
        return Said(code=code, text=text)

    def arm(self, *faults: Fault) -> None:
        """Lets these go wrong from now on, in place of what was armed."""
        with self.emulator.changed() as world:
            world.faults = list(faults)
        self._armed = _left(faults)

    def count_faults(self) -> None:
        """Counts the faults of the emulator that have struck since they were armed."""
        left = _left(self.emulator.world.faults)
        self.struck += self._armed - left
        self._armed = left

    @property
    def states(self) -> Mapping[str, Any]:
        """Returns what is stored, by customer, as plain documents."""
        names = [tenant.name for tenant in self.estate.tenants]
        read = ((name, self._stored(f"{name}.json")) for name in names)
        return {name: json.loads(content) for name, content in read if content}

    @property
    def pending(self) -> bool:
        return any(state.get("pending") for state in self.states.values())

    def _stored(self, name: str) -> bytes:
        if isinstance(self.state, Path):
            path = self.state / name
            return path.read_bytes() if path.exists() else b""
        return self.bucket.read(self.state, name)


def _left(faults: Sequence[Fault]) -> int:
    return sum(max(fault.times or 0, 0) for fault in faults)
