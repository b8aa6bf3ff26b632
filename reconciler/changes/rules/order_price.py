"""The most that an order may pay for a seat: what its entry says, else what the price sheet does."""

from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING

from reconciler.changes.case import Case
from reconciler.model.money import precise
from reconciler.model.offer import Availability

if TYPE_CHECKING:
    from reconciler.model.prices import Price


def most_for_a_seat(case: Case, sold: Availability) -> Decimal | None:
    """The most that a seat may cost a month: what the entry says, else what the price sheet does."""
    price = of_sheet(case, sold)
    return case.desired.max_unit_price or (precise(monthly(price)) if price else None)


def monthly(price: "Price") -> Decimal:
    """The price of a seat a month, not rounded."""
    return price.amount / price.term.months


def of_sheet(case: Case, sold: Availability) -> "Price | None":
    """The price sheet's price of a seat; None where the service sells in another currency."""
    price = listed_price(case)
    return price if price and price.currency == sold.currency else None


def listed_price(case: Case) -> "Price | None":
    """The price sheet's price of a seat, in the currency of the sheet."""
    desired, today = case.desired, case.circumstances.now.astimezone(UTC).date()
    prices = case.circumstances.prices
    if prices is None or desired.term is None or desired.billing is None:
        return None
    return prices.of_term(desired.offer.id, desired.term, desired.billing, desired, begins=today, today=today)
