"""Eligibility for upgrades: all twelve codes, from the state of the world."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Behaviour, Sold
from reconciler.sandbox.catalogue import (
    BUSINESS,
    BUSINESS_ESSENTIALS,
    BUSINESS_PREMIUM,
    CHINA_BUSINESS,
    CHINA_BUSINESS_ESSENTIALS,
    CHINA_E1,
    CHINA_E3,
    E1,
    E3,
    E5,
    EXCHANGE_1,
    EXCHANGE_2,
    EXCHANGE_ARCHIVING,
    PROPLUS,
)
from tests.sandbox.emulated import APP, NOON, codes, emulated

TRANSFER = "upgrade_with_license_transfer"


def test_every_target_is_listed_once_for_each_way_to_upgrade_with_the_sources_quantity(tmp_path: Path) -> None:
    items = emulated(tmp_path, Sold(offer=E3, quantity=40)).upgrades()
    pairs = [(item["targetOffer"]["id"], item["upgradeType"]) for item in items]
    assert len(set(pairs)) == len(pairs)
    assert {kind for target, kind in pairs if target == E5} == {"upgrade_only", TRANSFER}
    assert {item["quantity"] for item in items} == {40}
    assert all(item["isEligible"] and item["upgradeErrors"] == [] for item in items)


def test_a_general_refusal_is_code_0_with_its_details(tmp_path: Path) -> None:
    items = emulated(tmp_path, Sold(offer=E1, refusal="Ask support.")).upgrades()
    assert {item["upgradeErrors"][0]["code"] for item in items} == {0}
    assert items[0]["upgradeErrors"][0]["additionalDetails"] == "Ask support."


def test_without_delegated_administration_licences_cant_move_and_an_upgrade_alone_can(tmp_path: Path) -> None:
    items = emulated(tmp_path, delegated_admin=False).upgrades()
    assert codes(items, TRANSFER)[E3] == {1}
    assert codes(items)[E3] == set()


def test_missing_delegation_can_close_every_upgrade(tmp_path: Path) -> None:
    behaviour = Behaviour(delegation_for_every_upgrade=True)
    assert codes(emulated(tmp_path, behaviour=behaviour, delegated_admin=False).upgrades())[E3] == {1}


def test_in_21vianet_missing_delegation_closes_every_upgrade_and_licences_never_move(tmp_path: Path) -> None:
    items = emulated(tmp_path, Sold(offer=CHINA_BUSINESS), country="CN", delegated_admin=False).upgrades()
    assert {item["upgradeType"] for item in items} == {"upgrade_only"}
    assert codes(items)[CHINA_E3] == {1}


@pytest.mark.parametrize("status", ["suspended", "deleted", "expired", "in_review"])
def test_a_source_that_is_not_active_is_code_2_with_its_state_in_the_details(tmp_path: Path, status: str) -> None:
    error = emulated(tmp_path, Sold(offer=E1, status=status)).upgrades()[0]["upgradeErrors"][0]
    assert (error["code"], error["additionalDetails"]) == (2, status)


def test_another_active_subscription_with_services_that_the_target_adds_is_code_3(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer=BUSINESS_PREMIUM), Sold(offer=PROPLUS, name="Designers"))
    error = next(upgrade for upgrade in service.upgrades() if upgrade["targetOffer"]["id"] == E3)["upgradeErrors"][0]
    assert error["code"] == 3
    assert "Designers" in error["additionalDetails"]


@pytest.mark.parametrize("other", [Sold(offer=PROPLUS, status="suspended"), Sold(offer=EXCHANGE_1)])
def test_inactive_subscriptions_and_services_of_the_source_are_no_conflict(tmp_path: Path, other: Sold) -> None:
    assert codes(emulated(tmp_path, Sold(offer=BUSINESS_PREMIUM), other).upgrades())[E3] == set()


def test_a_target_held_as_often_as_its_limit_allows_is_code_4(tmp_path: Path) -> None:
    held = [Sold(offer=BUSINESS_PREMIUM, status="suspended") for _ in range(2)]
    assert codes(emulated(tmp_path, Sold(offer=BUSINESS_ESSENTIALS), *held).upgrades())[BUSINESS_PREMIUM] == {4}


def test_an_application_alone_cant_transfer_licences_and_may_upgrade_without(tmp_path: Path) -> None:
    items = emulated(tmp_path).upgrades(token=APP)
    assert codes(items, TRANSFER)[E3] == {5}
    assert codes(items)[E3] == set()


def test_add_ons_on_the_source_are_code_6_until_they_are_deleted(tmp_path: Path) -> None:
    source = "1c2b75c1-74a5-472a-a729-7f8cefc477f9"
    archive = Sold(offer=EXCHANGE_ARCHIVING, parent=source)
    service = emulated(tmp_path, Sold(id=source, offer=EXCHANGE_1), archive)
    assert codes(service.upgrades())[EXCHANGE_2] == {6}
    with service.changed() as world:
        world.customers[0].subscriptions[1].status = "deleted"
    assert codes(service.upgrades())[EXCHANGE_2] == set()


def test_no_upgrade_path_is_an_empty_list(tmp_path: Path) -> None:
    assert emulated(tmp_path, Sold(offer=E5)).upgrades() == []


def test_no_upgrade_path_can_be_an_item_with_code_7(tmp_path: Path) -> None:
    behaviour = Behaviour(no_path_as_item=True)
    (item,) = emulated(tmp_path, Sold(offer=E5), behaviour=behaviour).upgrades()
    assert (item["upgradeType"], item["isEligible"], item["upgradeErrors"][0]["code"]) == ("none", False, 7)


def test_a_target_that_is_withheld_is_not_listed_and_code_8_when_it_is_asked_for(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer=BUSINESS, withheld=[E3.lower()]))
    assert E3 not in codes(service.upgrades())
    assert [error["code"] for error in service.upgrade(E3).body["upgradeErrors"]] == [8]


def test_an_order_that_is_still_processed_is_code_9_until_it_is_done(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer=E1, provisioned_from=NOON + timedelta(minutes=5)))
    assert codes(service.upgrades())[E3] == {9}
    service.later(300)
    assert codes(service.upgrades())[E3] == set()


def test_a_target_without_the_sources_billing_cycle_is_code_10(tmp_path: Path) -> None:
    monthly = Sold(offer=CHINA_BUSINESS_ESSENTIALS, billing_cycle="monthly")
    found = codes(emulated(tmp_path, monthly, country="CN").upgrades())
    assert (found[CHINA_E1], found[CHINA_E3]) == ({10}, set())


@pytest.mark.parametrize(
    ("roles", "alone", "transfer"),
    [
        (["Directory Writers"], set(), set()),
        (["Directory Readers"], set(), {11}),
        (["Service Support Administrator"], {11}, {11}),
        ([], {11}, {11}),
    ],
)
def test_granular_roles_decide_where_they_are_in_use(
    tmp_path: Path, roles: list[str], alone: Any, transfer: Any
) -> None:
    items = emulated(tmp_path, gdap_roles=roles, delegated_admin=False).upgrades()
    assert (codes(items)[E3], codes(items, TRANSFER)[E3]) == (alone, transfer)


def test_several_reasons_are_given_together(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer=E1, status="suspended"), delegated_admin=False)
    assert codes(service.upgrades(token=APP), TRANSFER)[E3] == {1, 2, 5}


def test_upgrades_of_a_new_commerce_subscription_are_refused_as_a_legacy_call(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer="CFQ7TTC0LH18:0001:CFQ7TTC0K971"))
    assert service.get(f"/{service.first.id}/upgrades").code == (400, "2100")
    assert service.upgrade(E3).code == (400, "2100")
