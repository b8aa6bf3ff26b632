"""A customer's orders: what was bought, with one more line for everything changed, renewed or given back.

Orders that a checkout made are remembered (purchases.py). Those of other subscriptions follow from the subscriptions.
"""

from typing import Any

from reconciler.sandbox import items
from reconciler.sandbox.calendar import precise
from reconciler.sandbox.catalogue import link
from reconciler.sandbox.endpoints.subscriptions import etag, order_id, wire_id
from reconciler.sandbox.ledger import Entry, Kind
from reconciler.sandbox.messages import Answer, Refused, Request, collection
from reconciler.sandbox.prices import currency_of
from reconciler.sandbox.purchases import Order, OrderLine
from reconciler.sandbox.routes import Route
from reconciler.sandbox.sold import LICENSED, Sold
from reconciler.sandbox.tenants import Tenant

_TYPES: dict[Kind, str] = {
    "transition": "convert",
    "conversion": "convert",
    "term": "convert",
    "renewal": "renew",
    "extension": "renew",
    "end": "cancel",
}
_LINE_STATUSES = {"completed": "Fulfilled", "pending": "PrefulfillmentPending"}


def list_all(request: Request, customer: str) -> Answer:
    """GET …/orders: of every kind, old and new; a new one shows late where the behaviour says so."""
    tenant = request.customer(customer)
    made = [order for order in request.world.orders.values() if order.customer == tenant.tenant]
    known = {order.id for order in made}
    older: dict[str, list[Sold]] = {}
    for sold in tenant.subscriptions:
        if sold.order not in known and sold.shown(request.now):
            older.setdefault(order_id(sold), []).append(sold)
    found = [_of_subscriptions(request, tenant, together) for together in older.values()]
    found += [document(request, tenant, order) for order in made if order.listed <= request.now]
    return Answer(document=collection(found))


def get(request: Request, customer: str, order: str) -> Answer:
    """GET …/orders/{order}: at once, also while the list does not show it yet."""
    tenant = request.customer(customer)
    return Answer(document=_find(request, tenant, order))


def provisioning_status(request: Request, customer: str, order: str) -> Answer:
    """GET …/orders/{order}/provisioningstatus: a line for each of the order; only for a signed-in user."""
    request.require_user()
    tenant = request.customer(customer)
    found = _find(request, tenant, order)
    status = _LINE_STATUSES.get(found["status"], "Unfulfilled")
    lines = [
        {
            "orderLineItemId": line["lineItemNumber"],
            "lineItemNumber": line["lineItemNumber"],
            "status": status,
            "quantityProvisioningInformation": [{"quantity": line["quantity"], "status": status}],
        }
        for line in found["lineItems"]
    ]
    return Answer(document=collection(lines))


def document(request: Request, tenant: Tenant, order: Order) -> dict[str, Any]:
    """An order that a checkout made, as the service writes it now."""
    lines = [_bought(request, tenant, order, number, line) for number, line in enumerate(order.lines)]
    for line in order.lines:
        if sold := tenant.find(line.subscription):
            lines += _changes(request, sold, len(lines))
    prices = [line.pricing["extendedPrice"] for line in order.lines if line.pricing]
    total = {"totalPrice": round(sum(prices), 2)} if len(prices) == len(order.lines) else {}
    found = _order(tenant, order.id, order.lines[0].cycle, lines, precise(order.created), order.status_at(request.now))
    symbol = currency_of(tenant.country)["symbol"]
    return {**found, "alternateId": order.id, "currencySymbol": symbol, "transactionType": "UserPurchase", **total}


def _find(request: Request, tenant: Tenant, wanted: str) -> dict[str, Any]:
    order = request.world.orders.get(wanted.lower())
    if order is not None and order.customer == tenant.tenant:
        return document(request, tenant, order)
    cased = [sold for sold in tenant.subscriptions if order_id(sold) == wanted]
    guids = [
        sold
        for sold in tenant.subscriptions
        if order_id(sold).lower() == wanted.lower() and sold.product_type == LICENSED
    ]
    if together := cased or guids:
        return _of_subscriptions(request, tenant, together)
    raise Refused(404, "20000", f"The order {wanted} was not found.")


