"""Carts and orders: plain mutable data. Ids are lower case inside, times UTC."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(kw_only=True, slots=True)
class CartLine:
    """One line of a cart. `item` is product, SKU and availability as asked for. `error` is why it can't be bought."""

    item: str
    quantity: int
    term: str
    cycle: str
    name: str = ""
    participants: list[dict[str, str]] = field(default_factory=list)
    promotion: str = ""
    group: str = "0"
    currency: str = ""
    error: dict[str, Any] | None = None
    pricing: dict[str, Any] | None = None


@dataclass(kw_only=True, slots=True)
class Cart:
    """One cart of a customer (its tenant). It is ordered once `orders` has ids of orders, and gone at `expires`."""

    id: str
    customer: str
    created: datetime
    changed: datetime
    expires: datetime
    user: str = ""
    attested: bool = False
    lines: list[CartLine] = field(default_factory=list)
    orders: list[str] = field(default_factory=list)


@dataclass(kw_only=True, slots=True)
class OrderLine:
    """One line of an order. `subscription` is what it bought or will have bought. `failed`: nothing comes of it."""

    item: str
    quantity: int
    term: str
    cycle: str
    subscription: str
    name: str = ""
    partner: str = ""
    promotion: str = ""
    pricing: dict[str, Any] | None = None
    failed: bool = False


@dataclass(kw_only=True, slots=True)
class Order:
    """One order of a customer (its tenant), made from a cart.

    `status` is the service's word from `settled` on, and `meanwhile` until then. The list shows it from `listed` on.
    The lines name their subscriptions from `named` on; None: never. `held`: nothing is bought until its papers come.
    """

    id: str
    customer: str
    cart: str
    created: datetime
    lines: list[OrderLine]
    status: str = "completed"
    meanwhile: str = "pending"
    settled: datetime
    listed: datetime
    named: datetime | None
    held: bool = False
    request_id: str = ""

    def status_at(self, now: datetime) -> str:
        """Returns the word for its status at a time."""
        return self.status if self.settled <= now else self.meanwhile
