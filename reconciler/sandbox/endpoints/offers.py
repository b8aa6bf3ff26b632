"""The catalogue of a country."""

import re

from reconciler.sandbox import catalogue
from reconciler.sandbox.messages import Answer, Refused, Request, collection, invalid
from reconciler.sandbox.routes import Route


def list_all(request: Request) -> Answer:
    """GET /v1/offers?country=XX: the whole catalogue in one page."""
    country = _country(request)
    items = [catalogue.document(item, country, request.locale) for item in catalogue.offers_of(country)]
    return Answer(document=collection(items, f"/offers?country={country}"))


def get(request: Request, offer: str) -> Answer:
    """GET /v1/offers/{offer}?country=XX: one legacy offer; ids of new commerce are refused (400/2100)."""
    country = _country(request)
    if ":" in offer:
        raise Refused(400, "2100", "A new-commerce id can't be used here; use the products instead.")
    found = catalogue.offer(offer)
    if found is None or found not in catalogue.offers_of(country):
        raise Refused(404, "1000", f"There is no offer {offer} in {country}.")
    return Answer(document=catalogue.document(found, country, request.locale))


def _country(request: Request) -> str:
    country = request.query.get("country", "")
    if re.fullmatch("[A-Z]{2}", country) is None:
        raise invalid("The query needs country, as two capital letters.")
    return country


ROUTES = (
    Route("GET", "/offers", list_all),
    Route("GET", "/offers/{offer}", get),
)
