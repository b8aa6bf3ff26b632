"""Evidence of an order: orders, carts and subscriptions (order-resources, "Order status")."""

from collections.abc import Iterable
from datetime import timedelta

from reconciler.advice import sentence
from reconciler.changes import traces
from reconciler.changes.sending import Accepted, Answer, Performed, Refused, Unclear
from reconciler.changes.view import Sight, View
from reconciler.model.evidence import Evidence, Verdict
from reconciler.model.order import CartStatus, CheckedOut, Fate, Order, OrderLine
from reconciler.model.order_request import OrderRequest
from reconciler.model.pending import Pending
from reconciler.model.subscription import Listing, Live
from reconciler.model.upgrade import UpgradeError

_APART = timedelta(minutes=1)
"""By how much two clocks of the service may differ."""


def answer_of(checked_out: CheckedOut, listing: Listing | None = None) -> Answer | Unclear:
    """Returns what the result of a checkout means: a cart of one line becomes one order, or none.

    An order that is not finished yet names its subscription in vain, until the customer's list shows that.
    """
    standing = [order for order in checked_out.orders if order.fate is not Fate.OVER]
    if len(standing) > 1:
        return Unclear()
    if standing:
        return _standing(standing[0], listing or Listing())
    errors = (*checked_out.errors, *map(_over, checked_out.orders))
    operation = checked_out.orders[0].id if checked_out.orders else None
    return Refused(errors=errors, final=True, operation=operation) if errors else Unclear()


def _standing(order: Order, listing: Listing) -> Answer:
    if order.fate is Fate.HELD:
        return Accepted(operation=order.id, held=order.status)
    made = [line.subscription_id for line in order.lines if line.subscription_id]
    if len(made) == 1 and not (order.at_work and listing.find(made[0]) is None):
        return Performed(subscription_id=made[0], operation=order.id)
    strange = (order.status or "none") if order.fate is Fate.UNKNOWN else ""
    return Accepted(operation=order.id, strange=strange)


def _over(order: Order) -> UpgradeError:
    return UpgradeError(code="order_over", description=sentence("order_over", order=order.id, status=order.status))


def made_by(pending: Pending, view: View) -> tuple[Order, ...]:
    """Orders of the same offer and seats that were not there before; those alone that have the name that was asked for,
    where one has.
    """
    begun = pending.started_at - _APART

    def fits(order: Order) -> bool:
        lines = [(line.offer_id, line.quantity) for line in order.lines]
        late = order.created_at is None or order.created_at >= begun
        return late and (pending.offer.id, pending.quantity) in lines

    new = tuple(order for order in view.orders or () if order.id not in pending.known_order_ids and fits(order))
    return tuple(order for order in new if any(_called(pending, line) for line in order.lines)) or new


def tell(pending: Pending, sight: Sight) -> Evidence:
    """Evidence of an order whose cart may have been checked out.

    The order itself tells, where the service names it. Else the only new order or subscription that fits does, unless
    its cart is still open: then it is nobody's, or not yet to be told. UNCHANGED where the cart is open, and nothing
    new is there.
    """
    view, orders = sight.view, made_by(pending, sight.view)
    open_cart = view.cart is not None and view.cart.status is CartStatus.ACTIVE
    purchase = view.purchase or (CheckedOut(orders=orders) if len(orders) == 1 and not open_cart else None)
    operation: str | None = None
    match answer_of(purchase, view.listing) if purchase else Unclear():
        case Performed() as done if live := view.find(done.subscription_id):
            return Evidence(verdict=Verdict.DONE, subscription=live, operation=done.operation)
        case Refused() as refused:
            return Evidence(verdict=Verdict.REFUSED, errors=refused.errors, operation=refused.operation)
        case Accepted() as taken if taken.held:
            return Evidence(verdict=Verdict.HELD, held=taken.held, operation=taken.operation)
        case Performed(operation=named) | Accepted(operation=named):
            operation = named
    hidden = traces.hiding(pending, sight)
    if not hidden and (live := _only(pending, sight, orders)) and not open_cart:
        return Evidence(verdict=Verdict.DONE, subscription=live, operation=operation)
    silent = view.orders is not None and not orders and not hidden and not traces.new_subscriptions(pending, sight)
    return Evidence(verdict=Verdict.UNCHANGED if open_cart and silent else Verdict.UNCLEAR, operation=operation)


def _only(pending: Pending, sight: Sight, orders: Iterable[Order]) -> Live | None:
    """The only new subscription that the order can have made; one that has the name that was asked for comes first."""
    ordered = [line.subscription_id for order in orders for line in order.lines]
    if len(ordered) > 1 or any(traces.competes(pending, rival) for rival in sight.rivals):
        return None
    fitting = [live for live in traces.bought(pending, sight) if ordered in ([], [None], [live.id])]
    named = [live for live in fitting if live.id in sight.named_ids or _called(pending, live)]
    ours = named or fitting
    return ours[0] if len(ours) == 1 else None


def _called(pending: Pending, made: Live | OrderLine) -> bool:
    request = pending.request
    wanted = request.friendly_name if isinstance(request, OrderRequest) else ""
    return bool(wanted) and made.friendly_name == wanted
