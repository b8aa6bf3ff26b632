"""A small estate on disk: what the sandbox sold, what the manifests ask for, and the program run over both."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from reconciler.sandbox import (
    ALWAYS,
    Fault,
    FaultKind,
    Sold,
    Tenant,
    User,
)
from reconciler.sandbox.catalogue import E1, EXCHANGE_1, F1
from reconciler.state import LocalStore
from tests import forked
from tests.worlds import OFFERS, SOURCE, Declared, WorldFile, declare, new_world

TOKEN = "eyTOPSECRET0123456789abcdefTOKEN"
"""As RECONCILER_ACCESS_TOKEN: recognisable wherever it should not be."""

OFFICE, FRONTLINE, MAIL, KIOSKS = (f"{number}0000000-0000-4000-8000-000000000000" for number in (1, 2, 3, 4))

_SETTINGS = """\
cloud: sandbox
state: ../state
wait: {timeout_seconds: 0.2, interval_seconds: 0.05}
"""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The outcome of one run of the program."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Both streams, with runs of white space as one blank: lines are broken for the reader's width."""
        return " ".join(f"{self.out}\n{self.err}".split())


class Estate(WorldFile):
    """A working directory with `manifests/`, `state/` and the sandbox's world.

    contoso/office is to be upgraded, contoso/frontline to be resized, contoso/mail to stay as it is.
    """

    def __init__(self, root: Path) -> None:
        super().__init__(root / ".reconciler" / "sandbox.json")
        self.root = root

    @property
    def store(self) -> LocalStore:
        return LocalStore(self.root / "state")

    @property
    def bought(self) -> list[str]:
        """Returns what was really bought or changed: the offers' ids, in order."""
        return [entry.offer for entry in self.ledger]

    def customer(self, name: str, **entries: Declared) -> None:
        """Declares a customer, each entry as id, offer and quantity."""
        declare(self.root / "manifests", name, **entries)

    def settings(self, text: str) -> None:
        """Adds settings to those that every estate here has."""
        (self.root / "manifests" / "reconciler.yaml").write_text(_SETTINGS + text)

    def wait_as_in_any_cloud(self) -> None:
        """The default waits: those of these estates are for rehearsals, and refused where money is spent."""
        settings = self.root / "manifests" / "reconciler.yaml"
        lines = settings.read_text().splitlines(keepends=True)
        settings.write_text("".join(line for line in lines if not line.startswith("wait:")))

    def stick(self, *users: User) -> None:
        """The licences of these users of contoso/office do not move with an upgrade."""
        with self.changed() as world:
            world.customers[0].subscriptions[0].stuck_users += users

    def lose_answers(self) -> None:
        """The next upgrade is done, its answer is lost, and what it bought does not show."""
        self.behave(visible_after=3600)
        self.arm(Fault.parse("performed_then_dropped:1:POST"))

    def show_what_was_bought(self) -> None:
        """Lets everything show that was bought and does not yet."""
        with self.changed() as world:
            for _, sold in world.sold():
                sold.visible_from = None

    def block(self) -> None:
        """Declares a second customer, fabrikam, of whom fewer seats are asked for than are live."""
        self.customer("fabrikam", kiosks=(KIOSKS, "F1", 5))


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
    estate.put(new_world(*tenants))
    (root / "manifests").mkdir()
    (root / "manifests" / "offers.yaml").write_text(OFFERS)
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
    """The program, started with an interpreter of its own."""
    return [sys.executable, "-m", "reconciler", *arguments]


def process(cwd: Path, *arguments: str, **variables: str) -> Answer:
    """The program as a process of its own, forked, with nothing on its standard input."""
    code, out, err = forked.call(list(arguments), str(cwd), environment(**variables))
    return Answer(code=code, out=out, err=err)
