"""A customer's orders, with one line for everything that was bought, changed, renewed or given back."""

from typing import Any

from reconciler.sandbox.calendar import precise
from reconciler.sandbox.ledger import Entry, Kind
from reconciler.sandbox.messages import Answer, Request, collection
from reconciler.sandbox.routes import Route
from reconciler.sandbox.sold import Sold
from reconciler.sandbox.tenants import Tenant

_TYPES: dict[Kind, str] = {
    "transition": "convert",
    "conversion": "convert",
    "term": "convert",
    "renewal": "renew",
    "extension": "renew",
    "end": "cancel",
}


def list_all(request: Request, customer: str) -> Answer:
    """GET …/orders: of new commerce; the first line of an order is the purchase, the others are of the ledger."""
    tenant = request.customer(customer)
    found = [sold for sold in tenant.subscriptions if sold.new_commerce]
    return Answer(document=collection([_order(request, tenant, sold) for sold in found]))


def _order(request: Request, tenant: Tenant, sold: Sold) -> dict[str, Any]:
    entries = [entry for entry in request.world.ledger if sold.id in {entry.source, entry.target}]
    changes = [(entry, kind) for entry in entries if (kind := _type(entry))]
    first = next((entry.before for entry, _ in changes), sold.quantity)
    lines = [_line(0, sold.id, sold.offer, first, "new")]
    lines += [
        _line(number, sold.id, entry.offer, abs(entry.quantity - entry.before) or entry.quantity, kind)
        for number, (entry, kind) in enumerate(changes, 1)
    ]
    return {
        "id": sold.order.replace("-", "")[:12],
        "referenceCustomerId": tenant.tenant,
        "billingCycle": sold.billing_cycle,
        "currencyCode": "USD",
        "lineItems": lines,
        "creationDate": precise(sold.created),
        "status": "completed",
        "attributes": {"objectType": "Order"},
    }


def _type(entry: Entry) -> str:
    if entry.kind == "resize":
        return "addQuantity" if entry.quantity > entry.before else "removeQuantity"
    if entry.kind == "status":
        return "cancel" if entry.status == "deleted" else ""
    return _TYPES.get(entry.kind, "")


def _line(number: int, subscription: str, offer: str, quantity: int, kind: str) -> dict[str, Any]:
    return {
        "lineItemNumber": number,
        "offerId": offer,
        "subscriptionId": subscription,
        "quantity": quantity,
        "transactionType": kind,
    }


ROUTES = (Route("GET", "/customers/{customer}/orders", list_all),)
