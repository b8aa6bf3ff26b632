"""Requests to the service, as one tagged value.

The same value stands in a plan's change, in the state's pending change and in its result. `kind` is the tag by which a
document tells them apart; `changes.of` has the meaning of each. A request never holds ids of the run that sends it.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Literal, get_args

from reconciler.model.money import at_most, cents
from reconciler.model.renewal import NextTerm, ScheduleForm
from reconciler.model.subscription import Offer
from reconciler.model.term import Billing, Term

_CHARGED = Decimal("0.0001")
"""A unit price to a millionth, times 36 months, is as exact as this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The members of all requests: the action that a plan lists them under, and what they lead to.

    `new_offer`, `new_quantity` and `new_terms` are None where the request leaves that as it is.
    """

    action: ClassVar[str]

    @property
    def new_offer(self) -> Offer | None:
        return None

    @property
    def new_quantity(self) -> int | None:
        return None

    @property
    def new_terms(self) -> tuple[str, str] | None:
        """The term and the billing that it leads to."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeRequest(Asked):
    """Another offer for a traditional subscription (upgrade-resources, "Upgrade").

    `type` is the service's way of upgrading. The offer's name is for people: it is no part of what is asked.
    `target_offer_id` is empty in results of versions that did not record it.
    """

    action: ClassVar[str] = "upgrade"
    kind: Literal["upgrade"]
    type: str
    target_offer_id: str
    target_offer_name: str = field(default="", compare=False)
    quantity: int

    @property
    def new_offer(self) -> Offer | None:
        return Offer(id=self.target_offer_id, name=self.target_offer_name)

    @property
    def new_quantity(self) -> int | None:
        return self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class ResizeRequest(Asked):
    """Another number of licences for the same subscription (subscription-resources, `quantity`)."""

    action: ClassVar[str] = "resize"
    kind: Literal["resize"]
    quantity: int

    @property
    def new_quantity(self) -> int | None:
        return self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionRequest(Asked):
    """Another offer for a new-commerce subscription, with all of its seats (transition-resources, "Transition").

    `target_offer_id` is product:sku, `catalog_item_id` the service's id of the item, from its eligibilities. `term` and
    `billing` are None where those of the source stay. The offer's name is for people: it is no part of what is asked.
    """

    action: ClassVar[str] = "upgrade"
    kind: Literal["transition"]
    type: str
    target_offer_id: str
    target_offer_name: str = field(default="", compare=False)
    catalog_item_id: str = field(compare=False)
    quantity: int
    term: str | None = None
    billing: str | None = None

    @property
    def new_offer(self) -> Offer | None:
        return Offer(id=self.target_offer_id, name=self.target_offer_name)

    @property
    def new_quantity(self) -> int | None:
        return self.quantity

    @property
    def new_terms(self) -> tuple[str, str] | None:
        return (self.term, self.billing) if self.term and self.billing else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRequest(Asked):
    """Another term or billing at once: a new commitment (subscription-resources, `termDuration`, `billingCycle`)."""

    action: ClassVar[str] = "term"
    kind: Literal["term"]
    term: str
    billing: str

    @property
    def new_terms(self) -> tuple[str, str] | None:
        return self.term, self.billing


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalRequest(Asked):
    """Another outcome at the end of the term (subscription-resources, `autoRenewEnabled`,
    `scheduledNextTermInstructions`, `scheduledActions`).

    `outcome` is one of `EndOfTerm`: `renews` withdraws what is scheduled, `renews_changed` schedules `next_term`,
    `ends` cancels at the end of the term, `lapses` switches auto-renew off and is for trials only. `form` is the member
    that states it: the one that the subscription carries when it is sent, so that it is no part of what is asked.
    """

    action: ClassVar[str] = "renewal"
    kind: Literal["renewal"]
    outcome: str
    next_term: NextTerm | None = None
    form: ScheduleForm = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest(Asked):
    """A subscription that does not exist yet (cart-resources, "CartLineItem"), bought once under `order`, its key.

    `offer_id` is product:sku, `catalog_item_id` the service's id of what is sold of it now. `unit_price` is the highest
    price per seat and month that was approved, in `currency`; one of a price sheet is exact to a millionth.
    `prerequisites` are items (product:sku) that must be there, or be ordered, first. `reseller` is the partner id of
    the indirect reseller; `attested` that a person states that it is the partner of record. `friendly_name` is what the
    subscription is to be called: partner staff see it.
    """

    action: ClassVar[str] = "order"
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


UpdateRequest = ResizeRequest | TermRequest | RenewalRequest
"""The requests that send the whole subscription back with some members changed."""

Request = UpgradeRequest | ResizeRequest | TransitionRequest | TermRequest | RenewalRequest | OrderRequest
"""Every request there is. A new kind of change adds its own here, and a file in `changes/`."""

ACTIONS = tuple(dict.fromkeys(request.action for request in get_args(Request)))
"""The words under which plans list changes."""
