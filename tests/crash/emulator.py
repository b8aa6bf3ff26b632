"""The emulator as a process of its own, and what it alone knows: its world, and the ledger of what was really done.

`python -m tests.crash.emulator WORLD_FILE` is `reconciler sandbox serve`, but that it behaves, and that things go wrong
in it, as its world's file says: so one process can play many cases, and tells which faults are left. And it lets a
customer hold an offer twice.
"""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reconciler.sandbox import application
from reconciler.sandbox.eligibility import Judge
from reconciler.sandbox.server import serve_application
from tests.worlds import WorldFile


class Emulator(WorldFile):
    """A running emulator."""

    def __init__(self, address: str, world_file: Path) -> None:
        super().__init__(world_file)
        self.address = address


@contextmanager
def emulator(world_file: Path, environment: Mapping[str, str]) -> Iterator[Emulator]:
    """An emulator over the world in a file; gone afterwards."""
    command = [sys.executable, "-m", "tests.crash.emulator", str(world_file)]
    with subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address, "the emulator did not start"
            yield Emulator(address=address, world_file=world_file)
        finally:
            process.kill()


def _main() -> None:
    # A customer may hold an offer twice here: nothing but the client may be what prevents a second purchase.
    setattr(Judge, "_overlapping", lambda *_: ())  # noqa: B010 - a rule is taken out, which types know nothing of
    server = serve_application(application(Path(sys.argv[1])))
    sys.stdout.write(f"http://127.0.0.1:{server.port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    _main()
