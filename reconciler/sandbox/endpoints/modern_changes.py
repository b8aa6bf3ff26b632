"""Changing a subscription of new commerce: no etag, one change at a time, and what is missing counts as cleared."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from reconciler.sandbox import batches, items, modern, schedules, terms
from reconciler.sandbox.at_end import instructions_of, outcome
from reconciler.sandbox.behaviour import Cloud
from reconciler.sandbox.endpoints import audit
from reconciler.sandbox.endpoints.subscriptions import document, order_id, wire_id
from reconciler.sandbox.faults import FaultKind
from reconciler.sandbox.ledger import Kind, entry_of
from reconciler.sandbox.messages import Answer, Refused, Request
from reconciler.sandbox.sold import HiddenChange, Sold
from reconciler.sandbox.tenants import Tenant
from reconciler.sandbox.wanted import Wanted

HELD = timedelta(hours=24)
"""Time for which a pending operation keeps changes out."""

_MOVES = {"active": {"suspended", "deleted"}, "suspended": {"active", "deleted"}}
_FIXED = ("id", "offerid", "orderid", "istrial")


def patch(request: Request, tenant: Tenant, sold: Sold, body: dict[str, Any]) -> Answer:
    """PATCH …/subscriptions/{subscription}: one of quantity, term, status, schedule, next charge; and the name.

    200 with the new document; 202 with its Location while the habit PATCH_202 is armed: it shows later then. Raises
    Refused for everything the service refuses.
    """
    _open(request, sold, body)
    wanted = Wanted.of(request, tenant, sold, body)
    for check in _CHECKS:
        check(request, sold, wanted)
    before = replace(sold)
    _perform(request, tenant, sold, wanted)
    slow = request.habit(FaultKind.PATCH_202) if replace(sold, name=before.name) != before else None
    if slow is None:
        return Answer(document=document(request, tenant, sold))
    sold.hidden_change = HiddenChange(due=request.now + timedelta(seconds=slow.seconds), was=before)
    return Answer(status=202, headers={"Location": f"/customers/{tenant.tenant}/subscriptions/{wire_id(sold)}"})


def _open(request: Request, sold: Sold, body: dict[str, Any]) -> None:
    """Raises Refused where the subscription can't be changed at all now."""
    shut_out(request, sold)
    if sold.updates >= request.behaviour.updates_allowed:
        raise Refused(400, "900311", "The subscription has been updated too many times.")
    ends = sold.commitment_end + timedelta(days=1) - timedelta(seconds=request.behaviour.frozen_before)
    if outcome(sold)[0] != "renews" and ends <= request.now:
        raise Refused(400, "900277", "The subscription is about to expire and can't be updated.")
    fixed = {"id": sold.id, "offerid": sold.offer, "orderid": order_id(sold), "istrial": sold.trial}
    for key in _FIXED:
        if key in body and str(body[key] or "").lower() != str(fixed[key] or "").lower():
            raise Refused(400, "3000", f"The property {key} can't be changed.")


def shut_out(request: Request, sold: Sold) -> None:
    """Raises Refused where something else is being done to a subscription, or nothing can be done any more."""
    if request.behaviour.cloud in {Cloud.CHINA, Cloud.US_GOVERNMENT}:
        raise Refused(403, "900263", "New commerce is not supported in this cloud.")
    if sold.status in {"deleted", "expired", "disabled"}:
        raise Refused(400, "2011" if sold.status == "deleted" else "900279", "The subscription can't be updated.")
    if request.habit(FaultKind.PENDING_OPERATION):
        sold.held_until = request.now + HELD
    if (sold.held_until and request.now < sold.held_until) or modern.is_settling(sold, request.now):
        raise Refused(409, "900278", "Another operation on the subscription is pending; try again in 24 hours.")
    if modern.is_renewing(sold, request.now) or not sold.provisioned(request.now):
        raise Refused(409, "800082", "The subscription is not ready to be changed; try again later.")


def _perform(request: Request, tenant: Tenant, sold: Sold, wanted: Wanted) -> None:
    before, now = replace(sold), request.now
    immediate = wanted.immediate(sold)
    sold.name, sold.extra, sold.next_charge = wanted.name, wanted.extra, wanted.next_charge
    if sold.next_charge != before.next_charge:
        sold.next_charge_at = sold.next_charge_after(now) if sold.next_charge else None
    sold.auto_renew = wanted.auto_renew and wanted.status == "active" and before.status == "active"
    keeps = not immediate and (sold.auto_renew or wanted.actions is not None)
    sold.next_term, sold.actions = (wanted.next_term, wanted.actions) if keeps else (None, None)
    if sold.trial and sold.next_term == instructions_of(replace(sold, next_term=None), request.period):
        sold.next_term = None
    for kind in immediate:
        _IMMEDIATE[kind](request, sold, wanted)
    if replace(sold) == before:
        return
    sold.updates += 1
    for kind in immediate:
        request.world.ledger.append(entry_of(tenant, before, sold, kind, now, request.request_id))
    if sold.status != "deleted" and _schedule(sold) != _schedule(before):
        request.world.ledger.append(schedule_entry(request, tenant, before, sold))
    audit.remember(request, tenant, "update_subscription", before, replace(sold))
    request.world.touch(tenant, sold)


