"""Seats of new commerce: which can be given back, and what is arranged for the next term."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Batch, Sold
from reconciler.sandbox.catalogue import E1
from tests.sandbox.emulated import NOON, Emulated, emulated

BASIC = "CFQ7TTC0LH18:0001:CFQ7TTC0K971"
DAY = 86_400


def _bought(path: Path, *, days_ago: int, **values: Any) -> Emulated:
    return emulated(path, Sold(offer=BASIC, quantity=10, created=NOON - timedelta(days=days_ago), **values))


def _refundable(service: Emulated) -> list[int]:
    found = service.get(f"/{service.first.id}").body["refundableQuantity"]
    quantities = [item["quantity"] for item in found["details"]]
    assert found["totalQuantity"] == sum(quantities)
    return quantities


def _next_term(**product: str) -> dict[str, Any]:
    ids = dict(zip(("productId", "skuId", "availabilityId"), BASIC.split(":"), strict=True))
    return {"product": ids | {"billingCycle": "annual", "termDuration": "P1Y"} | product, "quantity": 8}


def test_seats_can_be_given_back_for_seven_days(tmp_path: Path) -> None:
    service = _bought(tmp_path, days_ago=6)
    assert _refundable(service) == [10]
    service.later(DAY)
    assert service.patch(quantity=9).body["quantity"] == 9
    service.later(1)
    assert _refundable(service) == []
    assert service.patch(quantity=8).code == (400, "800090")


def test_only_what_was_added_lately_can_be_given_back(tmp_path: Path) -> None:
    service = _bought(tmp_path, days_ago=100)
    service.patch(quantity=14)
    assert _refundable(service) == [4]
    assert service.patch(quantity=9).code == (400, "800090")
    assert service.patch(quantity=11).body["refundableQuantity"]["totalQuantity"] == 1


@pytest.mark.parametrize(("order", "left"), [("newest_first", [1]), ("oldest_first", [1])])
def test_the_batch_that_is_used_up_first_is_a_switch(tmp_path: Path, order: str, left: list[int]) -> None:
    old = Batch(quantity=2, until=NOON + timedelta(days=2))
    new = Batch(quantity=3, until=NOON + timedelta(days=7))
    service = _bought(tmp_path, days_ago=100, batches=[old, new])
    service.behave(batch_order=order)
    service.patch(quantity=6)
    assert _refundable(service) == left
    assert service.first.batches == [Batch(quantity=1, until=old.until if order == "newest_first" else new.until)]


def test_instructions_for_the_next_term_are_kept_while_nothing_changes_in_between(tmp_path: Path) -> None:
    service = _bought(tmp_path, days_ago=100)
    wanted = _next_term()
    assert service.patch(scheduledNextTermInstructions=wanted).body["scheduledNextTermInstructions"] == wanted
    assert service.patch(friendlyName="Renamed").body["scheduledNextTermInstructions"] == wanted


@pytest.mark.parametrize(
    "how",
    [
        {"quantity": 12},
        {"status": "suspended"},
        {"without": ("scheduledNextTermInstructions",)},
        {"scheduledNextTermInstructions": None},
        {"without": ("scheduledNextTermInstructions", "autoRenewEnabled")},
    ],
    ids=str,
)
def test_a_change_in_between_clears_them(tmp_path: Path, how: dict[str, Any]) -> None:
    service = _bought(tmp_path, days_ago=100, next_term=_next_term())
    assert "scheduledNextTermInstructions" not in service.patch(**how).body


def test_a_move_to_another_item_clears_them(tmp_path: Path) -> None:
    service = _bought(tmp_path, days_ago=100, next_term=_next_term())
    body = {
        "toCatalogItemId": "CFQ7TTC0LDPB:0001:CFQ7TTC0SBX2",
        "quantity": 10,
        "transitionType": "transition_only",
    }
    path = f"/customers/{service.tenant.tenant}/subscriptions/{service.first.id}/transitions"
    assert service.send("POST", path, body).status == 200
    assert service.first.next_term is None


@pytest.mark.parametrize(
    "changed",
    [
        {"scheduledNextTermInstructions": _next_term(), "autoRenewEnabled": False},
        {"scheduledNextTermInstructions": _next_term(productId="NOSUCHTHING")},
        {"scheduledNextTermInstructions": _next_term() | {"quantity": 0}},
        {"scheduledNextTermInstructions": "next year"},
        {"scheduledNextTermInstructions": {"product": []}},
    ],
    ids=str,
)
def test_instructions_that_make_no_sense_are_refused(tmp_path: Path, changed: dict[str, Any]) -> None:
    service = _bought(tmp_path, days_ago=100)
    assert service.patch(**changed).code == (400, "3000")
    assert service.first.next_term is None


def test_traditional_subscriptions_have_no_next_term_to_arrange(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer=E1))
    assert service.patch(scheduledNextTermInstructions=_next_term()).code == (400, "3000")


def test_the_catalogues_bounds_hold_for_new_commerce_too(tmp_path: Path) -> None:
    assert _bought(tmp_path, days_ago=100).patch(quantity=301).code == (400, "2002")
