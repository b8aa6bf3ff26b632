"""The choice among the service's pairs of target and type, and the reasons where none will do."""

from typing import Any

import pytest

from reconciler.advice import sentence
from reconciler.model.capabilities import Capabilities, unavailable
from reconciler.model.term import FewerSeats
from reconciler.model.upgrade import UpgradeErrorCode, UpgradeOption
from tests.planning.cases import (
    E3,
    E5,
    ESSENTIALS,
    ONLY,
    PREMIUM,
    TRANSFER,
    change,
    codes,
    error,
    facts,
    live,
    option,
    planned,
    reason,
    steps_text,
    upgrading,
    wants,
)
from tests.requested import an_upgrade

NONE = "subscription_does_not_have_any_upgrade_paths"
NOT_THIS = "subscription_target_offer_not_found"
REFUSED = error(5)

MOVES = option()
STAYS = option(kind=ONLY)
MOVES_NOT = option(REFUSED)
STAYS_NOT = option(error(9), kind=ONLY)


@pytest.mark.parametrize(
    ("asked", "offered", "taken"),
    [
        ("preferred", [STAYS, MOVES], TRANSFER),
        ("preferred", [MOVES, STAYS], TRANSFER),
        ("preferred", [STAYS, MOVES_NOT], ONLY),
        ("preferred", [STAYS], ONLY),
        ("preferred", [MOVES, STAYS_NOT], TRANSFER),
        ("required", [STAYS, MOVES], TRANSFER),
        ("required", [MOVES, STAYS_NOT], TRANSFER),
        ("never", [STAYS, MOVES], ONLY),
        ("never", [STAYS, MOVES_NOT], ONLY),
    ],
)
def test_the_best_pair_that_is_permitted_and_accepted_is_taken(
    asked: str, offered: list[UpgradeOption], taken: str
) -> None:
    assert change(upgrading(*offered, transfer=asked)).request == an_upgrade(E3.id, way=taken)


@pytest.mark.parametrize(
    ("asked", "offered", "why"),
    [
        ("preferred", [STAYS_NOT, MOVES_NOT], ["subscription_not_provisioned", "user_context_required"]),
        ("required", [STAYS, MOVES_NOT], ["user_context_required", "license_transfer_required"]),
        ("required", [STAYS], ["license_transfer_required"]),
        ("required", [STAYS_NOT], ["subscription_not_provisioned", "license_transfer_required"]),
        ("never", [MOVES], ["license_transfer_not_wanted"]),
        ("never", [STAYS_NOT, MOVES], ["subscription_not_provisioned", "license_transfer_not_wanted"]),
        ("never", [STAYS_NOT, MOVES_NOT], ["subscription_not_provisioned"]),
        ("never", [MOVES_NOT], ["user_context_required", "license_transfer_not_wanted"]),
    ],
)
def test_where_no_pair_will_do_the_reasons_are_those_of_the_pairs_that_the_manifest_accepts(
    asked: str, offered: list[UpgradeOption], why: list[str]
) -> None:
    assert codes(upgrading(*offered, transfer=asked)) == why


def test_a_required_transfer_names_the_upgrade_without_it_only_where_that_is_permitted() -> None:
    permitted = steps_text(upgrading(STAYS, MOVES_NOT, transfer="required"), "license_transfer_required")
    refused = steps_text(upgrading(STAYS_NOT, MOVES_NOT, transfer="required"), "license_transfer_required")
    assert "license_transfer: preferred" in permitted
    assert "license_transfer: preferred" not in refused


def test_an_upgrade_without_transfer_warns_that_users_must_be_assigned_and_says_why() -> None:
    (caution,) = change(upgrading(STAYS, MOVES_NOT)).warnings
    assert caution.code == "users_must_be_assigned"
    assert "Microsoft 365 admin center" in caution.description
    assert "user_context_required" in caution.description


def test_an_upgrade_that_was_asked_for_without_transfer_warns_without_a_why() -> None:
    (caution,) = change(upgrading(STAYS, MOVES_NOT, transfer="never")).warnings
    assert "user_context_required" not in caution.description


def test_users_of_21vianet_are_assigned_in_its_own_admin_center() -> None:
    found = facts(wants(), lives=[live()], options=[STAYS])
    (caution,) = change(planned(found, cloud="china")).warnings
    assert "operated by 21Vianet" in caution.description


def test_where_the_cloud_moves_no_licences_a_required_transfer_says_so_instead_of_asking_for_obstacles() -> None:
    found = facts(wants(transfer="required"), lives=[live()], options=[STAYS])
    found_reason = reason(
        planned(found, capabilities=Capabilities(license_transfer=unavailable("china_has_no_license_transfer"))),
        "license_transfer_required",
    )
    assert found_reason.details == sentence("china_has_no_license_transfer")
    assert [step for step in found_reason.remedy.steps if "set license_transfer: preferred" in step.text]
    assert not [step for step in found_reason.remedy.steps if "stands against" in step.text]


