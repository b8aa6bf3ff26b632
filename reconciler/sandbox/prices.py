"""Prices of new commerce: invented, in the ratios of Microsoft's price list, so that every charge is whole cents."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from reconciler.sandbox.calendar import CYCLE_MONTHS, MONTHS
from reconciler.sandbox.items import Item, Promotion
from reconciler.sandbox.purchases import CartLine

_CURRENCIES = {"GB": ("GBP", Decimal("0.8")), "DE": ("EUR", Decimal("0.9"))}
"""Currencies by country, and what a dollar is in them. All other countries pay in dollars."""

_DOLLARS = ("USD", Decimal(1))
_SYMBOLS = {"USD": "$", "GBP": "£", "EUR": "€"}

DISCOUNT = Decimal("0.15")
"""Share of the price that every promotion takes off."""

_PAID_MONTHLY = Decimal("1.05")
_MONTH_BY_MONTH = Decimal("1.20")
_CENT = Decimal("0.01")


def currency_of(country: str) -> dict[str, str]:
    """Returns the currency in which a country pays: its code, and its symbol."""
    code, _ = _CURRENCIES.get(country, _DOLLARS)
    return {"code": code, "symbol": _SYMBOLS[code]}


def charge(item: Item, term: str, cycle: str, country: str, percent: int = 100) -> Decimal:
    """Returns the price per seat and billing period, in the country's currency. `percent` is how it has changed since
    the sandbox's first day.
    """
    _, rate = _CURRENCIES.get(country, _DOLLARS)
    uplift = _MONTH_BY_MONTH if term == "P1M" else _PAID_MONTHLY if cycle == "monthly" else Decimal(1)
    price = item.price * rate * uplift * CYCLE_MONTHS.get(cycle, 1) * percent / 100
    return price.quantize(_CENT, ROUND_HALF_UP)


def pricing(item: Item, line: CartLine, country: str, percent: int, promotion: Promotion | None) -> dict[str, Any]:
    """Returns the `pricing` of a line: prices per seat and billing period, and for all seats and the whole term."""
    term, cycle, quantity = line.term, line.cycle, line.quantity
    listed = charge(item, term, cycle, country, percent)
    price = (listed * (1 - DISCOUNT)).quantize(_CENT, ROUND_HALF_UP) if promotion else listed
    periods = MONTHS.get(term, 1) // CYCLE_MONTHS.get(cycle, 1)
    return {
        "listPrice": float(listed),
        "discountedPrice": float(price),
        "proratedPrice": float(price),
        "price": float(price),
        "extendedPrice": float(price * quantity * max(1, periods)),
    }
