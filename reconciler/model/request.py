"""Requests to the service, as one tagged value.

The same value stands in a plan's change, in the state's pending change and in its result. `kind` is the tag by which a
document tells them apart; `changes.of` has the meaning of each. A request never holds ids of the run that sends it.

A request that nobody but its kind and its file in `partner_center/wire/` looks into stands in the file of its kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from reconciler.model.offer import Offer
from reconciler.model.renewal import AtRenewal, NextTerm, ScheduleForm

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

ACTIONS = ("upgrade", "resize", "term", "renewal", "order")
"""The words under which plans list changes, in this order."""

REQUESTS: dict[str, type["Request"]] = {}
"""The requests of all kinds, by their tags. `changes` enters its kinds here; documents hold no others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceCap:
    """The most that a purchase may cost, as it was approved: in a month, and for the whole term."""

    currency: str
    monthly: Decimal
    in_all: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request to the service: the action that a plan lists it under, and what it leads to.

    `new_offer`, `new_quantity`, `new_terms` (term and billing) and `at_end` (the outcome at the end of the term) are
    None where the request leaves that as it is. `creates` a subscription that does not exist yet: it needs the items
    of `prerequisites` (product:sku) first, and `price_cap` is what it may cost. `next_term` is what it schedules.
    """

    action: ClassVar[str]
    creates: ClassVar[bool] = False
    kind: str

    @property
    def new_offer(self) -> Offer | None:
        return None

    @property
    def new_quantity(self) -> int | None:
        return None

    @property
    def new_terms(self) -> tuple[str, str] | None:
        return None

    @property
    def at_end(self) -> AtRenewal | None:
        return None

    @property
    def next_term(self) -> NextTerm | None:
        return None

    @property
    def prerequisites(self) -> tuple[str, ...]:
        return ()

    @property
    def price_cap(self) -> PriceCap | None:
        return None

    @property
    def begins_term(self) -> bool:
        """Returns whether a term begins with it. Whether it does with another offer, the service does not say."""
        return self.new_offer is not None or self.new_terms is not None

    @property
    def values(self) -> Mapping[str, str | int | None]:
        """Returns the values that it asks for, by the paths of differences."""
        offer = {"offer_id": self.new_offer.id} if self.new_offer else {}
        seats = {} if self.new_quantity is None else {"quantity": self.new_quantity}
        terms = dict(zip(("term", "billing"), self.new_terms or (), strict=False))
        return {**offer, **seats, **terms}

    @classmethod
    def of(cls, request: "Request") -> Self:
        """Returns the request as one of this kind. Raises TypeError for any other."""
        if not isinstance(request, cls):
            message = f"{request.kind} is no {cls.__name__}"
            raise TypeError(message)
        return request

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Any], handler: "GetCoreSchemaHandler") -> "CoreSchema":
        """Returns the schema of every kind of request where any of them may stand."""
        return handler.generate_schema(reduce(or_, REQUESTS.values())) if cls is Request else handler(source)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRequest(Request):
    """A request that sends the whole subscription back with some members changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeRequest(Request):
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
class TransitionRequest(Request):
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
        return (self.term, self.billing or "") if self.term else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalRequest(UpdateRequest):
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

    @property
    def at_end(self) -> AtRenewal:
        then = self.next_term
        if then is None:
            return AtRenewal(outcome=self.outcome)
        return AtRenewal(outcome=self.outcome, quantity=then.quantity, term=then.term, billing=then.billing)

    @property
    def values(self) -> Mapping[str, str | int | None]:
        """Returns the values that it asks for: without a next term only the outcome."""
        return self.at_end.values if self.next_term else {"renewal.outcome": self.outcome}
