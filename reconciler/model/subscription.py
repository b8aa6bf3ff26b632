"""Subscriptions as they are wanted and as they are, and the offers they are of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from sys import intern
from typing import Any, Self, TypedDict

from reconciler.model.address import Address, canonical
from reconciler.model.renewal import AtRenewal
from reconciler.model.term import Billing, ChangeTerm, Commitment, FewerSeats, Platform, Renew, SeatPermission, Term

MAXIMUM_QUANTITY = 10_000_000
"""The most licences that any offer in the service's catalogue allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in the manifests: the path as the user would type it, line and column from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer of the reseller: its name in the manifests, and its tenant (`customer-tenant-id`, lower case).

    `display_name` is for people, and tells no customer from another.
    """

    name: str
    tenant: str
    display_name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An offer by its canonical id; that of new commerce is product:sku.

    The name is for people, and never decides which offer is meant: Microsoft reuses names.

    An offer of the catalogue has our name. `alias` says that the service may call it anything else, `service_name` what
    the service calls it where that is another name.
    """

    id: str
    name: str
    alias: bool = False
    service_name: str = ""

    @property
    def new_commerce(self) -> bool:
        """Returns whether the id is one of new commerce, product:sku."""
        return ":" in self.id

    def agrees_with(self, service_name: str) -> bool:
        """Returns True if the catalogue expects this name of the service. No name at all contradicts nothing."""
        expected = self.service_name or self.name
        return self.alias or not service_name.strip() or self.name == self.id or same_name(expected, service_name)


def product_and_sku(offer_id: str) -> tuple[str, str]:
    """Splits the canonical id of an offer into the part that is compared and the availability, which Microsoft rotates.

    Any id but product:sku:availability has no availability.
    """
    product, _, rest = offer_id.partition(":")
    sku, _, availability = rest.partition(":")
    return (intern(f"{product}:{sku}"), availability) if availability else (offer_id, "")


def canonical_offer(offer_id: str) -> str:
    """Returns the one spelling in which ids of offers are compared and kept, without an availability."""
    return product_and_sku(canonical(offer_id))[0]


def same_name(first: str, second: str) -> bool:
    """Returns True if two names are one, letter case and blanks apart."""
    return first == second or _folded(first) == _folded(second)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


class LicenseTransfer(StrEnum):
    """Returns True if users' licences move with an upgrade."""

    REQUIRED = "required"
    PREFERRED = "preferred"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """The desired state of one address. `subscription_id` is the id as first adopted, in canonical spelling;
    without one it stands for the key of the order (`model.order.order_id`).

    `offer_place`, `quantity_place` and `fewer_seats_place` are the lines to edit; None where they stand in no entry of
    their own. With `fewer_seats_once` the permission of `fewer_seats` is a one-off: for one number of seats. `term`,
    `billing` and `renew` are None where they are not managed. `reseller` is the partner id of the indirect reseller,
    `market` an ISO country, `segment` the customer's: None where the manifest does not say. `labels` are the customer's
    and the entry's own: they select, and decide nothing. `order` is the key under which the subscription is bought,
    once; `max_unit_price` the most that may be paid for it per seat and month, `besides` the ids of equal subscriptions
    or of orders that it is meant to stand beside.
    """

    address: Address
    customer: Customer
    subscription_id: str
    offer: Offer
    quantity: int
    order: str | None = None
    max_unit_price: Decimal | None = None
    besides: tuple[str, ...] = ()
    license_transfer: LicenseTransfer = LicenseTransfer.PREFERRED
    allow_duplicate_offer: bool = False
    fewer_seats: FewerSeats = FewerSeats.REFUSE
    fewer_seats_once: SeatPermission | None = None
    term: Term | None = None
    billing: Billing | None = None
    change_term: ChangeTerm = ChangeTerm.AT_RENEWAL
    renew: Renew | None = None
    market: str | None = None
    segment: str | None = None
    reseller: str | None = None
    labels: frozenset[str] = frozenset()
    source: Place
    offer_place: Place | None = None
    quantity_place: Place | None = None
    fewer_seats_place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueOffer:
    """An offer as the catalogue of a country lists it.

    `upgrades` are ids of the offers that it advertises as upgrades, None where it says nothing. They are hints: for a
    subscription the service lists targets that the catalogue does not, and the other way round.
    """

    id: str
    name: str
    upgrades: tuple[str, ...] | None = None
    add_on: bool = False
    trial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """The availability of a new-commerce offer (product:sku): Microsoft replaces its id from time to time.

    `terms` are the pairs of term and billing that it is sold with. `catalog_item_id` names it in a cart, `currency` is
    what it is sold in: both empty where the service does not say.
    """

    id: str
    purchasable: bool
    terms: tuple[tuple[str, str], ...] = ()
    catalog_item_id: str = ""
    currency: str = ""

    def sells(self, term: str, billing: str) -> bool:
        """Returns True if it can be bought with this term and billing."""
        return self.purchasable and (term, billing) in self.terms


