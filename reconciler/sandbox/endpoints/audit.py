"""The audit log: who changed what, for ninety days. 21Vianet has none."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from reconciler.sandbox.behaviour import Cloud
from reconciler.sandbox.calendar import instant
from reconciler.sandbox.endpoints import orders
from reconciler.sandbox.endpoints.subscriptions import document
from reconciler.sandbox.messages import NO_RESOURCE, Answer, Request, collection, invalid
from reconciler.sandbox.paging import Cursor, chosen, page
from reconciler.sandbox.purchases import Order
from reconciler.sandbox.records import Record
from reconciler.sandbox.routes import Route
from reconciler.sandbox.sold import Sold
from reconciler.sandbox.tenants import Tenant

KEPT = timedelta(days=90)
"""Largest age of records that may be requested."""
USUAL = timedelta(days=30)
"""Age of the oldest record where no start is given."""
_FIRST_TICK = datetime(1, 1, 1, tzinfo=UTC)


def list_all(request: Request) -> Answer:
    """GET /v1/auditrecords?startDate=…&endDate=…: what was changed on those days (UTC), oldest first, in pages.

    `filter` chooses by CustomerId, CompanyName or ResourceType. Raises Refused for a start more than 90 days back.
    """
    if request.behaviour.cloud is Cloud.CHINA:
        raise NO_RESOURCE
    cursor = Cursor.of(request)
    first, last = _bounds(request, cursor)
    shown_to = request.now - timedelta(seconds=request.behaviour.audited_after)
    found = [
        record
        for record in request.world.records
        if record.at <= shown_to and first <= record.at.astimezone(UTC).date() <= last
    ]
    if text := cursor.query.get("filter"):
        found = [entry for entry in found if chosen(text, _filtered_by(_tenant(request, entry), entry))]
    shown, members = page(request, cursor, found, "/auditrecords")
    return Answer(document=collection([_document(request, item) for item in shown]) | members)


def remember(
    request: Request, tenant: Tenant, operation: str, before: Sold, after: Sold, *, succeeded: bool = True
) -> None:
    """Adds a record of what the caller did. `before` and `after` must not be changed afterwards."""
    request.world.records.append(
        Record(
            at=request.now,
            operation=operation,
            customer=tenant.tenant,
            before=before,
            after=after,
            application=request.caller.application,
            user=request.caller.user,
            correlation_id=request.correlation_id.lower(),
            succeeded=succeeded,
        )
    )
    request.world.touch()


def remember_order(request: Request, tenant: Tenant, order: Order) -> None:
    """Adds the record of an order that the caller has made. Carts leave none."""
    request.world.records.append(
        Record(
            at=request.now,
            operation="create_order",
            customer=tenant.tenant,
            order=order.id,
            application=request.caller.application,
            user=request.caller.user,
            correlation_id=request.correlation_id.lower(),
            succeeded=not all(line.failed for line in order.lines),
        )
    )
    request.world.touch()


def _bounds(request: Request, cursor: Cursor) -> tuple[date, date]:
    today = request.now.date()
    first = _day(cursor.query.get("startdate"), today - USUAL)
    last = _day(cursor.query.get("enddate"), today)
    if first < today - KEPT:
        raise invalid("The start date must not be more than 90 days back.")
    if last < first:
        raise invalid("The end date must not be before the start date.")
    return first, last


def _day(text: str | None, otherwise: date) -> date:
    if text is None:
        return otherwise
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise invalid("Dates are written as yyyy-mm-dd.")


def _tenant(request: Request, record: Record) -> Tenant:
    return request.world.customer(record.customer) or Tenant(name="", tenant=record.customer)


def _filtered_by(tenant: Tenant, record: Record) -> dict[str, str]:
    kind = "order" if record.order else "subscription"
    return {"customerid": tenant.tenant, "companyname": tenant.display_name, "resourcetype": kind}


def _document(request: Request, record: Record) -> dict[str, Any]:
    tenant = _tenant(request, record)
    ticks = (record.at - _FIRST_TICK) // timedelta(microseconds=1) * 10
    who = {"userPrincipalName": record.user} if record.user else {}
    about = _about_order(request, tenant, record) if record.order else _about_subscription(request, tenant, record)
    return {
        "id": f"{request.world.partner}_{record.customer}_{about.pop('id')}_{record.operation}_{ticks}",
        "partnerId": request.world.partner,
        "customerId": record.customer,
        "customerName": tenant.display_name,
        **who,
        "applicationId": record.application,
        **about,
        "operationType": record.operation,
        "originalCorrelationId": record.correlation_id,
        "operationDate": instant(record.at),
        "operationStatus": "succeeded" if record.succeeded else "failed",
        "attributes": {"objectType": "AuditRecord"},
    }


def _about_subscription(request: Request, tenant: Tenant, record: Record) -> dict[str, Any]:
    before, after = record.before, record.after
    return {
        "id": after.id if after else "",
        "resourceType": "subscription",
        "resourceOldValue": _resource(request, tenant, before, record.at) if before else None,
        "resourceNewValue": _resource(request, tenant, after, record.at) if after else None,
        "customizedData": [{"key": "PartnerOnRecord", "value": after.partner_id if after else None}],
    }


def _about_order(request: Request, tenant: Tenant, record: Record) -> dict[str, Any]:
    order = request.world.orders[record.order]
    data = [{"key": "OrderId", "value": order.id}]
    for number, line in enumerate(order.lines):
        data.append({"key": f"Quantity-{number}", "value": str(line.quantity)})
        if order.named is not None and not line.failed:
            data.append({"key": f"SubscriptionId-{number}", "value": line.subscription})
            data.append({"key": f"SubscriptionName-{number}", "value": line.name})
    return {
        "id": order.id,
        "resourceType": "order",
        "resourceNewValue": _json(orders.document(request, tenant, order)),
        "customizedData": data,
    }


def _resource(request: Request, tenant: Tenant, sold: Sold, at: datetime) -> str:
    """A subscription as the audit log has it: JSON in a string, its members in PascalCase."""
    return _json(document(request, tenant, sold, at))


def _json(value: Any) -> str:
    return json.dumps(_pascal(value), ensure_ascii=False, separators=(",", ":"))


def _pascal(value: Any) -> Any:
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: _pascal(entry) for key, entry in value.items()}
    return [_pascal(item) for item in value] if isinstance(value, list) else value


ROUTES = (Route("GET", "/auditrecords", list_all),)
