"""Prices of new commerce: invented, in the ratios of Microsoft's price list, so that every charge is whole cents."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from reconciler.sandbox.calendar import CYCLE_MONTHS, MONTHS
from reconciler.sandbox.items import Item, Promotion

CURRENCY = "USD"
DISCOUNT = Decimal("0.15")
"""Share of the price that every promotion takes off."""

_PAID_MONTHLY = Decimal("1.05")
_MONTH_BY_MONTH = Decimal("1.20")
_CENT = Decimal("0.01")


def charge(item: Item, term: str, cycle: str, percent: int = 100) -> Decimal:
    """Returns the price per seat and billing period. `percent` is how it has changed since the sandbox's first day."""
    uplift = _MONTH_BY_MONTH if term == "P1M" else _PAID_MONTHLY if cycle == "monthly" else Decimal(1)
    price = item.price * uplift * CYCLE_MONTHS.get(cycle, 1) * percent / 100
    return price.quantize(_CENT, ROUND_HALF_UP)


def pricing(
    item: Item, term: str, cycle: str, quantity: int, percent: int, promotion: Promotion | None
) -> dict[str, Any]:
    """Returns the `pricing` of a line: prices per seat and billing period, and for all seats and the whole term."""
    listed = charge(item, term, cycle, percent)
    price = (listed * (1 - DISCOUNT)).quantize(_CENT, ROUND_HALF_UP) if promotion else listed
    periods = MONTHS.get(term, 1) // CYCLE_MONTHS.get(cycle, 1)
    return {
        "listPrice": float(listed),
        "discountedPrice": float(price),
        "proratedPrice": float(price),
        "price": float(price),
        "extendedPrice": float(price * quantity * max(1, periods)),
    }
