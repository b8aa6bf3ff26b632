"""An emulator of Partner Center's REST API as a WSGI application over a world kept in one file.

It promises to be no more lenient than the service: what it accepts should pass in production, and what the service
refuses it refuses with the service's own codes. It can play the directory that issues tokens, too. It owes nothing to
the client, opens no connection by itself, and never checks a token's signature, so it is for rehearsals and tests only.
"""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from reconciler.sandbox.app import Application
from reconciler.sandbox.behaviour import Behaviour, Cloud, NextLink, SourceFate
from reconciler.sandbox.clock import WorldClock, sentences
from reconciler.sandbox.colleague import Colleague
from reconciler.sandbox.faults import ALWAYS, Fault, FaultKind
from reconciler.sandbox.first_day import first_day
from reconciler.sandbox.ledger import Entry
from reconciler.sandbox.nudge import nudge_world, papers_sent
from reconciler.sandbox.purchases import Order
from reconciler.sandbox.records import Record
from reconciler.sandbox.rehearsal import Rehearsal
from reconciler.sandbox.sold import Batch, Sold, Upcoming, User
from reconciler.sandbox.store import Store
from reconciler.sandbox.tenants import Tenant, utc_now
from reconciler.sandbox.world import World

__all__ = [
    "ALWAYS",
    "Application",
    "Batch",
    "Behaviour",
    "Cloud",
    "Colleague",
    "Entry",
    "Fault",
    "FaultKind",
    "NextLink",
    "Order",
    "Record",
    "Rehearsal",
    "Sold",
    "SourceFate",
    "Tenant",
    "Upcoming",
    "User",
    "World",
    "WorldClock",
    "application",
    "clock_of",
    "colleague",
    "first_day",
    "happenings",
    "ledger",
    "load",
    "nudge",
    "reset",
    "saved",
    "send_papers",
    "utc_now",
]


def application(
    world_file: Path,
    clock: Callable[[], datetime] = utc_now,
    pause: Callable[[float], object] = time.sleep,
    rehearsal: Rehearsal | None = None,
) -> Application:
    """The emulator over the world in a file, which is made by the first day where there is none.

    `clock` is its time, and `pause` holds an answer back for some real seconds. A `rehearsal` counts for this
    application alone, in place of the world's own behaviour and faults. Several processes and threads may share the
    file; each process counts requests for itself. A call raises StateDamaged where the file holds no world,
    StateUnavailable where it can't be read or written, and ConnectionResetError where a fault breaks the connection.
    """
    return Application(Store(world_file, first_day), clock, pause, rehearsal)


def reset(world_file: Path) -> None:
    """Puts the world back to its first day."""
    Store(world_file, first_day).replace(first_day())


def load(world_file: Path, world: World) -> None:
    """Puts another world in the place of the one in a file."""
    Store(world_file, first_day).replace(world)


def saved(world_file: Path) -> World:
    """Returns the world in a file; that of the first day where there is none."""
    with Store(world_file, first_day).opened() as world:
        return world


def ledger(world_file: Path) -> list[Entry]:
    """Returns what was really bought or changed since the first day, in order.

    An entry is in the file before its answer leaves, together with the answer that a repeated request gets: whoever
    kills the server's process loses neither of them, and sees both or none.
    """
    with Store(world_file, first_day).opened() as world:
        return list(world.ledger)


def clock_of(world_file: Path, clock: Callable[[], datetime] = utc_now) -> WorldClock:
    """Returns the clock of the world in a file; a running application follows it. `clock` is what it is ahead of."""
    return WorldClock(Store(world_file, first_day), clock)


def colleague(world_file: Path, clock: Callable[[], datetime] = utc_now) -> Colleague:
    """Returns somebody who changes subscriptions of new commerce in the portal, under a running application."""
    return Colleague(Store(world_file, first_day), clock)


def happenings(world_file: Path, done: list[Entry]) -> list[str]:
    """Returns one sentence for each of the ledger's entries that time alone has made."""
    with Store(world_file, first_day).opened() as world:
        return list(sentences(world, done))


def nudge(world_file: Path, clock: Callable[[], datetime] = utc_now) -> list[str]:
    """Lets somebody else change something; one sentence for each change."""
    with Store(world_file, first_day).rewritten() as world:
        return nudge_world(world, clock() + world.ahead)


def send_papers(world_file: Path, clock: Callable[[], datetime] = utc_now) -> list[str]:
    """Lets somebody send the papers of every order that waits for them; one sentence for each order."""
    with Store(world_file, first_day).opened() as world:
        waiting = {order.id: papers_sent(world, order) for order in world.orders.values() if order.held}
    for order_id in waiting:
        colleague(world_file, clock).send_papers(order_id)
    return list(waiting.values())
