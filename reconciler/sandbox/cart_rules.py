"""Refusals of a cart's line, and its price (cart-resources, "CartError")."""

from collections.abc import Sequence
from typing import Any

from reconciler.sandbox import items, prices
from reconciler.sandbox.items import Item
from reconciler.sandbox.messages import Request
from reconciler.sandbox.purchases import CartLine
from reconciler.sandbox.sold import LICENSED
from reconciler.sandbox.tenants import Tenant

_BOUND = ("active", "suspended", "expired", "disabled")
"""Statuses in which seats count against what a tenant may have."""


def judge(request: Request, tenant: Tenant, lines: Sequence[CartLine]) -> None:
    """Gives each line its order group, its promotion, its price, and the reason why it can't be bought."""
    for line in lines:
        found = items.item(line.item)
        line.group = "OMS-0" if found is None else "0" if found.platform == LICENSED else "1"
        line.promotion = _promotion(request, line)
        line.error = _error(request, tenant, line, lines)
        line.currency = prices.currency_of(tenant.country)["code"]
        line.pricing = _pricing(request, tenant, line) if found and line.error is None else None


def seats_left(tenant: Tenant, item: Item) -> int:
    """Returns how many more seats of an item the customer may have: all its subscriptions share one pool."""
    own = sum(
        sold.quantity for sold in tenant.subscriptions if sold.product_sku == item.product_sku and sold.status in _BOUND
    )
    return max(0, item.maximum - own - tenant.seats_elsewhere.get(item.product_sku, 0))


def _promotion(request: Request, line: CartLine) -> str:
    if line.promotion:
        return line.promotion
    if not request.behaviour.promotions_applied:
        return ""
    return items.automatic_promotion(line.item, line.term, line.cycle, line.quantity)


def _pricing(request: Request, tenant: Tenant, line: CartLine) -> dict[str, Any] | None:
    found = items.item(line.item)
    if found is None or not request.behaviour.prices_shown:
        return None
    promotion = items.promotion(line.promotion) if line.promotion else None
    percent = request.behaviour.price_percent
    return prices.pricing(found, line, tenant.country, percent, promotion)


def _error(request: Request, tenant: Tenant, line: CartLine, lines: Sequence[CartLine]) -> dict[str, Any] | None:
    found = items.item(line.item)
    if found is None:
        return _refusal(500600, f"The offer {line.item} is not sold any more.")
    if not found.sold or line.item.upper() != found.current(request.period):
        return _refusal(10001, f"The catalog item id {line.item} is not valid.")
    if [other.item.upper() for other in lines].count(line.item.upper()) > 1:
        return _refusal(10010, "Two lines have one catalog item id.")
    if line.term not in {term for term, _ in found.terms}:
        return _refusal(400039, f"The availability {line.item} does not support the term '{line.term}'.")
    if not found.offers(line.term, line.cycle):
        return _refusal(10013, f"The billing plan {line.cycle} is not supported for the term {line.term}.")
    return _of_participants(line) or _of_promotion(line, found) or _of_seats(tenant, line, found, lines)


def _of_participants(line: CartLine) -> dict[str, Any] | None:
    known = {"transaction_reseller", "additional_transaction_reseller"}
    if all(entry.get("key") in known and entry.get("value", "").isdecimal() for entry in line.participants):
        return None
    return _refusal(10004, "The participants are not valid.")


def _of_promotion(line: CartLine, item: Item) -> dict[str, Any] | None:
    promotion = items.promotion(line.promotion) if line.promotion else None
    if not line.promotion or (
        promotion is not None
        and promotion.item == item.product_sku
        and (line.term, line.cycle) in promotion.terms
        and line.quantity <= promotion.maximum
    ):
        return None
    return _refusal(10014, f"The promotion {line.promotion} is not valid for the line.")


def _of_seats(tenant: Tenant, line: CartLine, item: Item, lines: Sequence[CartLine]) -> dict[str, Any] | None:
    if line.quantity < item.minimum:
        return _refusal(10010, f"The quantity must be at least {item.minimum}.")
    left = seats_left(tenant, item)
    if line.quantity > left:
        return _refusal(10015, f"The tenant may have {left} more seats.", availableQuantity=left)
    owned = {sold.product_sku for sold in tenant.subscriptions if sold.status == "active"}
    beside = {":".join(other.item.upper().split(":")[:2]) for other in lines}
    if item.prerequisites and not (owned | beside) & set(item.prerequisites):
        return _refusal(400041, f"The line needs one of {', '.join(item.prerequisites)}.")
    return None


def _refusal(code: int, description: str, **information: int) -> dict[str, Any]:
    more = {"additionalInformation": information} if information else {}
    return {"errorCode": code, "errorDescription": description, **more}
