"""Subscriptions as the manifests want them."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from reconciler.model.address import Address
from reconciler.model.customer import Customer
from reconciler.model.offer import Offer
from reconciler.model.place import Place
from reconciler.model.term import Billing, ChangeTerm, FewerSeats, Renew, SeatPermission, Term

MAXIMUM_QUANTITY = 10_000_000
"""The most licences that any offer in the service's catalogue allows."""


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

    @property
    def price_segment(self) -> str:
        """The segment whose prices hold for the customer: commercial where the manifest states none."""
        return self.segment or "commercial"
