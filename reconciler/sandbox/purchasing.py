"""Purchases: what a checkout makes of a cart, and what is bought when an order goes through."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from reconciler.sandbox import cart_rules, items
from reconciler.sandbox.faults import FaultKind
from reconciler.sandbox.ledger import purchase_of
from reconciler.sandbox.messages import Refused, Request
from reconciler.sandbox.purchases import Cart, CartLine, Order, OrderLine
from reconciler.sandbox.sold import LICENSED, Sold
from reconciler.sandbox.tenants import Tenant, derived_id
from reconciler.sandbox.world import World

_ORDER_ID = 12
_NEVER_DOCUMENTED = "in_vetting"
_FAILED = "The order could not be processed."


def buy(request: Request, tenant: Tenant, cart: Cart) -> list[dict[str, Any]]:
    """Makes an order of each group of the cart's lines, and buys what goes through. Returns why groups made none.

    Raises Refused for a cart that can't be checked out, of which nothing is bought.
    """
    _check(request, tenant, cart)
    groups: dict[str, list[CartLine]] = {}
    for line in cart.lines:
        groups.setdefault(line.group, []).append(line)
    failed = list(groups) if request.habit(FaultKind.CHECKOUT_FAILS) else []
    if request.habit(FaultKind.CHECKOUT_FAILS_IN_PART):
        failed = [list(groups)[-1]]
    for group, lines in groups.items():
        if group not in failed:
            _order(request, tenant, cart, group, lines)
    request.world.put(cart)
    return [{"orderGroupId": group, "code": 800003, "description": _FAILED} for group in failed]


def go_through(world: World, tenant: Tenant, order: Order, now: datetime, fate: "Fate", actor: str = "") -> None:
    """Buys the lines of an order that have not failed: a subscription and a ledger's entry for each."""
    for line in order.lines:
        if line.failed:
            continue
        sold = _sold(order, line, now, fate)
        tenant.put(sold)
        world.ledger.append(purchase_of(tenant, sold, now, order.request_id, order.id, order.cart, actor))
        world.touch(tenant, sold)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fate:
    """The times at which what an order buys is provisioned and shown."""

    provisioned: datetime | None = None
    visible: datetime | None = None
    hidden_reads: int = 0
    named: bool = True


def _check(request: Request, tenant: Tenant, cart: Cart) -> None:
    if tenant.agreement == "none":
        raise Refused(403, "13605", "The customer has not accepted the Microsoft Customer Agreement.")
    if request.behaviour.attestation_required and not cart.attested:
        raise Refused(400, "900206", "The attestation of the partner on record is missing.")
    for line in cart.lines:
        found = items.item(line.item)
        if found is not None and line.error is None and line.item != found.current(request.period):
            raise Refused(404, "400019", f"The availability {line.item} was not found.")
    cart_rules.judge(request, tenant, cart.lines)
    wrong = [line.error["errorDescription"] for line in cart.lines if line.error]
    if wrong:
        raise Refused(400, "800009", "The cart has lines with errors.", *wrong)


def _order(request: Request, tenant: Tenant, cart: Cart, group: str, lines: list[CartLine]) -> None:
    order_id = derived_id("order", cart.id, group).replace("-", "")[:_ORDER_ID]
    provisioned = _later(request, FaultKind.SLOW_PROVISIONING, request.behaviour.provisioned_after)
    order = Order(
        id=order_id,
        customer=tenant.tenant,
        cart=cart.id,
        created=request.now,
        lines=[_line(order_id, number, line) for number, line in enumerate(lines)],
        settled=provisioned,
        listed=_later(request, FaultKind.SLOW_ORDERS, request.behaviour.orders_listed_after),
        named={"at_once": request.now, "provisioned": provisioned}.get(request.behaviour.subscription_named),
        request_id=request.request_id,
    )
    _strike(request, order)
    cart.orders = [*cart.orders, order.id]
    request.world.put(order)
    if not order.held:
        visible = _later(request, FaultKind.SLOW_VISIBILITY, request.behaviour.visible_after)
        fate = Fate(
            provisioned=provisioned,
            visible=visible,
            hidden_reads=request.behaviour.visible_after_reads,
            named=request.behaviour.friendly_name_kept,
        )
        go_through(request.world, tenant, order, request.now, fate)


def _strike(request: Request, order: Order) -> None:
    """Lets go wrong with an order what is to go wrong."""
    if request.habit(FaultKind.ORDER_HELD):
        order.status, order.settled, order.held, order.named = "pending_po_upload", request.now, True, None
    if request.habit(FaultKind.ORDER_FAILS):
        order.status, order.settled, order.named = "error", request.now, None
        _fail(order, len(order.lines))
    if fault := request.habit(FaultKind.ORDER_FAILS_LATER):
        order.status, order.settled = "error", request.now + timedelta(seconds=fault.seconds)
        _fail(order, len(order.lines))
    if request.habit(FaultKind.ORDER_FAILS_IN_PART):
        order.status, order.settled = "partial_success", request.now
        _fail(order, 1)
    if fault := request.habit(FaultKind.ORDER_STATUS_UNKNOWN):
        order.meanwhile, order.settled = _NEVER_DOCUMENTED, request.now + timedelta(seconds=fault.seconds)


def _fail(order: Order, lines: int) -> None:
    """Lets the last lines fail."""
    for line in order.lines[-lines:]:
        line.failed = True


def _later(request: Request, habit: FaultKind, usual: float) -> datetime:
    slow = request.habit(habit)
    return request.now + timedelta(seconds=slow.seconds if slow else usual)


def _line(order_id: str, number: int, line: CartLine) -> OrderLine:
    partners = [entry["value"] for entry in line.participants if entry.get("key") == "transaction_reseller"]
    return OrderLine(
        item=line.item,
        quantity=line.quantity,
        term=line.term,
        cycle=line.cycle,
        subscription=derived_id("ordered", order_id, number),
        name=line.name,
        partner=partners[0] if partners else "",
        promotion=line.promotion,
        pricing=line.pricing,
    )


def _sold(order: Order, line: OrderLine, now: datetime, fate: Fate) -> Sold:
    item = items.item(line.item)
    return Sold(
        id=line.subscription,
        order=order.id,
        offer=line.item,
        quantity=line.quantity,
        name=line.name if fate.named else "",
        term=line.term,
        billing_cycle=line.cycle,
        partner_id=line.partner or None,
        promotion=line.promotion,
        platform="" if item is None or item.platform == LICENSED else item.platform,
        trial=bool(item and item.trial),
        created=now,
        provisioned_from=fate.provisioned,
        visible_from=fate.visible,
        hidden_reads=fate.hidden_reads,
    )
