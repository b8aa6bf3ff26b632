"""Eligibility of transitions of new commerce: applied when they are listed, and again when seats move."""

from typing import Any

from reconciler.sandbox import batches, items
from reconciler.sandbox.calendar import MONTHS
from reconciler.sandbox.eligibility import DESCRIPTIONS, Code, Judge, Kind, Objection, services
from reconciler.sandbox.items import Item
from reconciler.sandbox.messages import Request
from reconciler.sandbox.sold import Sold
from reconciler.sandbox.tenants import derived_id

KINDS = {"transition_only": Kind.UPGRADE_ONLY, "transition_with_license_transfer": Kind.WITH_LICENSE_TRANSFER}
"""The ways to move, and the ways to upgrade that they are like."""
_GRANULAR_ROLES_MISSING = 13
"""Code of transitions for what is code 11 of upgrades; 11 is taken."""


def paths(sold: Sold) -> list[Item]:
    """The items that a subscription may become."""
    own = items.item(sold.offer)
    withheld = {":".join(entry.split(":")[:2]) for entry in sold.withheld}
    found = (items.item(path) for path in (own.paths if own else ()))
    return [item for item in found if item is not None and item.product_sku not in withheld]


def objections(judge: Judge, item: Item, kind: Kind) -> list[Objection]:
    """Every reason against it; empty where it may go ahead."""
    found = [*judge.of_source(), *judge.of_rights(kind)]
    added = item.services - services(judge.sold)
    others = [entry for entry in judge.others if entry.status == "active" and entry.product_sku != item.product_sku]
    if overlapping := [sold.id for sold in others if added & services(sold)]:
        found.append(Objection(code=Code.CONFLICTING_SERVICE_TYPES, details=", ".join(overlapping)))
    return found


def eligibility(request: Request, judge: Judge, item: Item, *, immediate: bool) -> dict[str, Any]:
    """Returns an item's eligibility as the service writes it; its `operationId` is the answer's."""
    sold = judge.sold
    others = [entry for entry in judge.others if entry.product_sku == item.product_sku] if immediate else []
    into = [_into(sold, entry, request) for entry in others]
    return {
        "operationId": derived_id("eligibility", sold.id, judge.now.isoformat()),
        "catalogItemId": item.current(request.period),
        "title": item.name,
        "description": item.description,
        "quantity": sold.quantity,
        **({"subscriptionEligibilities": into} if immediate and not sold.trial else {}),
        "eligibilities": [_of_kind(objections(judge, item, kind), word) for word, kind in KINDS.items()],
        "attributes": {"objectType": "TransitionEligibility"},
    }


def _into(sold: Sold, into: Sold, request: Request) -> dict[str, Any]:
    why = [{"code": code, "description": text} for code, text in unfit(sold, into, request)]
    return {
        "isEligible": not why,
        "subscriptionId": into.id,
        "subscriptionFriendlyName": into.name or into.offer_name,
        "subscriptionTermDuration": into.term,
        "subscriptionBillingCycle": into.billing_cycle,
        "errors": why,
    }


def _of_kind(why: list[Objection], word: str) -> dict[str, Any]:
    errors = [{"code": number(item), "description": DESCRIPTIONS[item.code]} for item in why]
    return {"isEligible": not errors, "transitionType": word, "errors": errors}


def number(objection: Objection) -> int:
    """Returns the service's number of a reason."""
    granular = objection.code is Code.INSUFFICIENT_GRANULAR_ADMIN_PERMISSIONS
    return _GRANULAR_ROLES_MISSING if granular else int(objection.code)


def unfit(sold: Sold, into: Sold, request: Request) -> list[tuple[int, str]]:
    """Returns objections against moving seats into a subscription, by the numbers of target subscriptions."""
    found = [
        (1, "The subscription is not active.", into.status != "active"),
        (2, "Its seats can still be given back.", batches.refundable(into, request.now) > 0),
        (3, "Its term is shorter than the source's.", MONTHS.get(into.term, 0) < MONTHS.get(sold.term, 0)),
        (4, "Its term ends before the source's.", into.commitment_end < sold.commitment_end),
    ]
    return [(code, description) for code, description, holds in found if holds]
