"""Subscriptions as they are: live values, and the lists of a customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self, TypedDict

from reconciler.model.offer import Offer
from reconciler.model.renewal import AtRenewal
from reconciler.model.term import Commitment, Platform


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

    def may_have_become(self, other: "Live") -> bool:
        """Returns True if somebody may have upgraded or migrated it to the other in Partner Center: it is traditional
        and out of use, and the other is in use, later, and of another offer. No document says what becomes of the
        source of an upgrade.
        """
        source = self.platform is Platform.TRADITIONAL and not self.active and not self.is_add_on
        target = other.platform in {Platform.TRADITIONAL, Platform.NEW_COMMERCE} and other.active
        earlier = self.created_at and other.created_at and other.created_at < self.created_at
        return source and target and not (other.is_add_on or earlier) and other.offer.id != self.offer.id

    def resembles(self, other: "Live") -> bool:
        """Returns True if both have one name of their own, or as many seats."""
        return self.quantity == other.quantity or (
            self.friendly_name != "" and self.friendly_name == other.friendly_name
        )

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
