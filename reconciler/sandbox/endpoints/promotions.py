"""Promotions of new commerce: listed, by id, and whether a customer may have one (verify-promotion-eligibility)."""

from typing import Any

from reconciler.sandbox import cart_rules, items
from reconciler.sandbox.endpoints.products import country_of
from reconciler.sandbox.items import Item, Promotion
from reconciler.sandbox.messages import NO_RESOURCE, Answer, Request, collection, invalid
from reconciler.sandbox.prices import DISCOUNT
from reconciler.sandbox.routes import Route
from reconciler.sandbox.tenants import Tenant


def list_all(request: Request) -> Answer:
    """GET /v1/productpromotions?country=XX[&segment=]: those that can be had now, without their constraints."""
    country_of(request)
    segment = request.query.get("segment", "commercial").lower()
    found = [_document(entry) for entry in items.all_promotions() if segment == "commercial"]
    return Answer(document=collection(found), bom=False)


def promotion(request: Request, promotion: str) -> Answer:
    """GET /v1/productpromotions/{promotion}?country=XX: also one that has ended."""
    country_of(request)
    found = items.promotion(promotion)
    if found is None:
        raise NO_RESOURCE
    constraints = {
        "seatConstraints": [{"minSeats": 1, "maxSeats": found.maximum, "type": "SubscriptionQuantity"}],
        "assetOwnershipLimits": [],
        "eligibilityConstraints": [],
        "productOwnershipConstraints": [],
    }
    return Answer(document={**_document(found), "promotionConstraints": constraints}, bom=False)


def eligibilities(request: Request, customer: str) -> Answer:
    """POST …/promotionEligibilities: for each item asked about, its promotions with what stands against them."""
    tenant = request.customer(customer)
    entries = request.document().get("items")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise invalid("The body needs items.")
    return Answer(document=collection([_eligibility(tenant, number, entry) for number, entry in enumerate(entries)]))


def _eligibility(tenant: Tenant, number: int, wanted_item: dict[str, Any]) -> dict[str, Any]:
    item = items.item(str(wanted_item.get("catalogitemid", "")))
    quantity, term = int(wanted_item.get("quantity") or 0), str(wanted_item.get("termduration", "")).upper()
    cycle, wanted = str(wanted_item.get("billingcycle", "")).lower(), str(wanted_item.get("promotionid") or "")
    found = [items.promotion(wanted)] if wanted else [entry for entry in items.all_promotions() if _of(entry, item)]
    against = [(entry, _errors(tenant, entry, item, quantity, (term, cycle))) for entry in found]
    if not found:
        against = [(None, [_error("NoPromotionsAvailable", "There is no promotion for the item.")])]
    return {
        "id": number,
        "catalogItemId": str(wanted_item.get("catalogitemid", "")),
        "quantity": quantity,
        "billingCycle": cycle,
        "termDuration": term,
        "eligibilities": [
            {
                "promotionId": entry.id if entry else wanted or None,
                "isEligible": not errors,
                **({"errors": errors} if errors else {}),
            }
            for entry, errors in against
        ],
        "attributes": {"objectType": "PromotionEligibilities"},
    }


def _errors(
    tenant: Tenant, promotion: Promotion | None, item: Item | None, quantity: int, terms: tuple[str, str]
) -> list[dict[str, Any]]:
    if item is None:
        return [_error("InvalidCatalogItemId", "There is no such item.")]
    if promotion is None or not _of(promotion, item):
        return [_error("InvalidPromotion", "The promotion is not one of the item.")]
    if terms not in promotion.terms:
        return [_error("Term", "The term and the billing are not the promotion's.")]
    if quantity > promotion.maximum:
        seats = {"minimumRequiredSeats": 1, "maximumRequiredSeats": promotion.maximum}
        left = min(promotion.maximum, cart_rules.seats_left(tenant, item))
        return [
            _error("SeatCount", "The quantity is outside the promotion's seats.") | seats | {"availableSeats": left}
        ]
    return []


def _of(promotion: Promotion, item: Item | None) -> bool:
    return item is not None and promotion.item == item.product_sku


def _error(kind: str, description: str) -> dict[str, Any]:
    return {"type": kind, "description": description}


def _document(promotion: Promotion) -> dict[str, Any]:
    product_id, sku_id = promotion.item.split(":")
    return {
        "id": promotion.id,
        "name": promotion.name,
        "description": promotion.name,
        "startDate": "2023-05-03T00:00:00+00:00",
        "endDate": "9999-01-01T00:00:00+00:00",
        "properties": {"isAutoApplicable": promotion.automatic},
        "requiredProducts": [
            {
                "productId": product_id,
                "skuId": sku_id,
                "term": {"duration": term, "billingCycle": cycle.capitalize()},
                "pricingPolicies": [{"policyType": "PercentDiscount", "value": str(DISCOUNT)}],
            }
            for term, cycle in promotion.terms
        ],
    }


ROUTES = (
    Route("GET", "/productpromotions", list_all),
    Route("GET", "/productpromotions/{promotion}", promotion),
    Route("POST", "/customers/{customer}/promotionEligibilities", eligibilities),
)
