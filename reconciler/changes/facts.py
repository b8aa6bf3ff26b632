"""All that a customer's plan is made from, and the questions that planning may ask for more."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.cached import cached_property
from reconciler.model.capabilities import Capabilities
from reconciler.model.customer import Customer, Relationship
from reconciler.model.desired import Desired
from reconciler.model.errors import ServiceError
from reconciler.model.order import Agreement, Order, Sku, to_be_bought
from reconciler.model.promotion import Promotion
from reconciler.model.settings import Wait
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Listing, Live
from reconciler.model.transition import TransitionOption
from reconciler.model.upgrade import UpgradeOption

if TYPE_CHECKING:
    from reconciler.model.prices import Prices


@dataclass(frozen=True, slots=True)
class UpgradesWanted:
    """Asks for the service's upgrades of a subscription."""

    subscription_id: str


@dataclass(frozen=True, slots=True)
class RelationshipWanted:
    """Asks for the relationship of the customer to the reseller."""


@dataclass(frozen=True, slots=True)
class RelationshipLinkWanted:
    """Asks for the link by which a customer accepts the reseller. The same for every customer of a run."""


@dataclass(frozen=True, slots=True)
class TransitionsWanted:
    """Asks for the transition eligibilities of a new-commerce subscription."""

    subscription_id: str


@dataclass(frozen=True, slots=True)
class SubscriptionWanted:
    """Asks for a subscription by its id. Lists may leave out what is scheduled."""

    subscription_id: str


@dataclass(frozen=True, slots=True)
class PromotionWanted:
    """Asks for a promotion in a country. The same for every customer of a run."""

    promotion_id: str
    country: str


@dataclass(frozen=True, slots=True)
class SkuWanted:
    """Asks for an item of the catalogue (product:sku) as a market and a segment sell it. The same for every customer of
    a run.
    """

    offer_id: str
    market: str
    segment: str | None


@dataclass(frozen=True, slots=True)
class OrdersWanted:
    """Asks for the orders of the customer."""


@dataclass(frozen=True, slots=True)
class AgreementWanted:
    """Asks whether the customer has accepted the agreement that a purchase needs."""


Question = (
    UpgradesWanted
    | TransitionsWanted
    | SubscriptionWanted
    | PromotionWanted
    | SkuWanted
    | OrdersWanted
    | AgreementWanted
    | RelationshipWanted
    | RelationshipLinkWanted
)


_NONE = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """The circumstances that hold for the whole run.

    `now` is the service's time, `lag` how far this machine's clock is behind it; `mpn_id` is the
    reseller's own partner id, `resellers` are those that it sells through.

    `strict_names`: an offer that the service calls otherwise than the catalogue is not bought. `written_as` is what a
    manifest writes for an offer, by its id, where the catalogue has a name for it, and
    `catalogue_names` are all its names there.

    `prices` are those of the estate's price sheets, None where it has none. `wait` is how long an apply gives its
    requests. `accepted` are addresses whose manifests win over what somebody else changed.
    `partner_on_record_attested`: a person states in the settings that the partner of record is right.
    """

    now: datetime
    cloud: str
    token_kind: str
    lag: timedelta = _NONE
    mpn_id: str | None = None
    resellers: tuple[str, ...] = ()
    capabilities: Capabilities = field(default_factory=Capabilities)
    wait: Wait = field(default_factory=Wait)
    strict_names: bool = False
    written_as: Mapping[str, str] = field(default_factory=dict)
    catalogue_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    accepted: frozenset[Address] = frozenset()
    partner_on_record_attested: bool = False
    prices: "Prices | None" = None

    @property
    def earliest(self) -> datetime:
        """Returns the earliest time that it can be. What protects a change that may have been made lasts until then."""
        return self.now - self.lag