def schedule_entry(request: Request, tenant: Tenant, before: Sold, sold: Sold) -> Any:
    """Returns the ledger's entry of what is arranged now for the end of the term."""
    then, instructions = outcome(sold, request.period)
    entry = entry_of(tenant, before, sold, "schedule", request.now, request.request_id)
    entry.then = then
    if instructions:
        product = instructions["product"]
        entry.quantity = instructions["quantity"]
        entry.term, entry.billing = product["termDuration"], product["billingCycle"].lower()
        entry.offer = ":".join(product[key] for key in ("productId", "skuId", "availabilityId"))
    return entry


def _schedule(sold: Sold) -> tuple[Any, ...]:
    return sold.auto_renew, sold.next_term, sold.actions


def _resize(request: Request, sold: Sold, wanted: Wanted) -> None:
    if wanted.quantity > sold.quantity:
        batches.add(sold, wanted.quantity - sold.quantity, request.now)
    else:
        batches.give_back(sold, sold.quantity - wanted.quantity, request.now, request.behaviour.batch_order)


def _lengthen(request: Request, sold: Sold, wanted: Wanted) -> None:
    sold.term, sold.billing_cycle = wanted.term, wanted.cycle
    sold.term_start, sold.custom_end = request.now, None
    sold.promotion = items.automatic_promotion(sold.offer, sold.term, sold.billing_cycle, sold.quantity)
    if request.behaviour.term_opens_window:
        batches.renew(sold, request.now)


def _move(request: Request, sold: Sold, wanted: Wanted) -> None:
    sold.status = wanted.status
    if wanted.status == "deleted":
        sold.status_since = request.now


_IMMEDIATE: dict[Kind, Callable[[Request, Sold, Wanted], None]] = {
    "resize": _resize,
    "term": _lengthen,
    "status": _move,
}


def _one_at_a_time(request: Request, sold: Sold, wanted: Wanted) -> None:
    changes = [*wanted.immediate(sold)]
    renews = wanted.auto_renew and not sold.auto_renew
    changes += ["schedule"] if renews or wanted.arranges(sold, request.period) else []
    changes += ["billing"] if wanted.next_charge != sold.next_charge and wanted.next_charge else []
    if len(changes) > 1 and request.behaviour.one_change_at_a_time:
        raise Refused(400, "3000", f"Only one property can be changed at a time, not {' and '.join(changes)}.")


def _status_allowed(request: Request, sold: Sold, wanted: Wanted) -> None:
    if wanted.status == sold.status:
        return
    if wanted.status not in _MOVES.get(sold.status, set()) or sold.trial:
        raise Refused(400, "800040", f"A subscription can't go from {sold.status} to {wanted.status}.")
    if wanted.status == "deleted" and request.now > sold.cancellable_until and not sold.extended:
        raise Refused(400, "900213", "The subscription can be cancelled within seven days only.")


def _quantity_allowed(request: Request, sold: Sold, wanted: Wanted) -> None:
    if wanted.quantity == sold.quantity:
        return
    if sold.status != "active":
        raise Refused(400, "2001", "The quantity of a subscription that is not active can't be changed.")
    if sold.trial:
        raise Refused(400, "800027", "The quantity of a trial can't be changed.")
    item = items.item(sold.offer)
    low, high = (item.minimum, item.maximum) if item else (1, 10_000_000)
    promoted = items.promotion(sold.promotion) if sold.promotion else None
    high = min(high, max(promoted.maximum, sold.quantity)) if promoted else high
    if not max(1, low) <= wanted.quantity <= high:
        raise Refused(400, "2002", f"The quantity must be between {max(1, low)} and {high}.")
    possible = batches.refundable(sold, request.now) if sold.product_type != "Software" else 0
    if sold.quantity - wanted.quantity > possible:
        code = "800090" if possible else request.behaviour.too_late_code
        raise Refused(400, code, f"The quantity can't be decreased by more than {possible}.")


def _term_allowed(_request: Request, sold: Sold, wanted: Wanted) -> None:
    if (wanted.term, wanted.cycle) != (sold.term, sold.billing_cycle):
        if sold.status != "active":
            raise Refused(400, "800091", "The term of a subscription that is not active can't be changed.")
        terms.check_term(sold, wanted.term, wanted.cycle)


def _schedule_allowed(request: Request, sold: Sold, wanted: Wanted) -> None:
    if wanted.status == sold.status != "active" and wanted.auto_renew:
        raise Refused(400, "800091", "The subscription is suspended; reactivate it first.")
    if wanted.arranges(sold, request.period):
        schedules.check(sold, wanted.next_term, wanted.actions, auto_renew=wanted.auto_renew)


_CHECKS = (_one_at_a_time, _status_allowed, _quantity_allowed, _term_allowed, _schedule_allowed)
