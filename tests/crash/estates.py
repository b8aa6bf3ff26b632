"""Small estates: what the emulator has sold, what the manifests ask for, and what must be bought for that, once."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Literal
from uuid import UUID

from reconciler.sandbox import Entry, Sold, Tenant, utc_now
from reconciler.sandbox.catalogue import E1, E3, EXCHANGE_1, F1
from tests.sandbox.modern import BASIC, STANDARD
from tests.worlds import OFFERS, declare

NAMES = ("contoso", "fabrikam", "litware")
WAIT_SECONDS = 1.0
"""The time for which apply watches for a result in these estates."""

_BASIC, _STANDARD = (offer.rpartition(":")[0] for offer in (BASIC, STANDARD))
_SETTINGS = """\
cloud: sandbox
state: {state}
parallelism: 2
wait: {{timeout_seconds: {wait}, interval_seconds: 0.1, request_seconds: 5}}
"""


Done = Literal["upgrade", "resize", "transition", "schedule", "order"]
"""The kinds of the ledger's lines that are intended."""


@dataclass(frozen=True, kw_only=True)
class Intended:
    """One line that the ledger must have, once. `formerly` is the address under which it may have been done;
    `adopted`: its record was lost, and a person bound the address to it.
    """

    address: str
    tenant: str
    kind: Done
    source: str
    offer: str
    quantity: int
    formerly: str = ""
    adopted: bool = False

    def fits(self, entry: Entry) -> bool:
        """Returns True if this is what the entry did."""
        own = (self.tenant, self.kind, self.source, self.offer, self.quantity)
        return own == (entry.customer, entry.kind, entry.source, _known_by(entry.offer), entry.quantity)

    @property
    def request(self) -> str:
        """The kind of the request that brings it about."""
        return "renewal" if self.kind == "schedule" else self.kind


@dataclass(frozen=True, kw_only=True)
class Estate:
    """Customers as sold, and what is to become of them."""

    tenants: tuple[Tenant, ...]
    intended: tuple[Intended, ...]


def _known_by(offer: str) -> str:
    """An offer's id without the availability, which Microsoft rotates."""
    return ":".join(offer.split(":")[:2])


def build(manifests: Path, dice: Random, *, customers: int, state: str, modern: bool = False) -> Estate:
    """Writes the manifests. Each customer has one subscription to upgrade, one to resize and one to leave alone; of new
    commerce, fewer seats are asked for the end of the term of two.
    """
    manifests.mkdir(parents=True)
    (manifests / "offers.yaml").write_text(f"{OFFERS.rstrip()[:-1]}, Basic: '{_BASIC}', Standard: '{_STANDARD}'}}\n")
    (manifests / "reconciler.yaml").write_text(_SETTINGS.format(state=state, wait=WAIT_SECONDS))
    tenants, intended = [], []
    for name in NAMES[:customers]:
        tenant, wanted = (_modern if modern else _customer)(manifests, dice, name)
        tenants.append(tenant)
        intended += wanted
    return Estate(tenants=tuple(tenants), intended=tuple(intended))


def _customer(manifests: Path, dice: Random, name: str) -> tuple[Tenant, list[Intended]]:
    office, frontline, mail = (str(UUID(int=dice.getrandbits(128), version=4)) for _ in range(3))
    office_seats, frontline_seats = dice.randint(10, 30), dice.randint(11, 30)
    tenant = Tenant(
        name=name,
        subscriptions=[
            Sold(id=office, offer=E1, quantity=10, name="Office"),
            Sold(id=frontline, offer=F1, quantity=10, name="Frontline"),
            Sold(id=mail, offer=EXCHANGE_1, quantity=40, name="Mail"),
        ],
    )
    entries = {"office": (office, "E3", office_seats), "frontline": (frontline, "F1", frontline_seats)}
    declare(manifests, name, **entries, mail=(mail, "Exchange", 40))
    upgrade = Intended(
        address=f"{name}/office", tenant=tenant.tenant, kind="upgrade", source=office, offer=E3, quantity=office_seats
    )
    resize = Intended(
        address=f"{name}/frontline",
        tenant=tenant.tenant,
        kind="resize",
        source=frontline,
        offer=F1,
        quantity=frontline_seats,
    )
    return tenant, [upgrade, resize]


def _modern(manifests: Path, dice: Random, name: str) -> tuple[Tenant, list[Intended]]:
    """An office to upgrade, whose seats are fewer from the next term on; desks to add, and mail to take away then."""
    office, desks, mail, lab = (str(UUID(int=dice.getrandbits(128), version=4)) for _ in range(4))
    added, left = dice.randint(11, 30), dice.randint(5, 9)
    began = utc_now() - timedelta(days=30)
    ids = {"office": office, "desks": desks, "mail": mail, "lab": lab}
    sold = [Sold(id=id_, offer=BASIC, quantity=10, name=called, created=began) for called, id_ in ids.items()]
    tenant = Tenant(name=name, subscriptions=sold)
    later = "fewer_seats: at_renewal"
    entries = (
        f"  office: {{id: {office}, offer: Standard, quantity: {left}, {later}}}",
        f"  desks: {{id: {desks}, offer: Basic, quantity: {added}}}",
        f"  mail: {{id: {mail}, offer: Basic, quantity: {left}, {later}}}",
        f"  lab: {{id: {lab}, offer: Basic, quantity: 10}}",
    )
    head = f"customer: {{name: {name}, tenant: {tenant.tenant}}}\nsubscriptions:\n"
    (manifests / f"{name}.yaml").write_text(head + "\n".join(entries) + "\n")
    wanted: tuple[tuple[str, Done, str, str, int], ...] = (
        ("office", "transition", office, _STANDARD, 10),
        ("office", "schedule", office, _STANDARD, left),
        ("desks", "resize", desks, _BASIC, added),
        ("mail", "schedule", mail, _BASIC, left),
    )
    return tenant, [
        Intended(
            address=f"{name}/{entry}", tenant=tenant.tenant, kind=kind, source=source, offer=offer, quantity=quantity
        )
        for entry, kind, source, offer, quantity in wanted
    ]
