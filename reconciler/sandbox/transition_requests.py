"""A request for a transition: what it asks for, and everything about it that the service refuses."""

from dataclasses import dataclass
from typing import Any

from reconciler.sandbox import items
from reconciler.sandbox.calendar import CYCLE_MONTHS, MONTHS
from reconciler.sandbox.items import Item
from reconciler.sandbox.messages import Refused, Request, invalid
from reconciler.sandbox.sold import Sold
from reconciler.sandbox.tenants import Tenant
from reconciler.sandbox.transition_rules import KINDS, paths, unfit

_TRIAL_SEATS = 25
_REFUSALS = {1: "900258", 2: "900261", 3: "900267", 4: "900236"}
"""Codes of refusals, by the numbers of objections against a target subscription."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """Seats of a subscription that are to become another item, in a subscription that is there or not."""

    item: Item
    kind: str
    quantity: int
    term: str
    cycle: str
    into: Sold | None
    promotion: str


def requested(request: Request, tenant: Tenant, sold: Sold) -> Move:
    """Returns what a body asks for. Raises Refused for what can't be."""
    body = request.document()
    kind = str(body.get("transitiontype", "")).lower()
    if kind not in KINDS:
        raise invalid(f"The body needs transitionType: {' or '.join(KINDS)}.")
    quantity = body.get("quantity")
    if not isinstance(quantity, int) or isinstance(quantity, bool):
        raise invalid("The body needs quantity, as a whole number.")
    item = _target(request, sold, body)
    into = _existing(request, tenant, sold, item, body.get("tosubscriptionid"))
    _check_quantity(sold, item, quantity, into)
    term, cycle = _term(sold, item, body) if into is None else (into.term, into.billing_cycle)
    promotion = "" if into else _promotion(item, term, cycle, quantity, body)
    return Move(item=item, kind=kind, quantity=quantity, term=term, cycle=cycle, into=into, promotion=promotion)


def _target(request: Request, sold: Sold, body: dict[str, Any]) -> Item:
    wanted = str(body.get("tocatalogitemid", "")).upper()
    item = next((path for path in paths(sold) if path.current(request.period) == wanted), None)
    given = {"fromcatalogitemid": sold.offer, "fromsubscriptionid": sold.id}
    if item is None or any(str(body.get(key, now)).lower() != now.lower() for key, now in given.items()):
        raise Refused(400, "900258", "The subscription can't become that item.")
    return item


def _existing(request: Request, tenant: Tenant, sold: Sold, item: Item, wanted: Any) -> Sold | None:
    if wanted is None:
        return None
    found = tenant.find(str(wanted))
    if found is sold:
        raise Refused(400, "900259", "The target subscription is the source.")
    if found is None or found.product_sku != item.product_sku:
        raise Refused(400, "900260", "The target subscription is not of that item.")
    for code, description in unfit(sold, found, request):
        raise Refused(400, _REFUSALS[code], description)
    return found


def _check_quantity(sold: Sold, item: Item, quantity: int, into: Sold | None) -> None:
    low, high = (_TRIAL_SEATS, item.maximum) if sold.trial else (1, sold.quantity)
    if sold.trial and into is not None:
        high = _TRIAL_SEATS
    if sold.extended and into is None:
        high = item.maximum
    if into is None:
        low, high = max(low, item.minimum), min(high, item.maximum)
    if not low <= quantity <= high:
        raise Refused(400, "2002", f"The quantity must be between {low} and {high}.")


def _term(sold: Sold, item: Item, body: dict[str, Any]) -> tuple[str, str]:
    default = ("P1Y", "monthly") if sold.trial else (sold.term, sold.billing_cycle)
    term = str(body.get("termduration") or default[0]).upper()
    cycle = str(body.get("billingcycle") or default[1]).lower()
    if term not in MONTHS:
        raise Refused(400, "900268", f"The term {term} is not valid.")
    if cycle not in CYCLE_MONTHS:
        raise Refused(400, "900269", f"The billing cycle {cycle} is not valid.")
    if MONTHS[term] < MONTHS.get(sold.term, 0):
        raise Refused(400, "900267", "The term is shorter than the source's.")
    if CYCLE_MONTHS[cycle] > MONTHS[term]:
        raise Refused(400, "900270", "The billing cycle is longer than the term.")
    if not item.offers(term, cycle):
        raise Refused(400, "900268", f"{item.name} is not sold for the term {term}, charged {cycle}.")
    return term, cycle


def _promotion(item: Item, term: str, cycle: str, quantity: int, body: dict[str, Any]) -> str:
    wanted = body.get("promotionid")
    if not wanted:
        return items.automatic_promotion(item.id, term, cycle, quantity)
    found = items.promotion(str(wanted))
    if found is None or found.item != item.product_sku or quantity > found.maximum:
        raise Refused(400, "3000", "The promotion is not for that item and so many seats.")
    return found.id
