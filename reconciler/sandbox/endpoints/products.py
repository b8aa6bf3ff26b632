"""The catalogue of new commerce: products, SKUs and availabilities, whose ids are replaced from time to time.

Answers have no byte order mark, unlike all others. 21Vianet and US Government have none of it.
"""

import re
from typing import Any

from reconciler.sandbox import items
from reconciler.sandbox.behaviour import Cloud
from reconciler.sandbox.catalogue import link
from reconciler.sandbox.items import Item
from reconciler.sandbox.messages import NO_RESOURCE, Answer, Refused, Request, collection, invalid
from reconciler.sandbox.prices import currency_of
from reconciler.sandbox.routes import Route

_VIEWS = {"OnlineServices": "OnlineServicesNCE", "Azure": "Azure", "Software": "Software"}
_AT_REQUEST = "nonprofit"
"""The segment that a catalogue leaves out unless it is asked for."""


def products(request: Request) -> Answer:
    """GET /v1/products?country=XX&targetView=OnlineServices[&targetSegment=]: each product once."""
    country = country_of(request)
    found = {entry.product_sku.partition(":")[0]: entry for entry in reversed(_viewed(request))}
    uri = f"/products?country={country}&targetView={request.query['targetview']}"
    listed = [_product(entry, country) for entry in found.values()]
    return Answer(document=collection(listed, uri), bom=False)


def skus_of_customer(request: Request, customer: str) -> Answer:
    """GET /v1/customers/{customer}/products?targetView=…: SKUs, whatever it is called."""
    country = request.customer(customer).country
    listed = [_sku(entry, country) for entry in _viewed(request)]
    view = request.query["targetview"]
    return Answer(document=collection(listed, f"/customers/{customer}/products/all/skus?targetView={view}"), bom=False)


def product(request: Request, product: str) -> Answer:
    """GET /v1/products/{product}?country=XX."""
    return Answer(document=_product(_of_product(request, product)[0], country_of(request)), bom=False)


def skus(request: Request, product: str) -> Answer:
    """GET /v1/products/{product}/skus?country=XX[&targetSegment=]."""
    country = country_of(request)
    listed = [_sku(entry, country) for entry in _in_segment(request, _of_product(request, product))]
    return Answer(document=collection(listed, f"/products/{product}/skus?country={country}"), bom=False)


def sku(request: Request, product: str, sku: str) -> Answer:
    """GET /v1/products/{product}/skus/{sku}?country=XX."""
    return Answer(document=_sku(_of_sku(request, product, sku), country_of(request)), bom=False)


def availabilities(request: Request, product: str, sku: str) -> Answer:
    """GET …/skus/{sku}/availabilities?country=XX[&targetSegment=]: the one of now; none where nothing can be bought."""
    country = country_of(request)
    found = _in_segment(request, [_of_sku(request, product, sku)])
    listed = [_availability(request, entry, country) for entry in found if entry.sold]
    uri = f"/products/{product}/skus/{sku}/availabilities?country={country}"
    return Answer(document=collection(listed, uri), bom=False)


def availabilities_of_customer(request: Request, customer: str, product: str, sku: str) -> Answer:
    """GET /v1/customers/{customer}/products/{product}/skus/{sku}/availabilities: those of the customer's country."""
    if request.behaviour.cloud in {Cloud.CHINA, Cloud.US_GOVERNMENT}:
        raise NO_RESOURCE
    country = request.customer(customer).country
    found = _find(product, sku)
    listed = [_availability(request, found, country)] if found.sold else []
    uri = f"/customers/{customer}/products/{product}/skus/{sku}/availabilities"
    return Answer(document=collection(listed, uri), bom=False)


def availability(request: Request, product: str, sku: str, availability: str) -> Answer:
    """GET …/availabilities/{availability}?country=XX. Raises Refused (404/400019) for one that was replaced."""
    found = _of_sku(request, product, sku)
    if found.current(request.period) != f"{found.product_sku}:{availability.upper()}":
        raise Refused(404, "400019", f"There is no availability {availability}.")
    return Answer(document=_availability(request, found, country_of(request)), bom=False)


def country_of(request: Request) -> str:
    """The country of a catalogue's request. Raises Refused without one, and where the cloud has no such catalogue."""
    if request.behaviour.cloud in {Cloud.CHINA, Cloud.US_GOVERNMENT}:
        raise NO_RESOURCE
    country = request.query.get("country", "")
    if re.fullmatch("[A-Z]{2}", country) is None:
        raise invalid("The query needs country, as two capital letters.")
    return country


