"""Eligibility of transitions of new commerce: applied when they are listed, and again when seats move."""

from typing import Any

from reconciler.sandbox import catalogue
from reconciler.sandbox.catalogue import Item
from reconciler.sandbox.eligibility import DESCRIPTIONS, Code, Judge, Kind, Objection, services
from reconciler.sandbox.tenants import Sold, derived_id

KINDS = {"transition_only": Kind.UPGRADE_ONLY, "transition_with_license_transfer": Kind.WITH_LICENSE_TRANSFER}
"""The ways to move, and the ways to upgrade that they are like."""
_GRANULAR_ROLES_MISSING = 13
"""Code of transitions for what is code 11 of upgrades; 11 is taken."""
_TERMS = ("P1M", "P1Y", "P3Y")


def paths(sold: Sold) -> list[Item]:
    """The items that a subscription may become."""
    own = catalogue.item(sold.offer)
    found = (catalogue.item(path) for path in (own.paths if own else ()))
    return [item for item in found if item is not None and item.id not in sold.withheld]


def objections(judge: Judge, item: Item, kind: Kind) -> list[Objection]:
    """Every reason against it; empty where it may go ahead."""
    found = [*judge.of_source(), *judge.of_rights(kind)]
    added = item.services - services(judge.sold)
    others = [entry for entry in judge.others if entry.status == "active" and entry.offer.upper() != item.id]
    if overlapping := [sold.id for sold in others if added & services(sold)]:
        found.append(Objection(code=Code.CONFLICTING_SERVICE_TYPES, details=", ".join(overlapping)))
    return found


def eligibility(sold: Sold, judge: Judge, item: Item, *, immediate: bool) -> dict[str, Any]:
    """Returns an item's eligibility as the service writes it."""
    others = [element for element in judge.others if element.offer.upper() == item.id] if immediate else []
    into = {"subscriptionEligibilities": [_into(sold, entry) for entry in others]} if immediate else {}
    return {
        "operationId": derived_id("eligibility", sold.id, item.id, judge.now.isoformat()),
        "catalogItemId": item.id,
        "title": item.name,
        "description": item.description,
        "quantity": sold.quantity,
        **into,
        "eligibilities": [_of_kind(objections(judge, item, kind), word) for word, kind in KINDS.items()],
        "attributes": {"objectType": "TransitionEligibility"},
    }


def _into(sold: Sold, into: Sold) -> dict[str, Any]:
    why = [{"code": code, "description": description} for code, description in unfit(sold, into)]
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


def unfit(sold: Sold, into: Sold) -> list[tuple[int, str]]:
    """Returns objections against moving seats into a subscription, by the numbers of target subscriptions."""
    found = [
        (1, "The subscription is not active.", into.status != "active"),
        (3, "Its term is shorter than the source's.", _term(into) < _term(sold)),
        (4, "Its term ends before the source's.", into.commitment_end < sold.commitment_end),
    ]
    return [(code, description) for code, description, holds in found if holds]


def _term(sold: Sold) -> int:
    return _TERMS.index(sold.term) if sold.term in _TERMS else 0
