"""Customers of the reseller, each with what was sold to it: plain mutable data."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from reconciler.sandbox.sold import Sold


def utc_now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def derived_id(*parts: object) -> str:
    """A GUID that looks random and is the same for the same parts, on every machine."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return str(UUID(bytes=digest[:16], version=4))


def is_guid(text: str) -> bool:
    """Returns whether this is a GUID as the service writes them, in any casing."""
    return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text, re.IGNORECASE) is not None


@dataclass(kw_only=True, slots=True)
class Tenant:
    """One customer.

    `delegated_admin` is the old delegated administration (DAP). `gdap_roles` are the directory roles granted instead
    of it; None where granular delegation is not in use. `relationship` other than "reseller" closes the subscriptions.
    `agreement`: how it accepted the customer agreement: not at all, confirmed by the partner, or signed by itself.
    `seats_elsewhere` are seats that it has from other partners, by product and SKU.
    """

    name: str
    tenant: str = ""
    display_name: str = ""
    country: str = "US"
    relationship: str = "reseller"
    delegated_admin: bool = True
    gdap_roles: list[str] | None = None
    subscriptions: list[Sold] = field(default_factory=list)
    agreement: Literal["none", "confirmed", "signed"] = "confirmed"
    seats_elsewhere: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tenant = (self.tenant or derived_id("tenant", self.name)).lower()
        self.display_name = self.display_name or self.name
        for index, sold in enumerate(self.subscriptions):
            sold.id = sold.id or derived_id("subscription", self.tenant, index, sold.offer)
            sold.order = sold.order or derived_id("order", sold.id)

    @property
    def china(self) -> bool:
        """True where the cloud operated by 21Vianet serves it."""
        return self.country == "CN"

    def put(self, sold: Sold) -> None:
        """Sets a subscription in the place of the one with its id, or adds it."""
        ids = [item.id for item in self.subscriptions]
        place = ids.index(sold.id) if sold.id in ids else len(ids)
        self.subscriptions[place : place + 1] = [sold]

    def find(self, subscription_id: str) -> Sold | None:
        """The subscription of this id, in any casing."""
        return next((sold for sold in self.subscriptions if sold.id == subscription_id.lower()), None)
