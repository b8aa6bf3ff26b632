"""A made-up estate of any size, the same each time: its manifests, and what the service would say of it.

Of the subscriptions one in twenty wants another offer, and one in twenty another quantity.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_EVERY = 20
_TARGET = 100
_BOM = b"\xef\xbb\xbf"
_SETTINGS = """\
cloud: sandbox
state: ../state
parallelism: {parallelism}
requests_per_minute: {per_minute}
limits: {{max_changes: 10000000, max_changed_percent: 100, max_seats_added: 10000000, max_seats_upgraded: 10000000}}
wait: {{timeout_seconds: 30, interval_seconds: 0.5}}
"""
_CUSTOMER = """\
customer:
  name: {name}
  tenant: {tenant}
  display_name: Customer {number} Ltd
subscriptions:
"""
_SUBSCRIPTION = """\
  {name}:
    id: {id}
    offer: {offer}
    quantity: {quantity}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """One subscription: what it is, and what its manifest wants."""

    id: str
    name: str
    offer: int
    quantity: int
    wanted_offer: int
    wanted_quantity: int

    @property
    def upgraded(self) -> bool:
        return self.offer != self.wanted_offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """So many customers, each with so many subscriptions."""

    customers: int
    each: int = 5
    all_upgrades: bool = False

    @property
    def subscriptions(self) -> int:
        return self.customers * self.each

    @property
    def upgrades(self) -> int:
        """Returns how many subscriptions want another offer."""
        return sum(item.upgraded for customer in range(self.customers) for item in self.of(customer))

    @property
    def changes(self) -> int:
        """Returns how many subscriptions want another offer or quantity."""
        return self.upgrades + sum(
            item.quantity != item.wanted_quantity for customer in range(self.customers) for item in self.of(customer)
        )

    @property
    def requests(self) -> int:
        """Returns what a plan of it must ask: each customer's list, and the upgrades of each offer that differs."""
        return self.customers + self.upgrades

    def of(self, customer: int) -> Iterator[Sold]:
        """A customer's subscriptions."""
        for at in range(self.each):
            number = customer * self.each + at
            turn, quantity = number % _EVERY, 10 + number * 7919 % 997
            yield Sold(
                id=_guid(1, number),
                name=f"service-{at}",
                offer=at,
                quantity=quantity,
                wanted_offer=at + _TARGET if self.all_upgrades or turn == 0 else at,
                wanted_quantity=quantity + (turn == _EVERY // 2 and not self.all_upgrades),
            )

    def write(self, root: Path, *, parallelism: int = 8, per_minute: int = 1_000_000) -> None:
        """Writes the manifests below `root`, a directory that is there."""
        folder = root / "manifests"
        folder.mkdir()
        (folder / "reconciler.yaml").write_text(_SETTINGS.format(parallelism=parallelism, per_minute=per_minute))
        offers = [*range(self.each), *range(_TARGET, _TARGET + self.each)]
        names = "".join(f"  {_offer_name(offer)}: {_offer(offer)}\n" for offer in offers)
        (folder / "offers.yaml").write_text(f"offers:\n{names}")
        for customer in range(self.customers):
            (folder / f"{_name(customer)}.yaml").write_text(self._manifest(customer))

    def _manifest(self, customer: int) -> str:
        return _CUSTOMER.format(name=_name(customer), tenant=tenant(customer), number=customer) + "".join(
            _SUBSCRIPTION.format(
                name=item.name, id=item.id, offer=_offer_name(item.wanted_offer), quantity=item.wanted_quantity
            )
            for item in self.of(customer)
        )

    def bodies(self) -> Iterator[tuple[str, bytes]]:
        """Every address that a plan may ask, with what the service answers."""
        for customer in range(self.customers):
            sold = tuple(self.of(customer))
            below = f"/v1/customers/{tenant(customer)}/subscriptions"
            yield below, listed([_subscription(item) for item in sold])
            for entry in sold:
                if entry.upgraded:
                    yield f"{below}/{entry.id}/upgrades", listed([_upgrade(entry)])


def tenant(customer: int) -> str:
    """A customer's tenant id."""
    return _guid(2, customer)


def listed(items: list[dict[str, Any]]) -> bytes:
    """A list as the service sends it."""
    document = {"totalCount": len(items), "items": items, "attributes": {"objectType": "Collection"}}
    return _BOM + json.dumps(document, separators=(",", ":")).encode()


def successor(source: dict[str, Any]) -> dict[str, Any]:
    """The subscription that an upgrade buys in place of another."""
    offer = int(source["offerId"][-12:], 16) + _TARGET
    number = int(source["id"][-12:], 16)
    return _subscription(
        Sold(
            id=_guid(3, number),
            name="",
            offer=offer,
            quantity=source["quantity"],
            wanted_offer=offer,
            wanted_quantity=source["quantity"],
        )
    )


def _subscription(item: Sold) -> dict[str, Any]:
    return {
        "id": item.id.upper(),
        "entitlementId": item.id.upper(),
        "friendlyName": f"{_offer_name(item.offer)} for everybody",
        "quantity": item.quantity,
        "unitType": "license",
        "hasPurchasableAddons": False,
        "creationDate": "2024-03-05T09:12:44.51Z",
        "effectiveStartDate": "2024-03-05T00:00:00Z",
        "commitmentEndDate": "2027-03-04T00:00:00Z",
        "status": "active",
        "autoRenewEnabled": True,
        "isTrial": False,
        "billingType": "license",
        "billingCycle": "monthly",
        "termDuration": "P1Y",
        "offerId": _offer(item.offer).upper(),
        "offerName": _offer_name(item.offer),
        "orderId": item.id,
        "contractType": "subscription",
        "links": {
            "offer": {"uri": f"/offers/{_offer(item.offer)}?country=US", "method": "GET", "headers": []},
            "self": {"uri": f"/customers/x/subscriptions/{item.id}", "method": "GET", "headers": []},
        },
        "attributes": {"etag": f"etag-{item.id}", "objectType": "Subscription"},
    }


def _upgrade(item: Sold) -> dict[str, Any]:
    target = {
        "id": _offer(item.wanted_offer),
        "name": _offer_name(item.wanted_offer),
        "minimumQuantity": 1,
        "maximumQuantity": 10_000_000,
    }
    return {
        "targetOffer": target,
        "upgradeType": "upgrade_with_license_transfer",
        "isEligible": True,
        "quantity": item.quantity,
        "upgradeErrors": [],
        "attributes": {"objectType": "Upgrade"},
    }


def _name(customer: int) -> str:
    return f"customer-{customer:06}"


def _offer(number: int) -> str:
    return _guid(4, number)


def _offer_name(number: int) -> str:
    return f"Productivity Suite {number} (Annual)"


def _guid(kind: int, number: int) -> str:
    return f"{kind}0c39d6d-5ea0-4a4c-96c1-{number:012x}"
