"""The request of an order, and the most that it may cost."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Literal

from reconciler.model.money import at_most, cents
from reconciler.model.offer import Offer
from reconciler.model.request import PriceCap, Request
from reconciler.model.term import Billing, Term

_CHARGED = Decimal("0.0001")
"""A unit price to a millionth, times 36 months, is as exact as this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest(Request):
    """A subscription that does not exist yet (cart-resources, "CartLineItem"), bought once under `order`, its key.

    `offer_id` is product:sku, `catalog_item_id` the service's id of what is sold of it now. `unit_price` is the highest
    price per seat and month that was approved, in `currency`; one of a price sheet is exact to a millionth.
    `prerequisites` are items (product:sku) that must be there, or be ordered, first. `reseller` is the partner id of
    the indirect reseller; `attested` that a person states that it is the partner of record. `friendly_name` is what the
    subscription is to be called: partner staff see it.
    """

    action: ClassVar[str] = "order"
    creates: ClassVar[bool] = True
    kind: Literal["order"]
    order: str
    offer_id: str
    offer_name: str = field(default="", compare=False)
    catalog_item_id: str = field(compare=False)
    quantity: int
    term: str
    billing: str
    unit_price: Decimal
    currency: str
    prerequisites: tuple[str, ...] = field(default=(), compare=False)
    reseller: str | None = None
    attested: bool = False
    friendly_name: str = field(default="", compare=False)

    @property
    def most_charged(self) -> Decimal:
        """The most that is charged for a seat in each billing period, in whole cents as the service rounds them."""
        exact = self.unit_price * Billing(self.billing).months
        return cents(exact.quantize(_CHARGED))

    @property
    def most_monthly(self) -> Decimal:
        """The most that all seats cost in a month, rounded up to a cent."""
        return at_most(self.most_charged * self.quantity / Billing(self.billing).months)

    @property
    def most_at_once(self) -> Decimal:
        """The most that all seats are charged for one billing period, rounded up to a cent."""
        return at_most(self.most_charged * self.quantity)

    @property
    def most_in_all(self) -> Decimal:
        """The most that all seats cost for the whole term, rounded up to a cent."""
        return at_most(self.most_charged * self.quantity * Term(self.term).months / Billing(self.billing).months)

    @property
    def new_offer(self) -> Offer | None:
        return Offer(id=self.offer_id, name=self.offer_name)

    @property
    def new_quantity(self) -> int | None:
        return self.quantity

    @property
    def new_terms(self) -> tuple[str, str] | None:
        return self.term, self.billing

    @property
    def price_cap(self) -> PriceCap | None:
        return PriceCap(currency=self.currency, monthly=self.most_monthly, in_all=self.most_in_all)