def _of_subscriptions(request: Request, tenant: Tenant, together: list[Sold]) -> dict[str, Any]:
    """The order of subscriptions that no checkout made: a base, and its add-ons after it."""
    sold = together[0]
    lines = [_line(request, number, entry) for number, entry in enumerate(together)]
    for entry in together:
        lines += _changes(request, entry, len(lines))
    found = _order(tenant, order_id(sold), sold.billing_cycle, lines, precise(sold.created), "completed")
    if not sold.new_commerce:
        found["attributes"] = {"etag": etag(sold), "objectType": "Order"}
    return found


def _line(request: Request, number: int, sold: Sold) -> dict[str, Any]:
    line = {
        "lineItemNumber": number,
        "offerId": sold.offer,
        "subscriptionId": wire_id(sold),
        "termDuration": sold.term if sold.new_commerce else None,
        "transactionType": "new",
        "friendlyName": sold.name or None,
        "quantity": next((entry.before for entry, _ in _changing(request, sold)), sold.quantity),
    }
    return {key: value for key, value in line.items() if value is not None}


def _order(
    tenant: Tenant, found_id: str, cycle: str, lines: list[dict[str, Any]], created: str, status: str
) -> dict[str, Any]:
    at = f"/customers/{tenant.tenant}/orders/{found_id}"
    return {
        "id": found_id,
        "referenceCustomerId": tenant.tenant,
        "billingCycle": cycle,
        "currencyCode": currency_of(tenant.country)["code"],
        "lineItems": lines,
        "creationDate": created,
        "status": status,
        "links": {"self": link(at), "provisioningStatus": link(f"{at}/provisioningstatus")},
        "attributes": {"objectType": "Order"},
    }


def _bought(request: Request, tenant: Tenant, order: Order, number: int, line: OrderLine) -> dict[str, Any]:
    product, sku, availability = line.item.split(":")
    at = f"?country={tenant.country}"
    item = items.item(line.item)
    named = order.named is not None and order.named <= request.now
    found = {
        "lineItemNumber": number,
        "offerId": line.item,
        "subscriptionId": line.subscription if named else None,
        "termDuration": line.term,
        "transactionType": "New",
        "friendlyName": line.name or (item.name if item else line.item),
        "quantity": line.quantity,
        "partnerIdOnRecord": line.partner or None,
        "promotionId": line.promotion or None,
        "pricing": line.pricing,
        "links": {
            "product": link(f"/products/{product}{at}"),
            "sku": link(f"/products/{product}/skus/{sku}{at}"),
            "availability": link(f"/products/{product}/skus/{sku}/availabilities/{availability}{at}"),
        },
    }
    return {key: value for key, value in found.items() if value is not None}


def _changing(request: Request, sold: Sold) -> list[tuple[Entry, str]]:
    entries = [entry for entry in request.world.ledger if sold.id in {entry.source, entry.target}]
    return [(entry, kind) for entry in entries if (kind := _type(entry))]


def _changes(request: Request, sold: Sold, first: int) -> list[dict[str, Any]]:
    return [
        {
            "lineItemNumber": number,
            "offerId": entry.offer,
            "subscriptionId": sold.id,
            "quantity": abs(entry.quantity - entry.before) or entry.quantity,
            "transactionType": kind,
        }
        for number, (entry, kind) in enumerate(_changing(request, sold), first)
    ]


def _type(entry: Entry) -> str:
    if entry.kind == "resize":
        return "addQuantity" if entry.quantity > entry.before else "removeQuantity"
    if entry.kind == "status":
        return "cancel" if entry.status == "deleted" else ""
    return _TYPES.get(entry.kind, "")


_ORDERS = "/customers/{customer}/orders"
ROUTES = (
    Route("GET", _ORDERS, list_all),
    Route("GET", f"{_ORDERS}/{{order}}", get),
    Route("GET", f"{_ORDERS}/{{order}}/provisioningstatus", provisioning_status),
)
