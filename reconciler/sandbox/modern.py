"""Members of a subscription's document that only new commerce has."""

from datetime import datetime
from typing import Any

from reconciler.sandbox import batches, renewals, schedules
from reconciler.sandbox.calendar import DAY, end_of, instant, midnight, precise
from reconciler.sandbox.messages import Request
from reconciler.sandbox.sold import Sold

SCHEDULES = ("scheduledNextTermInstructions", "scheduledActions", "nextChargeInstructions")
"""Members that tell what is arranged."""


def members(request: Request, sold: Sold, now: datetime) -> dict[str, Any]:
    """The members at a time; None for those that are absent."""
    return {
        "productType": {"id": sold.product_type, "displayName": sold.product_type},
        "creationDate": precise(sold.created),
        "effectiveStartDate": instant(midnight(sold.started)),
        "isTrial": sold.trial,
        "actions": None,
        **(_of_term(request, sold, now) if sold.product_type != "Azure" else _of_azure()),
        "renewalTermDuration": "",
        "promotionId": sold.promotion or None,
        "migratedFromSubscriptionId": sold.migrated_from.upper() or None,
        "partnerId": sold.partner_id or "",
        "attentionNeeded": False,
        "actionTaken": False,
        "publisherName": "Microsoft Corporation",
    }


def _of_term(request: Request, sold: Sold, now: datetime) -> dict[str, Any]:
    day = sold.commitment_end
    charged = min(sold.next_charge_after(now) - DAY, day)
    return {
        "termDuration": sold.term,
        "commitmentEndDateTime": instant(end_of(day)),
        "billingCycleEndDate": instant(midnight(charged)),
        "billingCycleEndDateTime": instant(end_of(charged)),
        "cancellationAllowedUntilDate": _cancellable(sold),
        "refundableQuantity": _refundable(sold, now),
        "customTermEndDate": sold.custom_end.strftime("%Y-%m-%dT%H:%M:%S") if sold.custom_end else None,
        **schedules.written(sold, request),
    }


def _of_azure() -> dict[str, Any]:
    return {"billingType": "usage", "unitType": "Usage-based", "commitmentEndDate": None}


def _cancellable(sold: Sold) -> str | None:
    if sold.trial or sold.status not in {"active", "suspended"}:
        return None
    return precise(end_of(sold.commitment_end) if sold.extended else sold.cancellable_until)


def _refundable(sold: Sold, now: datetime) -> dict[str, Any] | None:
    if sold.status != "active" or sold.product_type == "Software":
        return None
    found = batches.open_batches(sold, now)
    return {
        "totalQuantity": sum(batch.quantity for batch in found),
        "details": [{"quantity": batch.quantity, "allowedUntilDateTime": precise(batch.until)} for batch in found],
    }


def is_settling(sold: Sold, now: datetime) -> bool:
    """Returns whether an operation on the subscription is pending."""
    return sold.upcoming is not None or (sold.hidden_change is not None and sold.hidden_change.due > now)


def is_renewing(sold: Sold, now: datetime) -> bool:
    """Returns whether the renewal job is at work on the subscription."""
    return renewals.under_way(sold, now)
