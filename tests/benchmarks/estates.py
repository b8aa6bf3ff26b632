"""A made-up estate of any size, the same each time: its manifests, and what the service would say of it.

Of the subscriptions one in twenty wants another offer, and one in twenty another quantity; of new-commerce ones half as
many of each.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
limits:
  max_changes: 10000000
  max_changed_percent: 100
  max_seats_added: 10000000
  max_seats_upgraded: 10000000
  max_terms_committed: 10000000
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
    """One subscription: what it is, and what its manifest wants. Of new commerce if `modern`."""

    modern: bool = False
    id: str
    name: str
    offer: int
    quantity: int
    wanted_offer: int
    wanted_quantity: int

    @property
    def upgraded(self) -> bool:
        return self.offer != self.wanted_offer

    @property
    def resized(self) -> bool:
        return self.quantity != self.wanted_quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """So many customers, each with so many subscriptions: all of new commerce if `modern`."""

    customers: int
    each: int = 5
    all_upgrades: bool = False
    modern: bool = False

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
        return self.upgrades + sum(item.resized for customer in range(self.customers) for item in self.of(customer))

    @property
    def requests(self) -> int:
        """Returns what a plan of it must ask: each customer's list, and the upgrades of each offer that differs. In new
        commerce also each subscription that differs, as a list may leave out what is scheduled.
        """
        return self.customers + self.upgrades + (self.changes if self.modern else 0)

    @property
    def requests_of_all(self) -> int:
        """Returns what a plan of the whole estate must ask: also for the partner's customers, which it lists."""
        return self.requests + 1

    @property
    def _every(self) -> int:
        return 2 * _EVERY if self.modern else _EVERY

    def of(self, customer: int) -> Iterator[Sold]:
        """A customer's subscriptions."""
        for at in range(self.each):
            number = customer * self.each + at
            turn, quantity = number % self._every, 10 + number * 7919 % 997
            yield Sold(
                modern=self.modern,
                id=_guid(1, number),
                name=f"service-{at}",
                offer=at,
                quantity=quantity,
                wanted_offer=at + _TARGET if self.all_upgrades or turn == 0 else at,
                wanted_quantity=quantity + (turn == self._every // 2 and not self.all_upgrades),
            )

    def write(self, root: Path, *, parallelism: int = 8, per_minute: int = 1_000_000) -> None:
        """Writes the manifests below `root`, a directory that is there."""
        folder = root / "manifests"
        folder.mkdir()
        (folder / "reconciler.yaml").write_text(_SETTINGS.format(parallelism=parallelism, per_minute=per_minute))
        offers = [*range(self.each), *range(_TARGET, _TARGET + self.each)]
        offer_id = _product if self.modern else _offer
        names = "".join(f"  {_offer_name(offer)}: {offer_id(offer)}\n" for offer in offers)
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
                if entry.modern and (entry.upgraded or entry.resized):
                    yield f"{below}/{entry.id}", _sent(_subscription(entry))
                if entry.modern and entry.upgraded:
                    eligible = f"{below}/{entry.id}/transitionEligibilities?eligibilityType=immediate"
                    yield eligible, listed([_transition(entry)])
                elif entry.upgraded:
                    yield f"{below}/{entry.id}/upgrades", listed([_upgrade(entry)])


def tenant(customer: int) -> str:
    """A customer's tenant id."""
    return _guid(2, customer)


def listed(items: list[dict[str, Any]]) -> bytes:
    """A list as the service sends it."""
    return _sent({"totalCount": len(items), "items": items, "attributes": {"objectType": "Collection"}})


def _sent(document: dict[str, Any]) -> bytes:
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
    return _new_commerce(item) if item.modern else _traditional(item)


def _traditional(item: Sold) -> dict[str, Any]:
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


def _new_commerce(item: Sold) -> dict[str, Any]:
    """A term of a year that ends in 200 days: neither what is refundable nor what is near its end is measured."""
    ends = datetime.now(UTC).replace(hour=23, minute=59, second=59, microsecond=0) + timedelta(days=200)
    began = ends - timedelta(days=365)
    path, country = _product(item.offer).replace(":", "/skus/"), "country=US"
    return {
        "id": item.id,
        "offerId": _available(item.offer),
        "offerName": _offer_name(item.offer),
        "friendlyName": f"{_offer_name(item.offer)} for everybody",
        "quantity": item.quantity,
        "unitType": "Licenses",
        "hasPurchasableAddons": False,
        "creationDate": f"{began:%Y-%m-%dT%H:%M:%SZ}",
        "effectiveStartDate": f"{began:%Y-%m-%dT00:00:00Z}",
        "commitmentEndDate": f"{ends:%Y-%m-%dT00:00:00Z}",
        "commitmentEndDateTime": f"{ends:%Y-%m-%dT%H:%M:%SZ}",
        "cancellationAllowedUntilDate": f"{began + timedelta(days=7):%Y-%m-%dT%H:%M:%SZ}",
        "status": "active",
        "autoRenewEnabled": True,
        "isTrial": False,
        "billingType": "license",
        "billingCycle": "monthly",
        "termDuration": "P1Y",
        "renewalTermDuration": "",
        "refundableQuantity": {"totalQuantity": 0, "details": []},
        "contractType": "subscription",
        "isMicrosoftProduct": True,
        "productType": {"id": "OnlineServicesNCE", "displayName": "OnlineServicesNCE"},
        "publisherName": "Microsoft Corporation",
        "links": {
            "product": {"uri": f"/products/{path.partition('/')[0]}?{country}", "method": "GET", "headers": []},
            "sku": {"uri": f"/products/{path}?{country}", "method": "GET", "headers": []},
            "self": {"uri": f"/customers/x/subscriptions/{item.id}", "method": "GET", "headers": []},
        },
        "orderId": item.id[-12:],
        "attributes": {"objectType": "Subscription"},
    }


def _transition(item: Sold) -> dict[str, Any]:
    types = ("transition_only", "transition_with_license_transfer")
    return {
        "operationId": item.id,
        "catalogItemId": _available(item.wanted_offer),
        "title": _offer_name(item.wanted_offer),
        "description": _offer_name(item.wanted_offer),
        "quantity": item.quantity,
        "subscriptionEligibilities": [],
        "eligibilities": [{"isEligible": True, "transitionType": kind, "errors": []} for kind in types],
        "attributes": {"objectType": "TransitionEligibility"},
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


def _product(number: int) -> str:
    return f"CFQ7TTC{number:05}:0001"


def _available(number: int) -> str:
    return f"{_product(number)}:CFQ7TTC{number + 50_000:05}"


def _offer_name(number: int) -> str:
    return f"Productivity Suite {number} (Annual)"


def _guid(kind: int, number: int) -> str:
    return f"{kind}0c39d6d-5ea0-4a4c-96c1-{number:012x}"
