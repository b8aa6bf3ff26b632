"""Small estates: what the emulator has sold, what the manifests ask for, and what must be bought for that, once."""

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal
from uuid import UUID

from reconciler.sandbox import Entry, Sold, Tenant
from reconciler.sandbox.catalogue import E1, E3, EXCHANGE_1, F1
from tests.worlds import OFFERS, declare

NAMES = ("contoso", "fabrikam", "litware")
WAIT_SECONDS = 1.0
"""How long apply watches for a result in these estates."""

_SETTINGS = """\
cloud: sandbox
state: {state}
parallelism: 2
wait: {{timeout_seconds: {wait}, interval_seconds: 0.1, request_seconds: 5}}
"""


@dataclass(frozen=True, kw_only=True)
class Intended:
    """One line that the ledger must have, once."""

    address: str
    tenant: str
    kind: Literal["upgrade", "resize"]
    source: str
    offer: str
    quantity: int

    def fits(self, entry: Entry) -> bool:
        """Returns True if this is what the entry did."""
        own = (self.tenant, self.kind, self.source, self.offer, self.quantity)
        return own == (entry.customer, entry.kind, entry.source, entry.offer, entry.quantity)


@dataclass(frozen=True, kw_only=True)
class Estate:
    """Customers as sold, and what is to become of them."""

    tenants: tuple[Tenant, ...]
    intended: tuple[Intended, ...]


def build(manifests: Path, dice: Random, *, customers: int, state: str) -> Estate:
    """Writes the manifests. Each customer has one subscription to upgrade, one to resize and one to leave alone."""
    manifests.mkdir(parents=True)
    (manifests / "offers.yaml").write_text(OFFERS)
    (manifests / "reconciler.yaml").write_text(_SETTINGS.format(state=state, wait=WAIT_SECONDS))
    tenants, intended = [], []
    for name in NAMES[:customers]:
        tenant, wanted = _customer(manifests, dice, name)
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
