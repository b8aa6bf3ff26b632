"""The reads about a change: which there are, what they found, and what tells of a change without an answer."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from reconciler.model.order import Cart, CheckedOut, Order, to_be_bought
from reconciler.model.pending import Pending
from reconciler.model.subscription import Listing, Live
from reconciler.model.transition import Transition, TransitionOption
from reconciler.model.upgrade import UpgradeOption


class Read(StrEnum):
    """A read about a change. A kind names what it needs, in the order in which it must be read.

    CART is the cart of a pending order, ORDER the order that the service named, PURCHASE the result of a cart that is
    ordered already, which the service gives again for as often as it is asked.
    """

    UPGRADES = "upgrades"
    TRANSITION_OPTIONS = "transition_options"
    TRANSITIONS = "transitions"
    LISTING = "listing"
    SUBSCRIPTION = "subscription"
    ORDERS = "orders"
    CART = "cart"
    ORDER = "order"
    PURCHASE = "purchase"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The reads of one moment; None is what was not asked for. `purchase` is what came of a cart or an order."""

    listing: Listing | None = None
    subscription: Live | None = None
    upgrades: tuple[UpgradeOption, ...] | None = None
    transition_options: tuple[TransitionOption, ...] | None = None
    transitions: tuple[Transition, ...] | None = None
    orders: tuple[Order, ...] | None = None
    cart: Cart | None = None
    purchase: CheckedOut | None = None

    def find(self, subscription_id: str) -> Live | None:
        """The subscription of this id, by itself or in the list; a null object where it is still to be bought."""
        if self.subscription and self.subscription.id == subscription_id:
            return self.subscription
        listed = self.listing.find(subscription_id) if self.listing else None
        return listed or to_be_bought(subscription_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """All that tells what became of a pending change.

    `claimed_ids` are all that any address of the customer has or had, `rivals` everything of the customer that is
    pending or in doubt, `named_ids` the subscriptions that the audit log says the change made.
    """

    view: View
    claimed_ids: frozenset[str]
    rivals: tuple[Pending, ...] = ()
    named_ids: Collection[str] = ()

    @property
    def listing(self) -> Listing:
        """The customer's subscriptions."""
        return self.view.listing or Listing()
