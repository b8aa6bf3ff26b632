"""Ends that the terms of several subscriptions can be aligned to."""

from datetime import datetime
from typing import Any

from reconciler.sandbox.calendar import DAY, MONTHS, midnight, months_later
from reconciler.sandbox.messages import Answer, Request, collection, invalid
from reconciler.sandbox.routes import Route
from reconciler.sandbox.tenants import Tenant


def list_all(request: Request, customer: str) -> Answer:
    """GET …/subscriptions/customTermEndDates?term_duration=P1Y: ends of months, and those of other subscriptions.

    Dates have no zone. With the switch `zero_width_spaces` the text is spoilt as in Microsoft's sample.
    """
    tenant = request.customer(customer)
    term = request.query.get("term_duration", "").upper()
    if term not in MONTHS:
        raise invalid(f"The query needs term_duration: {', '.join(MONTHS)}.")
    start = midnight(request.now)
    last = months_later(start, MONTHS[term]) - DAY
    found = [*_month_ends(start, last), *_aligned(tenant, start, last)]
    uri = f"/customers/{tenant.tenant}/subscriptions/customTermEndDates?term_duration={term}"
    return Answer(document=collection(found, uri), spoilt=request.behaviour.zero_width_spaces)


def _month_ends(start: datetime, last: datetime) -> list[dict[str, Any]]:
    firsts = (months_later(start.replace(day=1), number) for number in range(1, MONTHS["P3Y"] + 1))
    ends = (first - DAY for first in firsts)
    return [_date("calendarMonthAligned", end) for end in ends if start <= end <= last]


def _aligned(tenant: Tenant, start: datetime, last: datetime) -> list[dict[str, Any]]:
    found: dict[datetime, list[str]] = {}
    for sold in tenant.subscriptions:
        if sold.licensed and not sold.trial and sold.status == "active" and start <= sold.commitment_end <= last:
            found.setdefault(sold.commitment_end, []).append(sold.id)
    return [_date("subscriptionAligned", end) | {"cotermSubscriptionIds": found[end]} for end in sorted(found)]


def _date(kind: str, end: datetime) -> dict[str, Any]:
    return {"allowedCustomTermEndDateType": kind, "allowedCustomTermEndDate": end.strftime("%Y-%m-%dT00:00:00")}


ROUTES = (Route("GET", "/customers/{customer}/subscriptions/customtermenddates", list_all),)
