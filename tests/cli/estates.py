"""A small estate on disk: what the sandbox sold, what the manifests ask for, and the program run over both."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler.sandbox import (
    ALWAYS,
    Behaviour,
    Fault,
    FaultKind,
    Sold,
    SourceFate,
    Tenant,
    User,
    World,
    application,
    serve,
)
from reconciler.sandbox.catalogue import E1, E3, EXCHANGE_1, F1
from reconciler.state import LocalStore

SOURCE = Path(__file__).parents[2]
TOKEN = "eyTOPSECRET0123456789abcdefTOKEN"
"""As RECONCILER_ACCESS_TOKEN: recognisable wherever it should not be."""

OFFICE, FRONTLINE, MAIL, KIOSKS = (f"{one}0000000-0000-4000-8000-000000000000" for one in (1, 2, 3, 4))

_SETTINGS = """\
cloud: sandbox
state: ../state
wait: {timeout_seconds: 0.2, interval_seconds: 0.05}
"""
_OFFERS = f"""\
offers:
  E1: {E1}
  E3: {E3}
  F1: {F1}
  Exchange: {EXCHANGE_1}
"""
_CUSTOMER = """\
customer: {{name: {name}, tenant: {tenant}}}
subscriptions:
{entries}
"""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one run of the program gave."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Both streams, with runs of white space as one blank: lines are broken for the reader's width."""
        return " ".join(f"{self.out}\n{self.err}".split())


@dataclass(frozen=True)
class Estate:
    """A working directory with `manifests/`, `state/` and the sandbox's world.

    contoso/office is to be upgraded, contoso/frontline to be resized, contoso/mail to stay as it is.
    """

    root: Path

    @property
    def world_file(self) -> Path:
        return self.root / ".reconciler" / "sandbox.json"

    @property
    def world(self) -> World:
        return World.load(self.world_file)

    @property
    def store(self) -> LocalStore:
        return LocalStore(self.root / "state")

    @property
    def bought(self) -> list[str]:
        """What was really bought or changed: the offers' ids, in order."""
        return [entry.offer for entry in self.world.ledger]

    def customer(self, name: str, **entries: tuple[str, str, int]) -> None:
        """Declares a customer, each entry as id, offer and quantity."""
        lines = [f"  {key}: {{id: {i}, offer: {o}, quantity: {q}}}" for key, (i, o, q) in entries.items()]
        tenant = Tenant(name=name).tenant
        text = _CUSTOMER.format(name=name, tenant=tenant, entries="\n".join(lines))
        (self.root / "manifests" / f"{name}.yaml").write_text(text)

    def settings(self, text: str) -> None:
        """Adds settings to those that every estate here has."""
        (self.root / "manifests" / "reconciler.yaml").write_text(_SETTINGS + text)

    def wait_as_in_any_cloud(self) -> None:
        """The default waits: those of these estates are for rehearsals, and refused where money is spent."""
        settings = self.root / "manifests" / "reconciler.yaml"
        lines = settings.read_text().splitlines(keepends=True)
        settings.write_text("".join(line for line in lines if not line.startswith("wait:")))

    def arm(self, *faults: Fault) -> None:
        world = self.world
        world.faults += faults
        world.save(self.world_file)

    def behave(self, behaviour: Behaviour) -> None:
        world = self.world
        world.behaviour = behaviour
        world.save(self.world_file)

    def stick(self, *users: User) -> None:
        """The licences of these users of contoso/office do not move with an upgrade."""
        world = self.world
        world.customers[0].subscriptions[0].stuck_users += users
        world.save(self.world_file)

    def lose_answers(self) -> None:
        """The next upgrade is done, its answer is lost, and what it bought does not show."""
        self.behave(Behaviour(visible_after=3600, source_fate=SourceFate.SUSPENDED_NOW))
        self.arm(Fault.parse("performed_then_dropped:1:POST"))

    def block(self) -> None:
        """Declares a second customer, fabrikam, of whom fewer seats are asked for than are live."""
        self.customer("fabrikam", kiosks=(KIOSKS, "F1", 5))

    @contextmanager
    def served(self) -> Iterator[str]:
        """The sandbox over HTTP; its address."""
        server = serve(application(self.world_file))
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.port}"
        finally:
            server.shutdown()
            thread.join(timeout=5)


def build(root: Path, *, stuck: tuple[User, ...] = ()) -> Estate:
    """The estate in an empty directory. `stuck` are users of contoso/office whose licences do not move."""
    estate = Estate(root)
    contoso = [
        Sold(id=OFFICE, offer=E1, quantity=25, name="Office", stuck_users=list(stuck)),
        Sold(id=FRONTLINE, offer=F1, quantity=10, name="Frontline"),
        Sold(id=MAIL, offer=EXCHANGE_1, quantity=40, name="Mail"),
    ]
    kiosks = Sold(id=KIOSKS, offer=F1, quantity=8, name="Kiosks")
    tenants = [Tenant(name="contoso", subscriptions=contoso), Tenant(name="fabrikam", subscriptions=[kiosks])]
    World(customers=tenants).save(estate.world_file)
    (root / "manifests").mkdir()
    (root / "manifests" / "offers.yaml").write_text(_OFFERS)
    estate.settings("")
    estate.customer("contoso", office=(OFFICE, "E3", 25), frontline=(FRONTLINE, "F1", 12), mail=(MAIL, "Exchange", 40))
    return estate


def denied(method: str) -> Fault:
    """Every such request is refused for longer than anybody waits, definitely and at once."""
    return Fault(kind=FaultKind.THROTTLE_429, times=ALWAYS, method=method, seconds=100_000)


def environment(**variables: str) -> dict[str, str]:
    """The environment of a process that runs the program from this source."""
    return {**os.environ, "PYTHONPATH": str(SOURCE), **variables}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "reconciler", *arguments]


def process(cwd: Path, *arguments: str, **variables: str) -> Answer:
    """The program as a process of its own, with nothing on its standard input."""
    done = subprocess.run(
        command(*arguments),
        cwd=cwd,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return Answer(code=done.returncode, out=done.stdout, err=done.stderr)
