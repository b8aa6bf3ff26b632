"""Orders: what is on sale, carts, what was ordered, and what a purchase needs beforehand.

An address that nothing was bought for yet is identified by its order's key, in place of a subscription's id. Whatever
is bought follows it in the address's chain, so that a key is used once for ever, under whichever name.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from reconciler.model.offer import Availability
from reconciler.model.subscription import Live
from reconciler.model.upgrade import UpgradeError

_ORDER = "order:"


def order_id(key: str) -> str:
    """Returns what stands in place of a subscription's id before anything is bought under this key."""
    return f"{_ORDER}{key}"


def order_key(subscription_id: str) -> str | None:
    """Returns the key of an order that stands in place of a subscription's id; None for a subscription's id."""
    return subscription_id.removeprefix(_ORDER) if subscription_id.startswith(_ORDER) else None


def to_be_bought(subscription_id: str) -> Live | None:
    """Returns the null object of a subscription that an order is still to buy; None for a subscription's id."""
    return None if order_key(subscription_id) is None else Live.nothing(subscription_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sku:
    """An item of the new-commerce catalogue (product:sku) as it is sold in one market and segment (product-resources).

    `minimum` and `maximum` are the seats that one subscription may have, None where the service does not say.
    `prerequisites` are the items (product:sku) of which a customer must have one; `attested` is set where the buyer
    must attest to terms of its own (`attestationProperties.enforceAttestation`).
    """

    offer_id: str
    name: str = ""
    minimum: int | None = None
    maximum: int | None = None
    trial: bool = False
    prerequisites: tuple[str, ...] = ()
    attested: bool = False
    availabilities: tuple[Availability, ...] = ()

    def selling(self, term: str, billing: str) -> Availability | None:
        """Returns the availability that can be bought with this term and billing."""
        return next((availability for availability in self.availabilities if availability.sells(term, billing)), None)


class CartStatus(StrEnum):
    """The statuses of a cart. ACTIVE: it may be submitted. ORDERED: it was. GONE: the service has none of this id any
    more. OTHER: the service uses another word.
    """

    ACTIVE = "active"
    ORDERED = "ordered"
    OTHER = "other"
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class CartLine:
    """The line of a cart, as the service answers it (cart-resources, "CartLineItem").

    `unit_price` is the price per seat and billing period in whole cents of `currency`, None where it is withheld.
    `errors` are why the line can't be bought; `available` is the number of seats left where the service says so.
    """

    catalog_item_id: str
    quantity: int
    term: str
    billing: str
    currency: str = ""
    promotion_id: str = ""
    friendly_name: str = ""
    unit_price: Decimal | None = None
    errors: tuple[UpgradeError, ...] = ()
    available: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cart:
    """A cart with its lines. It spends nothing; `expires_at` is the service's own word, None where it gives none."""

    id: str
    status: CartStatus
    expires_at: datetime | None = None
    lines: tuple[CartLine, ...] = ()


class Fate(StrEnum):
    """The meaning of an order's status. BOUGHT: money is spent, though the service may still be at work on it. HELD: a
    person must act, nothing is bought before, and it must not be ordered again. OVER: nothing was bought, or nothing is
    left of it. UNKNOWN: a word that is not documented: it may have been bought, and must not be ordered again.
    """

    BOUGHT = "bought"
    HELD = "held"
    OVER = "over"
    UNKNOWN = "unknown"


_BOUGHT = frozenset({"completed", "pending", "suspended"})
_HELD = frozenset({"pending_review", "pending_po_upload", "po_upload_complete"})
_OVER = frozenset({"cancelled", "error", "partial_success", "po_review_rejected"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """The line of an order. `subscription_id` may come later than the order, or show before it is provisioned."""

    offer_id: str
    quantity: int
    subscription_id: str | None = None
    term: str = ""
    friendly_name: str = ""
    transaction_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order of a customer (order-resources). `status` is the service's own word in snake_case."""

    id: str
    status: str
    created_at: datetime | None = None
    billing: str = ""
    lines: tuple[OrderLine, ...] = ()

    @property
    def at_work(self) -> bool:
        """Returns True if the service has not finished it, as far as is known: until then it may come to nothing."""
        return self.status == "pending" or self.fate is Fate.UNKNOWN

    @property
    def fate(self) -> Fate:
        """Returns what its status means."""
        if self.status in _BOUGHT:
            return Fate.BOUGHT
        if self.status in _HELD:
            return Fate.HELD
        return Fate.OVER if self.status in _OVER else Fate.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedOut:
    """The result of a checkout (cart-resources, "CartCheckoutResult"): its orders, and why others were not made."""

    orders: tuple[Order, ...] = ()
    errors: tuple[UpgradeError, ...] = ()


class Agreement(StrEnum):
    """The customer's acceptance of the Microsoft Customer Agreement, as far as this sign-in may read it."""

    ACCEPTED = "accepted"
    MISSING = "missing"
    UNREADABLE = "unreadable"
