"""The rules of new commerce: what may be given back, and what is arranged for the next term."""

from datetime import datetime, timedelta
from typing import Any

from reconciler.sandbox import catalogue
from reconciler.sandbox.messages import Refused
from reconciler.sandbox.tenants import Addition, Sold

REDUCTION_WINDOW = timedelta(days=7)
"""Time after the purchase in which seats may be given back."""

_PRODUCT = ("productId", "skuId", "availabilityId", "billingCycle", "termDuration", "promotionId")


def refundable(sold: Sold, now: datetime) -> list[Addition]:
    """The seats that may still be given back, by when they were bought."""
    later = sum(addition.quantity for addition in sold.additions)
    bought = [Addition(at=sold.started, quantity=sold.quantity - later), *sold.additions]
    return [entry for entry in bought if entry.quantity > 0 and now <= entry.at + REDUCTION_WINDOW]


def check_reduction(sold: Sold, quantity: int, now: datetime) -> None:
    """Raises Refused where a subscription can't lose that many seats: 400/900257 too late, 400/800090 too many."""
    possible = sum(item.quantity for item in refundable(sold, now))
    if not possible:
        raise Refused(400, "900257", "Seats can be removed only within seven days of the purchase.")
    if sold.quantity - quantity > possible:
        raise Refused(400, "800090", f"The quantity can't be decreased by more than {possible}.")


def count_seats(sold: Sold, quantity: int, now: datetime) -> None:
    """Sets another quantity: new seats may be given back for a while, and seats given back are the newest."""
    grown = quantity - sold.quantity
    additions = [*sold.additions, Addition(at=now, quantity=grown)] if grown > 0 else list(sold.additions)
    while grown < 0 and additions:
        newest = additions.pop()
        if newest.quantity + grown > 0:
            additions.append(Addition(at=newest.at, quantity=newest.quantity + grown))
        grown += newest.quantity
    sold.quantity, sold.additions = quantity, additions


def next_term(sold: Sold, body: dict[str, Any]) -> dict[str, Any] | None:
    """The instructions for the next term that a PATCH asks for, as the service writes them; None where there are none.

    Raises Refused (400/3000) where they make no sense.
    """
    asked = body.get("schedulednextterminstructions")
    if asked is None:
        return None
    product = asked.get("product") if isinstance(asked, dict) else None
    if not sold.new_commerce or not isinstance(product, dict):
        raise Refused(400, "3000", "The property scheduledNextTermInstructions is not valid.")
    if body.get("autorenewenabled") is not True:
        raise Refused(400, "3000", "The property scheduledNextTermInstructions needs autoRenewEnabled.")
    if catalogue.item(":".join(str(product.get(key.lower(), "")) for key in _PRODUCT[:3])) is None:
        raise Refused(400, "3000", "The product of scheduledNextTermInstructions is not in the catalogue.")
    quantity = asked.get("quantity", sold.quantity)
    if not isinstance(quantity, int) or isinstance(quantity, bool) or quantity < 1:
        raise Refused(400, "3000", "The quantity of scheduledNextTermInstructions must be a whole number.")
    members = {key: product[key.lower()] for key in _PRODUCT if product.get(key.lower()) is not None}
    return {"product": members, "quantity": quantity}
