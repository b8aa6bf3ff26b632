"""Subscriptions: their documents to our `Live`.

Numbers and words are those of the official SDK's enumerations; the service sends either.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, model_validator

from reconciler.model.address import canonical, is_guid
from reconciler.model.offer import Offer, product_and_sku
from reconciler.model.subscription import Live
from reconciler.model.term import Platform
from reconciler.partner_center.wire.collections import Link
from reconciler.partner_center.wire.commitments import Committed, commitment
from reconciler.partner_center.wire.terms import billing
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

_OFFER_LINK = re.compile(r"/offers/([^/?]+)", re.IGNORECASE)
_NEW_COMMERCE = "onlineservicesnce"
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


class _Attributes(Wire):
    etag: Text = ""


class _Links(Wire):
    offer: Link | None = None


class _ProductType(Wire):
    id: Text = ""


def _product_type(raw: Any) -> Any:
    return {"id": raw} if isinstance(raw, str) else raw if isinstance(raw, dict) else None


class Subscription(Committed):
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
        """The offer's id, all parts of it."""
        return self.offer_id or self._linked_offer

    @property
    def _linked_offer(self) -> str | None:
        """The offer that a link names: read only where it has to be, which nearly no subscription asks for."""
        link = _Links.model_validate(self.links).offer if self.links else None
        linked = _OFFER_LINK.search(link.uri) if link else None
        return canonical(linked[1]) if linked else None

    @property
    def _product(self) -> str:
        return self.product_type.id if self.product_type else ""

    @property
    def platform(self) -> Platform:
        """Returns the platform. The product type decides; traditional subscriptions have none, and an offer of three
        parts alone proves only that a subscription is modern.
        """
        if self._product.lower() == _NEW_COMMERCE:
            return Platform.NEW_COMMERCE
        modern = self._product or ":" in (self.offer or "")
        return Platform.OTHER if modern else Platform.TRADITIONAL

    def live(self, body: Mapping[str, Any] | None = None) -> Live:
        """In our words."""
        platform, is_trial = self.platform, self.is_trial or False
        offer_id, availability_id = product_and_sku(self.offer or "")
        traditional = platform is Platform.TRADITIONAL
        return Live(
            id=self.id,
            offer=_offer(offer_id, self.offer_name),
            quantity=self.quantity,
            status=word(self.status, STATUSES),
            platform=platform,
            product=_snake(self._product),
            availability_id=availability_id,
            commitment=None if traditional else commitment(self, platform, offer_id, self.quantity, is_trial=is_trial),
            etag=(self.attributes.etag or None) if self.attributes else None,
            friendly_name=self.friendly_name,
            parent_subscription_id=self.parent_subscription_id,
            partner_id=self.partner_id or None,
            is_trial=is_trial,
            unit_type=self.unit_type,
            billing=billing(self.billing_cycle),
            created_at=self.creation_date,
            suspension_reasons=tuple(plain(reason) for reason in self.suspension_reasons),
            body=body,
        )


@lru_cache(maxsize=1024)
def _offer(identifier: str, name: str) -> Offer:
    """One value for all who hold the offer: many subscriptions are of few offers, and each is kept to the end."""
    return Offer(id=identifier, name=name)


@lru_cache(maxsize=64)
def _snake(text: str) -> str:
    return _WORDS.sub("_", text).strip("_").lower()


def listed(raw: Any) -> Live:
    """Reads a subscription of a list, without its body. Raises ValueError for one that no manifest could name."""
    live = Subscription.model_validate(raw).live()
    if not is_guid(live.id):
        raise ValueError("has an id that is no GUID")
    return live


def single(raw: Any, expected: str | None = None) -> Live:
    """Reads a subscription by itself, with its body. Raises ValueError for another one than `expected`."""
    live = Subscription.model_validate(raw).live(body=raw)
    if expected not in {None, live.id}:
        raise ValueError("is about another subscription than the one that was asked for")
    return live
