"""Carts: made, read, changed, and checked out. A cart buys nothing; a line that can't be bought says so in a 201."""

from datetime import timedelta
from typing import Any

from reconciler.sandbox import cart_rules, purchasing
from reconciler.sandbox.behaviour import Cloud
from reconciler.sandbox.calendar import precise
from reconciler.sandbox.catalogue import link
from reconciler.sandbox.endpoints import orders
from reconciler.sandbox.endpoints.audit import remember_order
from reconciler.sandbox.messages import NO_RESOURCE, Answer, Refused, Request, invalid
from reconciler.sandbox.purchases import Cart, CartLine
from reconciler.sandbox.routes import Route
from reconciler.sandbox.tenants import Tenant, derived_id

_CARTS = "/customers/{customer}/carts"


def create(request: Request, customer: str) -> Answer:
    """POST …/carts: 201, whatever its lines are."""
    tenant = _customer(request, customer)
    cart = Cart(
        id=derived_id("cart", request.request_id, len(request.world.carts)),
        customer=tenant.tenant,
        created=request.now,
        changed=request.now,
        expires=request.now + timedelta(seconds=request.behaviour.cart_kept),
        user=request.caller.user or request.caller.application,
    )
    return _filled(request, tenant, cart)


def get(request: Request, customer: str, cart: str) -> Answer:
    """GET …/carts/{cart}."""
    _, found = locate(request, customer, cart)
    return Answer(document=_document(found))


def update(request: Request, customer: str, cart: str) -> Answer:
    """PUT …/carts/{cart}: 201 with the whole cart, unless it is ordered."""
    tenant, found = locate(request, customer, cart)
    if found.orders:
        raise Refused(400, "800065", "The cart has already been submitted.")
    return _filled(request, tenant, found)


def check_out(request: Request, customer: str, cart: str) -> Answer:
    """POST …/carts/{cart}/checkout: buys it once. The body may be empty or anything that is JSON."""
    tenant, found = locate(request, customer, cart)
    if found.orders and request.behaviour.checkout_repeated == "already_submitted":
        raise Refused(400, "800065", "The cart has already been submitted.")
    errors = [] if found.orders else _bought(request, tenant, found)
    made = [orders.document(request, tenant, request.world.orders[order_id]) for order_id in found.orders]
    failed = {"orderErrors": errors} if errors else {}
    result = {"orders": made, **failed, "attributes": {"objectType": "CartCheckoutResult"}}
    return Answer(status=201, document=result)


def _bought(request: Request, tenant: Tenant, cart: Cart) -> list[dict[str, Any]]:
    """Buys what is in a cart, and leaves a record of each order; returns the errors of those that were not made."""
    errors = purchasing.buy(request, tenant, cart)
    for order_id in cart.orders:
        remember_order(request, tenant, request.world.orders[order_id])
    return errors


def locate(request: Request, customer: str, cart: str) -> tuple[Tenant, Cart]:
    """A cart and its customer. Raises Refused: 404/800008 for one that is not there or has expired."""
    tenant = _customer(request, customer)
    found = request.world.carts.get(cart.lower())
    if found is None or found.customer != tenant.tenant or found.expires <= request.now:
        raise Refused(404, "800008", f"The cart {cart} was not found.")
    return tenant, found


def _customer(request: Request, customer: str) -> Tenant:
    if request.behaviour.cloud in {Cloud.CHINA, Cloud.US_GOVERNMENT}:
        raise NO_RESOURCE
    return request.customer(customer)


def _filled(request: Request, tenant: Tenant, cart: Cart) -> Answer:
    """Fills a cart with the lines of the body; the answer to that."""
    body = request.document()
    listed = body.get("lineitems")
    if not isinstance(listed, list) or not listed:
        raise invalid("The body needs lineItems.")
    cart.lines = [_line(line) for line in listed]
    cart.attested = body.get("partneronrecordattestationaccepted") is True
    cart.changed = request.now
    cart_rules.judge(request, tenant, cart.lines)
    request.world.put(cart)
    return Answer(status=201, document=_document(cart))


def _line(document: Any) -> CartLine:
    if not isinstance(document, dict) or not isinstance(document.get("catalogitemid"), str):
        raise invalid("A line needs its catalogItemId.")
    quantity = document.get("quantity")
    if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1:
        raise invalid("A line needs its quantity, as a whole number.")
    participants = document.get("participants") or []
    if not isinstance(participants, list) or not all(isinstance(entry, dict) for entry in participants):
        raise invalid("The participants are a list of keys and values.")
    return CartLine(
        item=document["catalogitemid"].upper(),
        quantity=quantity,
        term=str(document.get("termduration") or "").upper(),
        cycle=str(document.get("billingcycle") or "").lower(),
        name=str(document.get("friendlyname") or ""),
        participants=[{key: str(value) for key, value in entry.items()} for entry in participants],
        promotion=str(document.get("promotionid") or "").upper(),
    )


def _document(cart: Cart) -> dict[str, Any]:
    return {
        "id": cart.id,
        "creationTimestamp": precise(cart.created),
        "lastModifiedTimestamp": precise(cart.changed),
        "expirationTimestamp": precise(cart.expires),
        "lastModifiedUser": cart.user,
        "status": "Ordered" if cart.orders else "Active",
        "lineItems": [_line_document(number, line) for number, line in enumerate(cart.lines)],
        "links": {"self": link(f"/customers/{cart.customer}/carts/{cart.id}")},
        "attributes": {"objectType": "Cart"},
    }


def _line_document(number: int, line: CartLine) -> dict[str, Any]:
    found = {
        "id": number,
        "catalogItemId": line.item,
        "friendlyName": line.name or None,
        "quantity": line.quantity,
        "currencyCode": line.currency,
        "billingCycle": line.cycle,
        "termDuration": line.term,
        "participants": line.participants or None,
        "promotionId": line.promotion or None,
        "provisioningContext": {},
        "orderGroup": line.group,
        "error": line.error,
        "pricing": line.pricing,
    }
    return {key: value for key, value in found.items() if value is not None}


ROUTES = (
    Route("POST", _CARTS, create),
    Route("GET", f"{_CARTS}/{{cart}}", get),
    Route("PUT", f"{_CARTS}/{{cart}}", update),
    Route("POST", f"{_CARTS}/{{cart}}/checkout", check_out),
)
