"""Carts: they cost nothing, tell a price, and say in a 201 why a line can't be bought."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Behaviour
from reconciler.sandbox.behaviour import Cloud
from tests.sandbox.modern import BASIC, PREMIUM, TRIAL
from tests.sandbox.ordering import COPILOT, a_cart, a_shop, bought, check_out, fill, line

AZURE = "DZH318Z0BPS6:0001:DZH318Z0SC02"
EXTENDED = "CFQ7TTC0EST9:0001:CFQ7TTC0SE09"
PROMOTION = "39NFJQT1PFPJ:000H:39NFJQT1Q5DK"


def test_a_cart_is_answered_with_what_was_not_asked_for(tmp_path: Path) -> None:
    made = fill(a_shop(tmp_path))
    (only,) = made.body["lineItems"]
    assert (made.status, made.body["status"], made.body["attributes"]) == (201, "Active", {"objectType": "Cart"})
    assert made.body["expirationTimestamp"] == "2026-03-09T12:00:00Z"
    assert (only["id"], only["provisioningContext"], only["orderGroup"]) == (0, {}, "0")
    assert (only["currencyCode"], only["billingCycle"]) == ("USD", "monthly")


def test_a_price_is_per_seat_and_billing_period_and_extended_for_all_seats_and_the_term(tmp_path: Path) -> None:
    service = a_shop(tmp_path)
    prices = [
        fill(service, line(BASIC, 2, termDuration=term, billingCycle=cycle)).body["lineItems"][0]["pricing"]
        for term, cycle in (("P1Y", "annual"), ("P1Y", "monthly"), ("P1M", "monthly"), ("P3Y", "annual"))
    ]
    assert [(found["price"], found["extendedPrice"]) for found in prices] == [
        (60.0, 120.0),
        (5.25, 126.0),
        (6.0, 12.0),
        (60.0, 360.0),
    ]


def test_prices_can_change_or_be_withheld(tmp_path: Path) -> None:
    service = a_shop(tmp_path, behaviour=Behaviour(price_percent=110))
    assert fill(service).body["lineItems"][0]["pricing"]["price"] == 27.72
    service.behave(prices_shown=False)
    assert "pricing" not in fill(service).body["lineItems"][0]


def test_a_promotion_is_applied_unasked_or_silently_not(tmp_path: Path) -> None:
    service = a_shop(tmp_path)
    premium = line(PREMIUM)
    (applied,) = fill(service, premium).body["lineItems"]
    assert (applied["promotionId"], applied["pricing"]["listPrice"], applied["pricing"]["price"]) == (
        PROMOTION,
        18.9,
        16.07,
    )
    service.behave(promotions_applied=False)
    (withheld,) = fill(service, premium).body["lineItems"]
    assert ("promotionId" in withheld, withheld["pricing"]["price"]) == (False, 18.9)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (line("CFQ7TTC0MM8R:0001:CFQ7TTC0OLD1"), 10001),
        (line(EXTENDED), 10001),
        (line("195416C1-3447-423A-B37B-EE59A99A19C4"), 500600),
        (line(termDuration=""), 400039),
        (line(billingCycle="Triennial"), 10013),
        (line(participants=[{"key": "transaction_reseller", "value": "ours"}]), 10004),
        (line(promotionId=PROMOTION), 10014),
        (line(PREMIUM, 276), 10015),
    ],
)
def test_a_line_that_cant_be_bought_says_why_in_a_201(tmp_path: Path, wrong: dict[str, Any], code: int) -> None:
    service = a_shop(tmp_path)
    made = fill(service, wrong)
    (only,) = made.body["lineItems"]
    assert (made.status, only["error"]["errorCode"], "pricing" in only) == (201, code, False)
    assert check_out(service, made.body["id"]).code == (400, "800009")
    assert bought(service) == []


def test_seats_are_pooled_over_all_subscriptions_of_an_item_also_of_other_partners(tmp_path: Path) -> None:
    service = a_shop(tmp_path, seats_elsewhere={PREMIUM.rpartition(":")[0]: 200})
    (only,) = fill(service, line(PREMIUM, 76)).body["lineItems"]
    assert only["error"]["additionalInformation"] == {"availableQuantity": 75}
    assert "error" not in fill(service, line(PREMIUM, 75)).body["lineItems"][0]


def test_an_add_on_needs_its_base_before_it_or_beside_it(tmp_path: Path) -> None:
    service = a_shop(tmp_path)
    with service.changed() as world:
        world.customers[0].subscriptions[0].status = "suspended"
    (alone,) = fill(service).body["lineItems"]
    assert alone["error"]["errorCode"] == 400041
    together = fill(service, line(PREMIUM, 5), line()).body["lineItems"]
    assert [("error" in found) for found in together] == [False, False]


def test_two_lines_of_one_item_are_refused(tmp_path: Path) -> None:
    codes = [found["error"]["errorCode"] for found in fill(a_shop(tmp_path), line(), line()).body["lineItems"]]
    assert codes == [10010, 10010]


@pytest.mark.parametrize(
    "body", [{}, {"lineItems": []}, {"lineItems": [{"quantity": 1}]}, {"lineItems": [line(quantity=0)]}]
)
def test_a_malformed_cart_is_a_400(tmp_path: Path, body: dict[str, Any]) -> None:
    service = a_shop(tmp_path)
    assert service.send("POST", f"/customers/{service.tenant.tenant}/carts", body).code == (400, "800002")


def test_a_cart_can_be_filled_otherwise_until_it_is_ordered_and_is_gone_when_it_expires(tmp_path: Path) -> None:
    service = a_shop(tmp_path)
    cart = a_cart(service)
    path = f"/customers/{service.tenant.tenant}/carts/{cart}"
    asked = {"PartnerOnRecordAttestationAccepted": True, "lineItems": [line(quantity=3)]}
    assert service.send("PUT", path, asked).body["lineItems"][0]["quantity"] == 3
    check_out(service, cart)
    assert service.send("PUT", path, asked).code == (400, "800065")
    assert service.send("GET", path).body["status"] == "Ordered"
    service.later(timedelta(days=7).total_seconds())
    assert service.send("GET", path).code == check_out(service, cart).code == (404, "800008")
    assert bought(service) == [(COPILOT, 3)]


def test_an_availability_that_was_replaced_is_not_there_at_the_checkout(tmp_path: Path) -> None:
    service = a_shop(tmp_path, behaviour=Behaviour(availability_days=1))
    cart = a_cart(service)
    service.later(timedelta(days=1).total_seconds())
    assert check_out(service, cart).code == (404, "400019")


def test_lines_of_several_kinds_are_several_orders(tmp_path: Path) -> None:
    service = a_shop(tmp_path)
    made = fill(service, line(), line(BASIC, 1))
    assert [found["orderGroup"] for found in made.body["lineItems"]] == ["0", "0"]
    (order,) = check_out(service, made.body["id"]).body["orders"]
    assert [found["quantity"] for found in order["lineItems"]] == [10, 1]


def test_a_trial_costs_nothing(tmp_path: Path) -> None:
    trial = line(TRIAL, 25, termDuration="P1M", billingCycle="none")
    (only,) = fill(a_shop(tmp_path), trial).body["lineItems"]
    assert (only.get("error"), only["pricing"]["extendedPrice"]) == (None, 0.0)


@pytest.mark.parametrize("cloud", [Cloud.CHINA, Cloud.US_GOVERNMENT])
def test_other_clouds_have_no_carts(tmp_path: Path, cloud: Cloud) -> None:
    service = a_shop(tmp_path, behaviour=Behaviour(cloud=cloud))
    assert fill(service).code == (404, "1000")
