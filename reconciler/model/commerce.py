"""The port of the service: what is asked of Partner Center, in our own words. Its contract suite is in
`tests/contracts/`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from reconciler.model.audit import AuditRecord
from reconciler.model.clocks import Clocks
from reconciler.model.customer import Relationship
from reconciler.model.offer import Availability, CatalogueOffer
from reconciler.model.order import Agreement, Cart, CheckedOut, Order, Sku
from reconciler.model.order_request import OrderRequest
from reconciler.model.promotion import Promotion
from reconciler.model.request import TransitionRequest, UpdateRequest
from reconciler.model.subscription import Listing, Live
from reconciler.model.transition import Transition, TransitionOption
from reconciler.model.upgrade import UpgradeOption, UpgradeResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The ids a write travels under: the idempotency key, and what the audit log will show."""

    request_id: str
    correlation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A customer as the reseller's customer list shows it."""

    tenant: str
    display_name: str
    domain: str = ""


LOOKED_WITHIN = 2.0
"""Seconds. A write that could not leave so soon after the last look is looked at again before it leaves."""


class Look(Protocol):
    """The last look at what a write changes."""

    @property
    def age(self) -> float:
        """Returns how many seconds ago that was."""
        ...

    def __call__(self) -> None:
        """Looks again. Raises Overtaken where it is not as it was, and another ServiceError, NoAnswer and
        ServiceRefused apart, where that can't be told.
        """
        ...


class Commerce(Protocol):
    """Partner Center's subscriptions.

    Every call may raise the `ServiceError`s of `reconciler.model.errors`. Reads are retried by the implementation as
    far as that is safe. A write is sent once; it is sent again, under the same ticket, only where the service
    definitely did not act on it (a refused connection, a 429), and after another `look`. It has its turn and its
    connection first; then, where the last look is older than `LOOKED_WITHIN`, it is looked at again; then it leaves.
    """

    @property
    def token_kind(self) -> str:
        """`app`, `app+user` or `unknown`: eligibility depends on it."""
        ...

    def now(self) -> datetime:
        """The service's time: its latest `Date`, carried on by a clock that counts a suspension of the machine. UTC.

        Where `clocks.apart`, the last time that both clocks agreed on, carried on; without one, the earlier of the two.
        """
        ...

    @property
    def clocks(self) -> Clocks:
        """Returns the time by this machine's clock and by the service's. Nothing may be started or given up while they
        are `apart`, and nothing that protects a change ends before its `earliest`.
        """
        ...

    def subscriptions(self, tenant: str) -> Listing:
        """Every subscription of a customer, whatever its status, without bodies.

        An item that can't be understood is listed as that. A list that is incomplete is a ServiceError.
        """
        ...

    def subscription(self, tenant: str, subscription_id: str) -> Live:
        """One subscription, with its body."""
        ...

    def upgrades(self, tenant: str, subscription_id: str) -> tuple[UpgradeOption, ...]:
        """Returns what the service offers for a source subscription; empty where there is no path."""
        ...

    def upgrade(
        self,
        tenant: str,
        subscription_id: str,
        option: UpgradeOption,
        quantity: int,
        ticket: Ticket,
        look: Look | None = None,
    ) -> UpgradeResult:
        """Buys the option's target for the source subscription. Raises NoAnswer where it may have been performed."""
        ...

    def update(
        self, tenant: str, seen: Live, request: UpdateRequest, ticket: Ticket, look: Look | None = None
    ) -> Live | None:
        """Sends `seen` (which must have its body) back with only the members changed that the request is about.

        The subscription as answered, or None where the service accepted and is still at work. Raises NoAnswer where
        it may have been performed.
        """
        ...

    def transition_options(self, tenant: str, subscription_id: str) -> tuple[TransitionOption, ...]:
        """Returns what a new-commerce subscription may become now, and why not; empty where there is no path."""
        ...

    def transition(
        self, tenant: str, subscription_id: str, request: TransitionRequest, ticket: Ticket, look: Look | None = None
    ) -> Transition:
        """Begins a transition; what is answered is seldom its end. A failed conversion in the answer means that nothing
        was done. Raises NoAnswer where it may have been performed.
        """
        ...

    def transitions(self, tenant: str, subscription_id: str) -> tuple[Transition, ...]:
        """The transitions that began at a subscription. One that can't be understood has no members."""
        ...

    def availabilities(self, tenant: str, offer_id: str) -> tuple[Availability, ...]:
        """Returns what a customer can buy of an offer (product:sku) now; empty where it is not sold any more."""
        ...

    def sku(self, offer_id: str, market: str, segment: str | None) -> Sku | None:
        """An item of the catalogue (product:sku) as it is sold in a market (ISO country) and segment; None where the
        market has no such item.
        """
        ...

    def create_cart(self, tenant: str, request: OrderRequest, ticket: Ticket) -> Cart:
        """Creates a cart with the one line of the request. It spends nothing: a cart whose answer is lost is harmless.

        A line that can't be bought is answered as its errors. Raises NoAnswer where the cart may have been created.
        """
        ...

    def cart(self, tenant: str, cart_id: str) -> Cart | None:
        """A cart as it is now; None where the service has none of this id any more."""
        ...

    def check_out(self, tenant: str, cart_id: str, ticket: Ticket, look: Look | None = None) -> CheckedOut:
        """Buys what is in the cart; for a cart that is ordered already, returns the result of that (cart-resources,
        "Checkout"). Raises NoAnswer where it may have been bought: 429, 800060, 800064 and 800065 among them.
        """
        ...

    def purchase(self, tenant: str, cart_id: str, ticket: Ticket) -> CheckedOut | None:
        """Returns the orders of a cart that is ordered already, as its checkout gave them. Buys nothing.

        None for a cart of any other status, and where the service does not give the orders now.
        """
        ...

    def orders(self, tenant: str) -> tuple[Order, ...]:
        """Every order of a customer, of whatever status. A new one shows up to fifteen minutes late."""
        ...

    def order(self, tenant: str, order_id: str) -> Order:
        """One order, by its id."""
        ...

    def agreement(self, tenant: str) -> Agreement:
        """Returns whether the customer has accepted the agreement that a purchase needs. Never confirms one."""
        ...

    def promotion(self, promotion_id: str, country: str) -> Promotion:
        """A promotion as it is in a country, also one that has ended."""
        ...

    def relationship(self, tenant: str) -> Relationship:
        """Returns how a customer stands to the reseller."""
        ...

    def relationship_link(self) -> str:
        """The link by which any customer accepts the reseller; one per partner, reusable."""
        ...

    @property
    def audit_missing(self) -> str:
        """Returns why `audit` has nothing to say in this cloud; empty where it has."""
        ...

    def audit(self, tenant: str | None, since: datetime) -> tuple[AuditRecord, ...]:
        """Returns what the service's log says was done to a customer since then, in the log's order; never further back
        than `AUDIT_KEPT`, and nothing where the cloud keeps no log (`audit_missing`). With None it is the log of all
        customers, and records without a customer or a time are left in.

        The log lags: that it says nothing of a request proves nothing.
        """
        ...

    def accounts(self) -> Iterator[Account]:
        """All customers of the reseller."""
        ...

    def offers(self, country: str) -> tuple[CatalogueOffer, ...]:
        """The catalogue of a country (ISO 3166 alpha-2)."""
        ...
