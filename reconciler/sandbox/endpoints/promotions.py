"""Promotions of new commerce, by their ids (get-promotion-by-id)."""

from reconciler.sandbox import items
from reconciler.sandbox.endpoints.products import country_of
from reconciler.sandbox.messages import NO_RESOURCE, Answer, Request
from reconciler.sandbox.routes import Route


def promotion(request: Request, promotion: str) -> Answer:
    """GET /v1/productpromotions/{promotion}?country=XX: also one that has ended."""
    country_of(request)
    found = items.promotion(promotion)
    if found is None:
        raise NO_RESOURCE
    product_id, sku_id = found.item.split(":")
    return Answer(
        document={
            "id": found.id,
            "name": found.name,
            "description": found.name,
            "startDate": "2023-05-03T00:00:00+00:00",
            "endDate": "9999-01-01T00:00:00+00:00",
            "properties": {"isAutoApplicable": found.automatic},
            "requiredProducts": [
                {
                    "productId": product_id,
                    "skuId": sku_id,
                    "term": {"duration": term, "billingCycle": cycle.capitalize()},
                    "pricingPolicies": [{"policyType": "PercentDiscount", "value": "0.15"}],
                }
                for term, cycle in found.terms
            ],
            "promotionConstraints": {
                "seatConstraints": [{"minSeats": 1, "maxSeats": found.maximum, "type": "SubscriptionQuantity"}],
                "assetOwnershipLimits": [],
                "eligibilityConstraints": [],
                "productOwnershipConstraints": [],
            },
        },
        bom=False,
    )


ROUTES = (Route("GET", "/productpromotions/{promotion}", promotion),)
