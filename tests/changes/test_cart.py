"""Carts: nothing is bought above the price that was approved, and nothing at it is refused."""

from decimal import Decimal

import pytest

from reconciler.changes.cart import refusal
from reconciler.model.money import precise
from reconciler.model.order import Cart, CartLine, CartStatus
from reconciler.model.order_request import OrderRequest
from tests.requested import an_order

OFFER, ITEM = "CFQ7TTC0LH18:0001", "CFQ7TTC0LH18:0001:CFQ7TTC0K7Q8"


def ordered(term: str, billing: str, price: Decimal, seats: int = 7) -> OrderRequest:
    return an_order(OFFER, ITEM, seats, term=term, billing=billing, unit_price=price, currency="USD")


def cart(order: OrderRequest, price: Decimal) -> Cart:
    line = CartLine(
        catalog_item_id=ITEM, quantity=order.quantity, term=order.term, billing=order.billing, currency="USD",
        unit_price=price,
    )  # fmt: skip
    return Cart(id="cart-1", status=CartStatus.ACTIVE, lines=(line,))


@pytest.mark.parametrize(
    ("term", "billing", "months", "charge", "sheet"),
    [
        ("annual", "annual", 12, "100.00", "100"),
        ("annual", "monthly", 12, "8.34", "100.05"),
        ("triennial", "annual", 36, "33.34", "100.005"),
        ("triennial", "triennial", 36, "1000.01", "1000.01"),
    ],
)
def test_a_cart_at_the_sheet_s_price_is_bought_and_one_a_cent_above_is_not(
    term: str, billing: str, months: int, charge: str, sheet: str
) -> None:
    order, price = ordered(term, billing, precise(Decimal(sheet) / months)), Decimal(charge)

    assert refusal(cart(order, price), order) is None
    assert refusal(cart(order, price + Decimal("0.01")), order) is not None


@pytest.mark.parametrize(("billing", "most"), [("annual", "700.00"), ("monthly", "699.72")])
def test_at_most_is_never_less_than_what_a_cart_may_cost(billing: str, most: str) -> None:
    order = ordered("annual", billing, precise(Decimal(100) / 12))
    periods = {"annual": 1, "monthly": 12}[billing]

    assert order.most_in_all == order.most_charged * periods * order.quantity == Decimal(most)
    assert order.most_monthly * 12 >= order.most_in_all
    assert order.most_at_once * periods == order.most_in_all


def test_a_price_above_the_approved_one_is_told_by_the_billing_period() -> None:
    order = ordered("annual", "annual", Decimal("8.33"))

    refused = refusal(cart(order, Decimal("100.00")), order)

    assert refused is not None
    assert "100.00 USD a year (8.34 a month) now" in refused.errors[0].description
    assert "99.96 USD a year" in refused.errors[0].description