def _viewed(request: Request) -> list[Item]:
    platform = _VIEWS.get(request.query.get("targetview", ""))
    if platform is None:
        raise Refused(403, "400036", f"The target view must be one of {', '.join(_VIEWS)}.")
    return _in_segment(request, [entry for entry in items.all_items() if entry.platform == platform])


def _in_segment(request: Request, entries: list[Item]) -> list[Item]:
    segment = request.query.get("targetsegment", "").lower()
    if segment:
        return [entry for entry in entries if segment in entry.segments]
    return [entry for entry in entries if set(entry.segments) != {_AT_REQUEST}]


def _of_product(request: Request, wanted: str) -> list[Item]:
    country_of(request)
    return _items_of(wanted)


def _items_of(wanted: str) -> list[Item]:
    found = [entry for entry in items.all_items() if entry.product_sku.startswith(f"{wanted.upper()}:")]
    if not found:
        raise Refused(404, "400013", f"There is no product {wanted}.")
    return found


def _of_sku(request: Request, product: str, wanted: str) -> Item:
    country_of(request)
    return _find(product, wanted)


def _find(product: str, wanted: str) -> Item:
    for entry in _items_of(product):
        if entry.product_sku.endswith(f":{wanted.upper()}"):
            return entry
    raise Refused(404, "400018", f"There is no SKU {wanted}.")


def _product(item: Item, country: str) -> dict[str, Any]:
    product_id = item.product_sku.partition(":")[0]
    at = f"/products/{product_id}"
    return {
        "id": product_id,
        "title": item.name,
        "description": item.description,
        "productType": {"id": item.platform, "displayName": item.platform},
        "isMicrosoftProduct": True,
        "publisherName": "Microsoft Corporation",
        "links": {"skus": link(f"{at}/skus?country={country}"), "self": link(f"{at}?country={country}")},
    }


def _sku(item: Item, country: str) -> dict[str, Any]:
    product_id, _, sku_id = item.product_sku.partition(":")
    at = f"/products/{product_id}/skus/{sku_id}"
    return {
        "id": sku_id,
        "productId": product_id,
        "title": item.name,
        "description": item.description,
        "minimumQuantity": item.minimum,
        "maximumQuantity": item.maximum,
        "isTrial": item.trial,
        "supportedBillingCycles": sorted({cycle for _, cycle in item.terms}),
        "purchasePrerequisites": ["MicrosoftCustomerAgreement"],
        "dynamicAttributes": {
            "isMicrosoftProduct": True,
            "hasConstraints": True,
            "isAddon": bool(item.prerequisites),
            "prerequisiteSkus": list(item.prerequisites),
            "upgradeTargetOffers": list(item.paths),
            "internal": False,
        },
        "links": {
            "availabilities": link(f"{at}/availabilities?country={country}"),
            "self": link(f"{at}?country={country}"),
        },
    }


def _availability(request: Request, item: Item, country: str) -> dict[str, Any]:
    current = item.current(request.period)
    product_id, sku_id, availability_id = current.split(":")
    terms = [
        {
            "id": f"{term}-{cycle}".lower(),
            "duration": term,
            "description": f"{term}, charged {cycle}",
            "billingCycle": cycle.capitalize(),
        }
        for term, cycle in item.terms
        if item.offers(term, cycle)
    ]
    at = f"/products/{product_id}/skus/{sku_id}/availabilities/{availability_id}?country={country}"
    return {
        "id": availability_id,
        "productId": product_id,
        "skuId": sku_id,
        "catalogItemId": current,
        "defaultCurrency": currency_of(country),
        "segment": request.query.get("targetsegment", item.segments[0]).lower(),
        "country": country,
        "isPurchasable": item.sold,
        "isRenewable": True,
        "terms": terms,
        "links": {"self": link(at)},
    }


ROUTES = (
    Route("GET", "/products", products),
    Route("GET", "/customers/{customer}/products", skus_of_customer),
    Route("GET", "/customers/{customer}/products/{product}/skus/{sku}/availabilities", availabilities_of_customer),
    Route("GET", "/products/{product}", product),
    Route("GET", "/products/{product}/skus", skus),
    Route("GET", "/products/{product}/skus/{sku}", sku),
    Route("GET", "/products/{product}/skus/{sku}/availabilities", availabilities),
    Route("GET", "/products/{product}/skus/{sku}/availabilities/{availability}", availability),
)
