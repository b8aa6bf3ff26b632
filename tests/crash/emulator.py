"""The emulator as a process of its own, and what it alone knows: its world, and the ledger of what was really done."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler.sandbox import Entry, World, first_day
from reconciler.sandbox.store import Store

_LISTENS = re.compile(r"RECONCILER_ENDPOINT=(http://\S+)")


@dataclass(frozen=True, kw_only=True)
class Emulator:
    """A running `reconciler sandbox serve`. Its world is a file, which may be put in place while it runs."""

    address: str
    world_file: Path

    @property
    def world(self) -> World:
        return World.load(self.world_file)

    @property
    def ledger(self) -> tuple[Entry, ...]:
        """What was really bought or changed, in order. It knows nothing of the client."""
        return tuple(self.world.ledger)

    def put(self, world: World) -> None:
        Store(self.world_file, first_day).replace(world)


@contextmanager
def emulator(folder: Path, environment: Mapping[str, str]) -> Iterator[Emulator]:
    """An emulator whose world lies in the folder; gone afterwards."""
    command = [sys.executable, "-m", "reconciler", "sandbox", "serve"]
    with subprocess.Popen(command, cwd=folder, env=environment, text=True, stderr=subprocess.PIPE) as process:
        try:
            assert process.stderr is not None
            found = next(filter(None, map(_LISTENS.search, process.stderr)), None)
            assert found, "the emulator did not start"
            yield Emulator(address=found[1], world_file=folder / ".reconciler" / "sandbox.json")
        finally:
            process.kill()
