"""An emulator of Partner Center's REST API as a WSGI application over a world kept in one file.

It promises to be no more lenient than the service: what it accepts should pass in production, and what the service
refuses it refuses with the service's own codes. It owes nothing to the client, opens no connection by itself, and
never checks a token's signature, so it is for rehearsals and tests only.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from reconciler.sandbox.app import Application
from reconciler.sandbox.faults import ALWAYS, Fault, FaultKind
from reconciler.sandbox.first_day import first_day
from reconciler.sandbox.nudge import nudge_world
from reconciler.sandbox.server import Server, serve
from reconciler.sandbox.store import Store
from reconciler.sandbox.tenants import Sold, Tenant, Upcoming, User, utc_now
from reconciler.sandbox.world import Behaviour, Entry, SourceFate, World

__all__ = [
    "ALWAYS",
    "Application",
    "Behaviour",
    "Entry",
    "Fault",
    "FaultKind",
    "Server",
    "Sold",
    "SourceFate",
    "Tenant",
    "Upcoming",
    "User",
    "World",
    "application",
    "arm",
    "first_day",
    "nudge",
    "reset",
    "serve",
    "utc_now",
]


def application(world_file: Path, clock: Callable[[], datetime] = utc_now) -> Application:
    """The emulator over the world in a file, which is made by the first day where there is none.

    Several processes and threads may share the file. A call raises StateDamaged where it holds no world,
    StateUnavailable where it can't be read or written, and ConnectionResetError where a fault breaks the connection.
    """
    return Application(Store(world_file, first_day), clock)


def reset(world_file: Path) -> None:
    """Puts the world back to its first day."""
    Store(world_file, first_day).replace(first_day())


def arm(world_file: Path, faults: Iterable[Fault]) -> None:
    """Replaces whatever faults the world has by these; they stay with it until they are used up or replaced."""
    with Store(world_file, first_day).opened() as world:
        world.faults = list(faults)
        world.touch()


def nudge(world_file: Path) -> list[str]:
    """Lets somebody else change something; one sentence for each change."""
    with Store(world_file, first_day).opened() as world:
        return nudge_world(world)
