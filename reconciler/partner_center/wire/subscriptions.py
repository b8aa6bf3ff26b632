"""Subscriptions: their documents to our `Live`, and a document with another quantity.

Numbers and words are those of the official SDK's enumerations; the service sends either.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, model_validator

from reconciler.model.address import canonical
from reconciler.model.subscription import Live, Offer, canonical_offer
from reconciler.partner_center.wire.collections import Link
from reconciler.partner_center.wire.values import (
    Count,
    Flag,
    Identifier,
    Many,
    MaybeIdentifier,
    Moment,
    Text,
    Wire,
    plain,
    word,
)

STATUSES = {0: "none", 1: "active", 2: "suspended", 3: "deleted", 4: "expired", 5: "pending", 6: "disabled"}
BILLING_CYCLES = {
    0: "unknown",
    1: "monthly",
    2: "annual",
    3: "none",
    4: "one_time",
    5: "triennial",
    6: "biennial",
}

_OFFER_LINK = re.compile(r"/offers/([^/?]+)", re.IGNORECASE)


class _Attributes(Wire):
    etag: Text = ""


class _Links(Wire):
    offer: Link | None = None


class _ProductType(Wire):
    id: Text = ""


def _product_type(raw: Any) -> Any:
    return {"id": raw} if isinstance(raw, str) else raw


class Subscription(Wire):
    """One subscription. The id, the offer and the quantity must be readable; all else may be missing.

    Contracts before 2017 named the offer in a link only.
    """

    id: Identifier
    offer_id: MaybeIdentifier = None
    offer_name: Text = ""
    friendly_name: Text = ""
    quantity: Count
    status: Any = None
    unit_type: Text = ""
    billing_cycle: Any = None
    parent_subscription_id: MaybeIdentifier = None
    partner_id: Text = ""
    is_trial: Flag = None
    creation_date: Moment = None
    suspension_reasons: Many = ()
    product_type: Annotated[_ProductType | None, BeforeValidator(_product_type)] = None
    attributes: _Attributes | None = None
    links: Any = None

    @model_validator(mode="after")
    def _names_an_offer(self) -> Self:
        if self.offer is None:
            raise ValueError("names no offer")
        return self

    @property
    def offer(self) -> str | None:
        """The offer's id."""
        return self.offer_id or self._linked_offer

    @property
    def _linked_offer(self) -> str | None:
        """The offer that a link names: read only where it has to be, which nearly no subscription asks for."""
        link = _Links.model_validate(self.links).offer if self.links else None
        linked = _OFFER_LINK.search(link.uri) if link else None
        return canonical(linked[1]) if linked else None

    @property
    def new_commerce(self) -> bool:
        """Returns whether it is a new-commerce subscription: the offer id's form tells, else the product type."""
        product = self.product_type.id.lower() if self.product_type else ""
        return ":" in (self.offer or "") or product == "onlineservicesnce"

    def live(self, body: Mapping[str, Any] | None = None) -> Live:
        """In our words."""
        return Live(
            id=self.id,
            offer=_offer(canonical_offer(self.offer or ""), self.offer_name),
            quantity=self.quantity,
            status=word(self.status, STATUSES),
            etag=(self.attributes.etag or None) if self.attributes else None,
            friendly_name=self.friendly_name,
            parent_subscription_id=self.parent_subscription_id,
            partner_id=self.partner_id or None,
            is_trial=self.is_trial or False,
            unit_type=self.unit_type,
            billing_cycle="" if self.billing_cycle is None else word(self.billing_cycle, BILLING_CYCLES),
            new_commerce=self.new_commerce,
            created_at=self.creation_date,
            suspension_reasons=tuple(plain(reason) for reason in self.suspension_reasons),
            body=body,
        )


@lru_cache(maxsize=1024)
def _offer(identifier: str, name: str) -> Offer:
    """One value for all who hold the offer: many subscriptions are of few offers, and each is kept to the end."""
    return Offer(id=identifier, name=name)


def listed(raw: Any) -> Live:
    """Reads a subscription of a list, without its body."""
    return Subscription.model_validate(raw).live()


def single(raw: Any, expected: str | None = None) -> Live:
    """Reads a subscription by itself, with its body. Raises ValueError for another one than `expected`."""
    live = Subscription.model_validate(raw).live(body=raw)
    if expected not in {None, live.id}:
        raise ValueError("is about another subscription than the one that was asked for")
    return live


def resize_request(seen: Live, quantity: int) -> dict[str, Any]:
    """Returns the body that changes the quantity. Raises ValueError for a subscription of a list, which has no body."""
    if seen.body is None:
        message = f"the subscription {seen.id} was not read by itself: it has no body to send back"
        raise ValueError(message)
    return with_quantity(seen.body, quantity)


def resized(raw: Any, *, seen: Live, quantity: int) -> Live | None:
    """Reads the answer to a resize; None where it holds the changed member alone, as has been seen.

    Raises ValueError for an answer about another subscription.
    """
    answer = _PartialSubscription.model_validate(raw)
    if not answer.id and answer.quantity == quantity:
        return None
    live = single(raw)
    if live.id != seen.id:
        raise ValueError("is about another subscription than the one that was changed")
    return live


class _PartialSubscription(Wire):
    """The answer to a change may be the changed member alone."""

    id: Text = ""
    quantity: Count


def with_quantity(body: Mapping[str, Any], quantity: int) -> dict[str, Any]:
    """The document with only the quantity changed: every other member and the casing of all keys as they came."""
    spelt = [key for key in body if key.lower() == "quantity"] or ["quantity"]
    return {**body, **dict.fromkeys(spelt, quantity)}
