"""The sandbox's world in a file, for tests: made, changed by somebody else, served; and manifests that go with it.

Every other builder of a world derives from here: scenes of applying, estates of the command line, staged accidents,
crash cases, histories, and the emulator's own tests.
"""

import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

from reconciler.sandbox import (
    Behaviour,
    Colleague,
    Entry,
    Fault,
    Sold,
    Tenant,
    World,
    WorldClock,
    application,
    clock_of,
    colleague,
    first_day,
    utc_now,
)
from reconciler.sandbox.catalogue import E1, E3, EXCHANGE_1, F1
from reconciler.sandbox.server import serve_application
from reconciler.sandbox.store import Store

SOURCE = Path(__file__).parents[1]
"""The repository."""

OFFERS = f"offers: {{E1: {E1}, E3: {E3}, F1: {F1}, Exchange: {EXCHANGE_1}}}\n"
"""An `offers.yaml`."""

Declared = tuple[str, str, int]
"""An entry of a manifest: subscription id, offer's name, quantity."""

_CUSTOMER = """\
customer: {{name: {name}, tenant: {tenant}}}
subscriptions:
{entries}
"""


class WorldFile:
    """A sandbox's world in a file. An emulator that runs over the file sees each change at its next request."""

    def __init__(self, world_file: Path) -> None:
        self.world_file = world_file

    @property
    def world(self) -> World:
        return World.load(self.world_file)

    @property
    def ledger(self) -> list[Entry]:
        """Returns what was really bought or changed, in order. It knows nothing of the client."""
        return self.world.ledger

    def put(self, world: World) -> None:
        """Puts a world in the place of whatever there is."""
        Store(self.world_file, first_day).replace(world)

    @contextmanager
    def changed(self) -> Iterator[World]:
        """The world, for somebody else to change."""
        with Store(self.world_file, first_day).rewritten() as world:
            yield world

    @property
    def here(self) -> datetime:
        """The time that the world's clock is ahead of."""
        return utc_now()

    @property
    def world_clock(self) -> WorldClock:
        """The world's own clock: `world_clock.advance(days=12)`."""
        return clock_of(self.world_file, lambda: self.here)

    @property
    def colleague(self) -> Colleague:
        """Somebody who changes subscriptions of new commerce in the portal."""
        return colleague(self.world_file, lambda: self.here)

    def arm(self, *faults: Fault | str, **how: Any) -> None:
        """Lets these go wrong from now on, too; a text is a kind, or what `sandbox serve --fault` takes."""
        armed = [Fault.parse(fault) if isinstance(fault, str) else fault for fault in faults]
        with self.changed() as world:
            world.faults += (replace(fault, **how) for fault in armed)

    def behave(self, **how: Any) -> None:
        """The service behaves otherwise from now on, in what is named."""
        with self.changed() as world:
            for name, value in how.items():
                setattr(world.behaviour, name, value)

    @contextmanager
    def served(self) -> Iterator[str]:
        """The emulator over HTTP; its address."""
        with served(application(self.world_file)) as address:
            yield address


def new_world(*tenants: Tenant, behaviour: Behaviour | None = None, faults: Iterable[Fault] = ()) -> World:
    return World(customers=list(tenants), behaviour=behaviour or Behaviour(), faults=list(faults))


def new_tenant(name: str, /, **sold: Sold) -> Tenant:
    """A customer; each subscription under its address's name."""
    for called, subscription in sold.items():
        subscription.name = called
    return Tenant(name=name, subscriptions=list(sold.values()))


@contextmanager
def served(app: WSGIApplication) -> Iterator[str]:
    """An application over HTTP, in a thread; its address."""
    server = serve_application(app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join(timeout=5)


def declare(manifests: Path, customer: str, /, **entries: Declared) -> None:
    """Writes a customer's manifest."""
    lines = (f"  {name}: {{id: {i}, offer: {o}, quantity: {q}}}" for name, (i, o, q) in entries.items())
    text = _CUSTOMER.format(name=customer, tenant=Tenant(name=customer).tenant, entries="\n".join(lines))
    (manifests / f"{customer}.yaml").write_text(text)


def copy_sample(folder: Path) -> None:
    """Puts the sample estate's manifests below the folder."""
    shutil.copytree(SOURCE / "manifests", folder / "manifests")