def test_an_upgrade_with_transfer_warns_of_nothing() -> None:
    assert change(upgrading(MOVES)).warnings == ()


def test_an_empty_list_and_code_7_mean_the_same() -> None:
    seven = option(error(7), to=E5, kind="none")
    assert codes(upgrading()) == codes(upgrading(seven)) == [NONE]
    assert reason(upgrading(), NONE).number == reason(upgrading(seven), NONE).number == 7


def test_items_of_type_none_are_no_path_even_if_they_claim_to_be_permitted() -> None:
    assert codes(upgrading(option(kind="none"))) == [NONE]


def test_what_an_item_of_type_none_says_against_the_target_is_told() -> None:
    assert codes(upgrading(option(error(2), error(9), kind="none"), option(to=E5))) == [
        "subscription_status_not_active",
        "subscription_not_provisioned",
    ]


def test_a_list_without_the_target_is_code_8_and_names_the_offers_that_can_be_reached() -> None:
    offered = [option(to=E5), option(to=E5, kind=ONLY), option(error(9), to=PREMIUM)]
    steps = steps_text(upgrading(*offered), NOT_THIS)
    assert steps.count(E5.name) == 1
    assert PREMIUM.name not in steps


@pytest.mark.parametrize(("other", "sold_anew"), [(option(to=E5), False), (option(error(9), to=E5), True)])
def test_where_no_offer_can_be_reached_the_new_one_has_to_be_sold_anew(other: UpgradeOption, sold_anew: bool) -> None:
    assert (
        "sell Office 365 Enterprise E3 as a new subscription" in steps_text(upgrading(other), NOT_THIS)
    ) == sold_anew


def test_code_8_said_by_the_service_names_them_too() -> None:
    assert E5.name in steps_text(upgrading(option(error(8)), option(to=E5)), NOT_THIS)


def test_a_type_that_nobody_knows_is_never_taken_and_told_as_it_came() -> None:
    found = reason(upgrading(option(kind="upgrade_by_post")), "unknown")
    assert "upgrade_by_post" in found.description


def test_a_type_that_nobody_knows_does_not_hide_one_that_is_known() -> None:
    assert change(upgrading(option(kind="upgrade_by_post"), STAYS)).request == an_upgrade(E3.id, way=ONLY)


def test_two_steps_are_hinted_at_by_way_of_an_offer_that_is_permitted_now() -> None:
    found = facts(wants(offer=E3), lives=[live(ESSENTIALS)], options=[option(to=PREMIUM)])
    assert f"first {PREMIUM.name} ({PREMIUM.id}), apply, then {E3.name}" in steps_text(planned(found), NOT_THIS)


def test_two_steps_are_hinted_at_from_the_21vianet_matrix_where_the_service_lists_nothing() -> None:
    found = facts(wants(offer=E3), lives=[live(ESSENTIALS)], options=[])
    assert "by Office 365 Business Premium" in steps_text(planned(found), NONE)


def test_the_matrix_never_blocks_what_the_service_permits() -> None:
    """The matrix knows no way from E1 to E3."""
    assert change(upgrading(MOVES)).action == "upgrade"


@pytest.mark.parametrize("seats", [10, 300])
def test_the_bounds_of_the_target_are_allowed_quantities(seats: int) -> None:
    found = upgrading(option(minimum=10, maximum=300), seats=seats, fewer_seats=FewerSeats.NOW)
    assert change(found).after.quantity == seats


@pytest.mark.parametrize(
    ("seats", "bounds", "said"),
    [
        (
            301,
            {"minimum": 1, "maximum": 300},
            "The manifest asks for 301 seats; Office 365 Enterprise E3 takes from 1 to 300.",
        ),
        (
            9,
            {"minimum": 10, "maximum": 300},
            "The manifest asks for 9 seats; Office 365 Enterprise E3 takes from 10 to 300.",
        ),
        (9, {"minimum": 10}, "The manifest asks for 9 seats; Office 365 Enterprise E3 takes 10 or more."),
    ],
)
def test_more_or_fewer_seats_than_the_target_takes_are_refused_with_its_bounds(
    seats: int, bounds: dict[str, Any], said: str
) -> None:
    plan = upgrading(option(**bounds), seats=seats, fewer_seats=FewerSeats.NOW)
    assert reason(plan, "quantity_out_of_range").description == said


@pytest.mark.parametrize("code", UpgradeErrorCode, ids=lambda code: code.word)
def test_no_code_on_one_pair_stands_in_the_way_of_another_pair(code: UpgradeErrorCode) -> None:
    assert change(upgrading(option(error(code)), STAYS)).action == "upgrade"
