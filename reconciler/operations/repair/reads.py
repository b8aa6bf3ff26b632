"""Reads that a repair needs, and refusals of what can't be read: state, subscriptions, the service's time."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from reconciler import changes
from reconciler.advice import problem
from reconciler.applying.reading import read
from reconciler.changes import View
from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.clocks import Clocks
from reconciler.model.commerce import Commerce
from reconciler.model.customer import Customer
from reconciler.model.errors import ClocksDisagree, Forbidden, InvalidInput, NotFound, ServiceError, StateMissing
from reconciler.model.pending import Pending
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Listing
from reconciler.operations.untracked import untracked


def bound_of(state: CustomerState, address: Address) -> Bound:
    """Returns where the address is bound. Raises StateMissing where it is not."""
    bound = state.subscriptions.get(address.name)
    if bound is None:
        raise StateMissing(untracked(address, [state]))
    return bound


def customer_listing(commerce: Commerce, customer: Customer) -> Listing | None:
    """Returns the customer's subscriptions; None where the service says for certain that it shows us none of them.

    A page of a gateway says nothing of the customer.
    """
    try:
        return commerce.subscriptions(customer.tenant)
    except (Forbidden, NotFound) as refused:
        if not refused.own:
            raise
        return None


def view_of(commerce: Commerce, customer: Customer, pending: Pending, listing: Listing | None) -> View:
    """Reads what tells of a pending change, beside the customer's subscriptions; nothing where those can't be read."""
    if listing is None:
        return View()
    reads = changes.of(pending.request).traced_in(pending)
    return read(commerce, customer.tenant, pending.subscription_id, reads, listing=listing, pending=pending)


def refuse_unreadable(listing: Listing, wanted: str) -> None:
    """Refuses to bind an address to what nobody can compare with its manifest."""
    item = listing.unreadable_as(wanted)
    if item:
        raise InvalidInput(problem("subscription_not_comparable", wanted, sentence=item.sentence))


def clocks_of(connected: Callable[[], AbstractContextManager[Commerce]], customer: Customer) -> Clocks:
    """Reads both clocks: any answer tells the service's, also a refusal. Raises ClocksDisagree, and the ServiceError
    where there was no answer.
    """
    with connected() as commerce:
        try:
            commerce.subscriptions(customer.tenant)
        except ServiceError as error:
            if not error.answered:
                raise
        refuse_while_clocks_disagree(commerce)
        return commerce.clocks


def refuse_while_clocks_disagree(commerce: Commerce) -> None:
    """Refuses to end a protection by a time that may be wrong."""
    if apart := commerce.clocks.apart:
        raise ClocksDisagree(problem("clocks_disagree_before_repair", **apart.data))
