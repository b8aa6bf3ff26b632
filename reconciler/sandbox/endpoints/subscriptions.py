"""A customer's subscriptions: listed, read and changed."""

import base64
from datetime import datetime
from typing import Any

from reconciler.sandbox import catalogue, items, modern
from reconciler.sandbox.calendar import instant, midnight
from reconciler.sandbox.catalogue import link
from reconciler.sandbox.messages import Answer, Refused, Request, collection
from reconciler.sandbox.routes import SUBSCRIPTION, Route
from reconciler.sandbox.sold import Sold
from reconciler.sandbox.tenants import Tenant

_NEVER = "9999-12-14T00:00:00Z"


def list_all(request: Request, customer: str) -> Answer:
    """GET …/subscriptions: all of them, whatever their status, in one page."""
    tenant = request.customer(customer)
    found = [sold for sold in tenant.subscriptions if _read(request, tenant, sold)]
    if "order_id" in request.query:
        found = [sold for sold in found if order_id(sold).lower() == request.query["order_id"].lower()]
    if "mpn_id" in request.query:
        found = [sold for sold in found if sold.partner_id == request.query["mpn_id"]]
    shown = [document(request, tenant, sold) for sold in found]
    if not request.behaviour.schedules_in_lists:
        shown = [{key: value for key, value in entry.items() if key not in modern.SCHEDULES} for entry in shown]
    return Answer(document=collection(shown))


def get(request: Request, customer: str, subscription: str) -> Answer:
    """GET …/subscriptions/{subscription}."""
    tenant, sold = locate(request, customer, subscription)
    return Answer(document=document(request, tenant, sold))


def add_ons(request: Request, customer: str, subscription: str) -> Answer:
    """GET …/subscriptions/{subscription}/addons: the subscriptions that belong to it."""
    tenant, parent = locate(request, customer, subscription)
    found = [sold for sold in tenant.subscriptions if sold.parent == parent.id and sold.shown(request.now)]
    return Answer(document=collection([document(request, tenant, sold) for sold in found]))


def provisioning_status(request: Request, customer: str, subscription: str) -> Answer:
    """GET …/subscriptions/{subscription}/provisioningstatus; only for a signed-in user."""
    request.require_user()
    _, sold = locate(request, customer, subscription)
    offer = catalogue.offer(sold.offer)
    return Answer(
        document={
            "skuId": offer.product if offer else sold.offer,
            "status": "success" if sold.provisioned(request.now) else "pending",
            "quantity": sold.quantity,
            "endDate": instant(sold.commitment_end),
            "attributes": {"objectType": "SubscriptionProvisioningStatus"},
        }
    )


def locate(request: Request, customer: str, subscription: str) -> tuple[Tenant, Sold]:
    """A subscription and its customer. Raises Refused: 403/20002 for the customer, 404/20003 for the subscription."""
    tenant = request.customer(customer)
    sold = tenant.find(subscription)
    if sold is None or not _read(request, tenant, sold):
        raise Refused(404, "20003", "The subscription was not found.")
    return tenant, sold


def _read(request: Request, tenant: Tenant, sold: Sold) -> bool:
    shown = sold.shown(request.now)
    if sold.hidden_reads > 0:
        sold.hidden_reads -= 1
        request.world.touch(tenant, sold)
    return shown


def wire_id(sold: Sold) -> str:
    """An id as lists and documents show it: legacy ones upper case, those of new commerce lower."""
    return sold.id if sold.new_commerce else sold.id.upper()


def order_id(sold: Sold) -> str:
    """The id of the order that it was bought by: twelve digits for licences of new commerce, a GUID in upper case for
    legacy ones, and 32 characters in which case matters for everything else.
    """
    digits = sold.order.replace("-", "")
    if not sold.new_commerce:
        return sold.order.upper()
    if sold.licensed:
        return digits[:12]
    return base64.urlsafe_b64encode(bytes.fromhex(digits.ljust(48, "0"))[:24]).decode()


def etag(sold: Sold) -> str:
    """Base64 of the id (lower case) and the version."""
    return base64.b64encode(f'{{"id":"{sold.id}","version":{sold.version}}}'.encode()).decode()


def document(request: Request, tenant: Tenant, sold: Sold, at: datetime | None = None) -> dict[str, Any]:
    """A subscription as the service writes it, now or at another time. What has no value is absent."""
    now = at or request.now
    if sold.hidden_change and sold.hidden_change.due > now:
        sold = sold.hidden_change.was
    found = _common(tenant, sold) | (modern.members(request, sold, now) if sold.new_commerce else {})
    found["links"] = _links(tenant, sold)
    found["orderId"] = order_id(sold)
    found |= sold.extra
    found["attributes"] = ({} if sold.new_commerce else {"etag": etag(sold)}) | {"objectType": "Subscription"}
    return {key: value for key, value in found.items() if value is not None}


def _common(tenant: Tenant, sold: Sold) -> dict[str, Any]:
    offer = catalogue.offer(sold.offer)
    known = offer or items.item(sold.offer)
    name = sold.offer_name or (known.name if known else sold.offer)
    local = catalogue.title(offer, "zh-CN") if offer and tenant.china else name
    usage = offer is not None and offer.billing == "usage"
    return {
        "id": wire_id(sold),
        "offerId": sold.offer.upper(),
        "offerName": name,
        "friendlyName": sold.name or local,
        "quantity": sold.quantity,
        "unitType": offer.unit if offer else "Licenses",
        "parentSubscriptionId": sold.parent.upper() if sold.parent else None,
        "hasPurchasableAddons": bool(offer and offer.has_add_ons),
        "creationDate": instant(sold.created),
        "effectiveStartDate": instant(midnight(sold.created)),
        "commitmentEndDate": _NEVER if usage else instant(sold.commitment_end),
        "status": sold.status,
        "autoRenewEnabled": sold.auto_renew,
        "isTrial": bool(offer and offer.trial),
        "billingType": "usage" if usage else "license",
        "billingCycle": sold.billing_cycle,
        "actions": ["Cancel", "Edit"],
        "suspensionReasons": list(sold.suspension_reasons) or None,
        "partnerId": sold.partner_id,
        "contractType": "subscription",
        "isMicrosoftProduct": True,
    }


def _links(tenant: Tenant, sold: Sold) -> dict[str, Any]:
    base = f"/customers/{tenant.tenant}/subscriptions"
    links = {"self": link(f"{base}/{wire_id(sold)}")}
    if sold.parent:
        links["parentSubscription"] = link(f"{base}/{sold.parent.upper()}")
    if not sold.new_commerce:
        return {"offer": link(f"/offers/{sold.offer.upper()}?country={tenant.country}"), **links}
    product, sku, availability = sold.offer.upper().split(":")
    at = f"?country={tenant.country}"
    return {
        "product": link(f"/products/{product}{at}"),
        "sku": link(f"/products/{product}/skus/{sku}{at}"),
        "availability": link(f"/products/{product}/skus/{sku}/availabilities/{availability}{at}"),
        **links,
    }


ROUTES = (
    Route("GET", "/customers/{customer}/subscriptions", list_all),
    Route("GET", SUBSCRIPTION, get),
    Route("GET", f"{SUBSCRIPTION}/addons", add_ons),
    Route("GET", f"{SUBSCRIPTION}/provisioningstatus", provisioning_status),
)
