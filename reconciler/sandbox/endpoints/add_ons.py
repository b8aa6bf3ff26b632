"""Add-ons of traditional subscriptions: bought by changing the order of the base, which gets one more line."""

from dataclasses import replace
from typing import Any

from reconciler.sandbox import catalogue
from reconciler.sandbox.endpoints import orders
from reconciler.sandbox.endpoints.audit import remember
from reconciler.sandbox.ledger import purchase_of
from reconciler.sandbox.messages import Answer, Refused, Request, invalid
from reconciler.sandbox.routes import Route
from reconciler.sandbox.sold import Sold
from reconciler.sandbox.tenants import Tenant, derived_id


def patch(request: Request, customer: str, order: str) -> Answer:
    """PATCH …/orders/{order}: buys one add-on for a subscription of the order. It never cancels licences."""
    tenant = request.customer(customer)
    if order.lower() in request.world.orders:
        raise Refused(400, "800063", "The order can't be cancelled; change its subscriptions.")
    bought = _bought(tenant, order, _line(request.document()))
    bought.created = request.now
    tenant.subscriptions.append(bought)
    request.world.ledger.append(purchase_of(tenant, bought, request.now, request.request_id, order.lower()))
    remember(request, tenant, "update_order", replace(bought), replace(bought))
    request.world.touch(tenant, bought)
    return orders.get(request, customer, order)


def _line(body: dict[str, Any]) -> dict[str, Any]:
    lines = body.get("lineitems")
    if not isinstance(lines, list) or len(lines) != 1 or not isinstance(lines[0], dict):
        raise invalid("The body needs lineItems with one line.")
    quantity = lines[0].get("quantity")
    if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1:
        raise invalid("A line needs its quantity, as a whole number.")
    found: dict[str, Any] = lines[0]
    return found


def _bought(tenant: Tenant, order: str, line: dict[str, Any]) -> Sold:
    """Returns the add-on of a line. Raises Refused for what can't be bought for the line's base."""
    bases = [sold for sold in tenant.subscriptions if not sold.new_commerce and sold.order == order.lower()]
    parent = tenant.find(str(line.get("parentsubscriptionid") or ""))
    offer = catalogue.offer(str(line.get("offerid") or "").upper())
    if not bases:
        raise Refused(404, "20000", f"The order {order} was not found.")
    if offer is None or not offer.add_on:
        raise Refused(400, "800004", "The offer is not a valid add-on.")
    if parent not in bases or parent.offer.upper() not in offer.prerequisites:
        raise Refused(400, "800029", "The add-on is not related to the specified parent subscription.")
    if parent.status != "active":
        raise Refused(409, "27009", "The parent subscription is not active.")
    return Sold(
        id=derived_id("add-on", parent.id, len(tenant.subscriptions)),
        offer=offer.id,
        quantity=line["quantity"],
        name=str(line.get("friendlyname") or ""),
        parent=parent.id,
        order=parent.order,
        billing_cycle=parent.billing_cycle,
    )


ROUTES = (Route("PATCH", "/customers/{customer}/orders/{order}", patch),)