@dataclass(frozen=True, kw_only=True)
class Facts:
    """One customer: what its manifests ask, what state remembers, what the service says.

    `desired` is everything declared of the customer; only `selected` addresses are planned, but the others still
    manage their subscriptions. An answer that could not be had stands as its error. A subscription that is not in
    `upgrades` is asked for; `transitions` are the same for new commerce. `details` are subscriptions that were read by
    themselves. `skus` are items of the catalogue, None where it has no such item; `last_order` is the key of the order
    that the estate began last for the customer, None where it never began one.
    """

    customer: Customer
    desired: tuple[Desired, ...]
    selected: frozenset[Address]
    state: CustomerState | None
    subscriptions: Listing | ServiceError
    upgrades: Mapping[str, tuple[UpgradeOption, ...] | ServiceError] = field(default_factory=dict)
    transitions: Mapping[str, tuple[TransitionOption, ...] | ServiceError] = field(default_factory=dict)
    details: Mapping[str, Live | ServiceError] = field(default_factory=dict)
    promotions: Mapping[PromotionWanted, Promotion | ServiceError] = field(default_factory=dict)
    skus: Mapping[SkuWanted, Sku | ServiceError | None] = field(default_factory=dict)
    orders: tuple[Order, ...] | ServiceError | None = None
    agreement: Agreement | ServiceError | None = None
    last_order: str | None = None
    relationship: Relationship | ServiceError | None = None
    relationship_link: str | ServiceError | None = None

    @property
    def unread(self) -> ServiceError | None:
        """Returns why the subscriptions could not be read; None where they could."""
        return self.subscriptions if isinstance(self.subscriptions, ServiceError) else None

    @cached_property
    def lives(self) -> Mapping[str, Live]:
        """The live subscriptions by id and in that order, whatever the service's; none where it could not be read."""
        read = {id_: replace(found, body=None) for id_, found in self.details.items() if isinstance(found, Live)}
        return {live.id: read.get(live.id, live) for live in sorted(self.listing.lives, key=lambda live: live.id)}

    def read_alone(self, subscription_id: str) -> bool:
        """Returns True if the subscription was read by itself: what it does not show is not there."""
        return isinstance(self.details.get(subscription_id), Live)

    def find(self, subscription_id: str) -> Live | None:
        """Returns the live subscription of this id; a null object where it is still to be bought."""
        return self.lives.get(subscription_id) or to_be_bought(subscription_id)

    @property
    def listing(self) -> Listing:
        """The customer's subscriptions; an empty list where they could not be read."""
        return Listing() if isinstance(self.subscriptions, ServiceError) else self.subscriptions

    def bound(self, name: str) -> Bound | None:
        """Returns what state remembers of a name."""
        return self.state.subscriptions.get(name) if self.state else None

    @cached_property
    def managed_ids(self) -> frozenset[str]:
        """Every id that some address of the customer means or has meant."""
        chained = self.state.claimed_ids() if self.state else frozenset[str]()
        return chained | {desired.subscription_id for desired in self.desired}

    @cached_property
    def undeclared(self) -> tuple[Address, ...]:
        """Addresses that state tracks and no manifest declares. Not one that was renamed: its new name is told of
        it.
        """
        if self.state is None:
            return ()
        declared = {desired.address.name for desired in self.desired}
        meant = {desired.subscription_id for desired in self.desired}
        bound = self.state.subscriptions.items()
        left = (name for name, each in bound if name not in declared and meant.isdisjoint(each.chain))
        return tuple(map(self.state.address, left))

    @cached_property
    def meant_by(self) -> Mapping[str, tuple[Address, ...]]:
        """For each subscription id, the declared addresses that mean it, in their order."""
        meanings: dict[str, tuple[Address, ...]] = {}
        for desired in sorted(self.desired, key=lambda desired: desired.address):
            bound = self.bound(desired.address.name)
            meant = bound.id if bound else desired.subscription_id
            meanings[meant] = (*meanings.get(meant, ()), desired.address)
        return meanings

    @property
    def unmanaged(self) -> tuple[Live, ...]:
        """Live, active subscriptions that no address means or has meant, add-ons apart."""
        return tuple(
            live
            for live in self.lives.values()
            if live.active and not live.is_add_on and live.id not in self.managed_ids
        )
