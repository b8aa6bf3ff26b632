"""Reads what a kind of change names, and nothing else."""

from collections.abc import Sequence
from dataclasses import replace

from reconciler.changes import Read, View
from reconciler.model.commerce import Commerce, Ticket
from reconciler.model.order import Cart, CartStatus, CheckedOut
from reconciler.model.pending import Pending
from reconciler.model.subscription import Listing


def read(
    commerce: Commerce,
    tenant: str,
    subscription_id: str,
    reads: Sequence[Read],
    listing: Listing | None = None,
    view: View | None = None,
    pending: Pending | None = None,
) -> View:
    """Reads in the order given, in addition to a `view` that there is. A `listing` that was just read is not read
    again. What of a `pending` order is not on record is not read. Raises ServiceError.
    """
    view = view or View()
    for wanted in reads:
        match wanted:
            case Read.UPGRADES:
                view = replace(view, upgrades=commerce.upgrades(tenant, subscription_id))
            case Read.TRANSITION_OPTIONS:
                view = replace(view, transition_options=commerce.transition_options(tenant, subscription_id))
            case Read.TRANSITIONS:
                view = replace(view, transitions=commerce.transitions(tenant, subscription_id))
            case Read.LISTING:
                view = replace(view, listing=listing or commerce.subscriptions(tenant))
            case Read.SUBSCRIPTION:
                view = replace(view, subscription=commerce.subscription(tenant, subscription_id))
            case Read.ORDERS:
                view = replace(view, orders=commerce.orders(tenant))
            case Read.CART | Read.ORDER | Read.PURCHASE if pending:
                view = _of_order(commerce, tenant, wanted, view, pending)
    return view


def _of_order(commerce: Commerce, tenant: str, wanted: Read, view: View, pending: Pending) -> View:
    if wanted is Read.CART and pending.cart_id is not None:
        gone = Cart(id=pending.cart_id, status=CartStatus.GONE)
        return replace(view, cart=commerce.cart(tenant, pending.cart_id) or gone)
    if wanted is Read.ORDER and pending.operation is not None:
        return replace(view, purchase=CheckedOut(orders=(commerce.order(tenant, pending.operation),)))
    if view.cart and view.cart.status is CartStatus.ORDERED:
        ticket = Ticket(request_id=pending.request_id, correlation_id=pending.correlation_id)
        return replace(view, purchase=commerce.purchase(tenant, view.cart.id, ticket))
    return view