class Status(StrEnum):
    """The statuses the program decides by. The service may send any other: `Live.status` is text."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETED = "deleted"
    EXPIRED = "expired"
    DISABLED = "disabled"
    ABSENT = "absent"
    """Of the null object of a subscription that is still to be bought. The service never sends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """The live state of one subscription. Ids are canonical; `status` is the service's own word in snake_case.

    `body` is the service's whole document, present only when the subscription was read by itself: a resize sends it
    back. Nothing is ever decided by it. `commitment` is None on a traditional subscription. `product` is the service's
    own word for what was sold, in snake_case: `azure`, `software`; empty where it says nothing. `availability_id` is
    the third part of a new-commerce offer's id, as it was bought: it may be retired by now.
    """

    id: str
    offer: Offer
    quantity: int
    status: str
    platform: Platform = Platform.TRADITIONAL
    product: str = ""
    availability_id: str = ""
    commitment: Commitment | None = None
    etag: str | None = None
    friendly_name: str = ""
    parent_subscription_id: str | None = None
    partner_id: str | None = None
    is_trial: bool = False
    unit_type: str = ""
    billing: str = ""
    created_at: datetime | None = None
    suspension_reasons: tuple[str, ...] = ()
    body: Mapping[str, Any] | None = None

    @classmethod
    def nothing(cls, subscription_id: str) -> Self:
        """Returns the null object of a subscription that is still to be bought: it has no offer and no seats."""
        none = Offer(id="", name="")
        return cls(id=subscription_id, offer=none, quantity=0, status=Status.ABSENT.value, platform=Platform.NONE)

    @property
    def absent(self) -> bool:
        """Returns True if there is no such subscription yet."""
        return self.status == Status.ABSENT

    @property
    def active(self) -> bool:
        """Returns True if the service counts it as active."""
        return self.status == Status.ACTIVE

    @property
    def suspended(self) -> bool:
        """Returns True if it is suspended: nobody can use it, and new commerce goes on to be billed."""
        return self.status == Status.SUSPENDED

    @property
    def over(self) -> bool:
        """Returns True if its last term has ended."""
        return self.status in {Status.DELETED, Status.DISABLED, Status.EXPIRED}

    @property
    def is_add_on(self) -> bool:
        """Returns True if it belongs to another subscription."""
        return self.parent_subscription_id is not None

    @property
    def named_extended(self) -> bool:
        """Returns True if the service calls the offer one of the extended service term."""
        return "extended service term" in self.offer.name.casefold()


class Terms(TypedDict):
    """The commitment of a subscription as plans and state hold it: the members that several values have."""

    term: str | None
    billing: str | None
    term_ends: datetime | None
    renewal: AtRenewal | None


def terms_of(live: Live) -> Terms:
    """Returns the terms of a subscription; None for everything where it has no commitment."""
    commitment = live.commitment
    if commitment is None:
        return Terms(term=None, billing=None, term_ends=None, renewal=None)
    return Terms(
        term=commitment.term,
        billing=live.billing or None,
        term_ends=commitment.ends_at,
        renewal=commitment.renewal,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableItem:
    """An item of a customer's list that can't be understood. It concerns the subscription of its id, and no other.

    `id` and `offer_id` are canonical, None where the item has none that can be read. `position` counts from 1 over all
    pages. `why` completes "the item …".
    """

    id: str | None
    position: int
    why: str
    offer_id: str | None = None

    def __str__(self) -> str:
        name = f"the subscription {self.id}" if self.id else f"item {self.position} of the customer's subscriptions"
        return f"{name} {self.why}"

    @property
    def sentence(self) -> str:
        """Returns what is wrong with it, as a sentence of its own."""
        text = str(self)
        return f"{text[0].upper()}{text[1:]}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Every subscription of a customer, in the service's order, and the items that can't be understood."""

    lives: tuple[Live, ...] = ()
    unreadable: tuple[UnreadableItem, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """The id of every subscription that is there, understood or not."""
        return frozenset(live.id for live in self.lives) | {item.id for item in self.unreadable if item.id}

    def find(self, subscription_id: str) -> Live | None:
        """The subscription of this id, where it is understood."""
        return next((live for live in self.lives if live.id == subscription_id), None)

    def unreadable_as(self, subscription_id: str) -> UnreadableItem | None:
        """The item that should be the subscription of this id and can't be understood."""
        return next((item for item in self.unreadable if item.id == subscription_id), None)

    def perhaps(self, subscription_id: str) -> UnreadableItem | None:
        """The item that can't be understood and is, or may be, the subscription of this id, which no other item is."""
        if not self.unreadable or self.find(subscription_id):
            return None
        nameless = (item for item in self.unreadable if item.id is None)
        return self.unreadable_as(subscription_id) or next(nameless, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """The relationship of a customer to the reseller, as `GET /customers/{tenant}` says. None: the service did not
    say.
    """

    kind: str | None
    allow_delegated_access: bool | None
    display_name: str = ""
    domain: str = ""
