"""Changing a subscription: the service takes back the whole document, and what is missing from it counts as cleared."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from reconciler.sandbox import catalogue
from reconciler.sandbox.endpoints import audit, modern_changes
from reconciler.sandbox.endpoints.subscriptions import document, etag, locate, wire_id
from reconciler.sandbox.faults import FaultKind
from reconciler.sandbox.ledger import Entry
from reconciler.sandbox.messages import Answer, Refused, Request
from reconciler.sandbox.routes import SUBSCRIPTION, Route
from reconciler.sandbox.sold import Sold, Upcoming
from reconciler.sandbox.spelling import STATUSES
from reconciler.sandbox.tenants import Tenant

_OPERATION = "update_subscription"
"""Name of a change in the audit log."""

_MOVES = {"active": {"suspended", "deleted"}, "suspended": {"active", "deleted"}}
_FIXED = ("offerid", "orderid", "parentsubscriptionid", "unittype", "billingtype", "istrial", "contracttype")


def patch(request: Request, customer: str, subscription: str) -> Answer:
    """PATCH …/subscriptions/{subscription}: quantity, status, friendly name, auto-renewal; 200 with the new document.

    202 with its Location while the habit PATCH_202 is armed. Raises Refused for everything the service refuses.
    """
    tenant, sold = locate(request, customer, subscription)
    body = request.document()
    if sold.new_commerce:
        return modern_changes.patch(request, tenant, sold, body)
    for check in _CHECKS:
        check(request, tenant, sold, body)
    slow = request.habit(FaultKind.PATCH_202) if _quantity(sold, body) != sold.quantity else None
    _perform(request, tenant, sold, body, delay=slow.seconds if slow else None)
    if slow is None:
        return Answer(document=document(request, tenant, sold))
    return Answer(status=202, headers={"Location": f"/customers/{tenant.tenant}/subscriptions/{wire_id(sold)}"})


def _perform(request: Request, tenant: Tenant, sold: Sold, body: dict[str, Any], delay: float | None) -> None:
    now, old, quantity = request.now, replace(sold), _quantity(sold, body)
    sold.name = body.get("friendlyname") or sold.name
    sold.status = _status(sold, body)
    sold.auto_renew = body.get("autorenewenabled") is True
    sold.extra = {key: value for key, value in sold.extra.items() if key.lower() in body}
    if delay is None:
        sold.quantity = quantity
    else:
        sold.upcoming = Upcoming(due=now + timedelta(seconds=delay), quantity=quantity)
    sold.version += delay is None and document(request, tenant, sold) != document(request, tenant, old)
    if quantity != old.quantity:
        request.world.ledger.append(_entry(request, tenant, sold, old.quantity, quantity))
    audit.remember(request, tenant, _OPERATION, old, replace(sold, quantity=quantity))
    request.world.touch(tenant, sold, *_followed(tenant, old, sold))


def _followed(tenant: Tenant, before: Sold, sold: Sold) -> list[Sold]:
    """Suspends or deletes the add-ons of a subscription with it; returns them."""
    if sold.status in {before.status, "active"}:
        return []
    add_ons = [other for other in tenant.subscriptions if other.parent == sold.id and other.status == before.status]
    for add_on in add_ons:
        add_on.status, add_on.version = sold.status, add_on.version + 1
    return add_ons


def _entry(request: Request, tenant: Tenant, sold: Sold, before: int, quantity: int) -> Entry:
    return Entry(
        at=request.now,
        kind="resize",
        customer=tenant.tenant,
        source=sold.id,
        target=sold.id,
        offer=sold.offer,
        quantity=quantity,
        before=before,
        request_id=request.request_id,
    )


def _quantity(sold: Sold, body: dict[str, Any]) -> int:
    value = body.get("quantity", sold.quantity)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(400, "3000", "The property quantity must be a whole number.")
    return value


def _status(sold: Sold, body: dict[str, Any]) -> str:
    value = body.get("status") or sold.status
    if isinstance(value, int) and 0 <= value < len(STATUSES):
        return STATUSES[value]
    return str(value).lower()


def _well_formed(request: Request, tenant: Tenant, sold: Sold, body: dict[str, Any]) -> None:
    now = {key.lower(): value for key, value in document(request, tenant, sold).items()}
    if str(body.get("id", sold.id)).lower() != sold.id:
        raise Refused(400, "3000", "The property id is not the subscription's.")
    for key in _FIXED:
        if key in body and str(body[key] or "").lower() != str(now.get(key) or "").lower():
            raise Refused(400, "3000", f"The property {key} can't be changed.")
    if not isinstance(body.get("friendlyname") or "", str) or not isinstance(body.get("autorenewenabled", False), bool):
        raise Refused(400, "3000", "The property friendlyName must be text, autoRenewEnabled true or false.")
    if str(body.get("billingcycle", sold.billing_cycle)).lower() != sold.billing_cycle:
        raise Refused(400, "2054", "The billing cycle is changed on the order.")
    if body.get("schedulednextterminstructions") is not None:
        raise Refused(400, "3000", "The property scheduledNextTermInstructions is not valid.")


def _not_deleted(_request: Request, _tenant: Tenant, sold: Sold, _body: dict[str, Any]) -> None:
    if sold.status == "deleted":
        raise Refused(400, "2011", "A deleted subscription can't be updated.")


def _fresh(request: Request, _tenant: Tenant, sold: Sold, body: dict[str, Any]) -> None:
    attributes = body.get("attributes")
    sent = attributes.get("etag") if isinstance(attributes, dict) else None
    condition = request.headers.get("if-match")
    if sent != etag(sold) or condition not in {None, f'"{etag(sold)}"'}:
        raise Refused(400, "2055", "The etag is not the present one; read the subscription again.")


def _settled(request: Request, _tenant: Tenant, sold: Sold, _body: dict[str, Any]) -> None:
    if sold.upcoming is not None or not sold.provisioned(request.now):
        raise Refused(409, "800082", "The subscription is not ready to be changed; try again later.")


def _quantity_allowed(_request: Request, _tenant: Tenant, sold: Sold, body: dict[str, Any]) -> None:
    quantity = _quantity(sold, body)
    if quantity == sold.quantity:
        return
    if sold.status != "active":
        raise Refused(400, "2001", "The quantity of a subscription that is not active can't be changed.")
    offer = catalogue.offer(sold.offer)
    low, high = (offer.minimum, offer.maximum) if offer else (1, 10_000_000)
    if not low <= quantity <= high:
        raise Refused(400, "2002", f"The quantity must be between {low} and {high}.")


def _move_allowed(_request: Request, _tenant: Tenant, sold: Sold, body: dict[str, Any]) -> None:
    wanted = _status(sold, body)
    if wanted != sold.status and wanted not in _MOVES.get(sold.status, set()):
        raise Refused(400, "800040", f"A subscription can't go from {sold.status} to {wanted}.")


_CHECKS: tuple[Callable[[Request, Tenant, Sold, dict[str, Any]], None], ...] = (
    _well_formed,
    _not_deleted,
    _fresh,
    _settled,
    _quantity_allowed,
    _move_allowed,
)


ROUTES = (Route("PATCH", SUBSCRIPTION, patch),)
