"""Transitions of new-commerce subscriptions, and how the move goes."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Behaviour, Fault, FaultKind, Sold, User
from reconciler.sandbox.catalogue import E1, E3, EXCHANGE_1
from tests.sandbox.emulated import APP, NOON, Emulated, Reply, emulated

BASIC = "CFQ7TTC0LH18:0001:CFQ7TTC0K971"
STANDARD = "CFQ7TTC0LDPB:0001:CFQ7TTC0SBX2"
OFFICE_E3 = "CFQ7TTC0LF8R:0001:CFQ7TTC0SBX5"
AUTUMN = NOON - timedelta(days=120)
WINTER = NOON - timedelta(days=20)

SAMPLES = Behaviour(history_member="transition", transition_spelling="samples")


def _sold(**values: Any) -> Sold:
    return Sold(**{"offer": BASIC, "quantity": 10, "created": AUTUMN, **values})


def _eligibilities(service: Emulated, query: str = "", **how: Any) -> dict[str, dict[str, Any]]:
    items = service.get(f"/{service.first.id}/transitionEligibilities{query}", **how).body["items"]
    return {item["catalogItemId"]: item for item in items}


def _codes(item: dict[str, Any]) -> dict[str, list[int]]:
    return {entry["transitionType"]: [error["code"] for error in entry["errors"]] for entry in item["eligibilities"]}


def _move(service: Emulated, quantity: Any = 10, kind: str = "transition_only", **members: Any) -> Reply:
    body = {"toCatalogItemId": STANDARD, "quantity": quantity, "transitionType": kind, **members}
    path = f"/customers/{service.tenant.tenant}/subscriptions/{service.first.id}/transitions"
    return service.send("POST", path, body)


def _shown(service: Emulated) -> list[tuple[str, int, str]]:
    return [(item["offerId"], item["quantity"], item["status"]) for item in service.get().body["items"]]


def _history(service: Emulated) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = service.get(f"/{service.first.id}/transitions").body["items"]
    return found


def _events(move: dict[str, Any]) -> list[tuple[str, str]]:
    return [(event["name"], event["status"]) for event in move["events"]]


def test_each_item_says_for_both_ways_whether_it_may_be(tmp_path: Path) -> None:
    items = _eligibilities(emulated(tmp_path, _sold()))
    assert {STANDARD, OFFICE_E3} <= set(items)
    assert _codes(items[STANDARD]) == {"transition_only": [], "transition_with_license_transfer": []}
    assert (items[STANDARD]["quantity"], items[STANDARD]["subscriptionEligibilities"]) == (10, [])


@pytest.mark.parametrize(
    ("sold", "tenant", "token", "only", "transfer"),
    [
        (_sold(status="suspended"), {}, "x", [2], [2]),
        (_sold(), {}, APP, [], [5]),
        (_sold(), {"gdap_roles": ["Directory Readers"]}, "x", [], [13]),
        (_sold(), {"gdap_roles": []}, "x", [13], [13]),
        (_sold(), {"delegated_admin": False}, "x", [], [1]),
        (_sold(provisioned_from=NOON + timedelta(hours=1)), {}, "x", [9], [9]),
    ],
)
def test_the_reasons_are_those_of_upgrades_but_for_granular_roles(
    tmp_path: Path, sold: Sold, tenant: dict[str, Any], token: str, only: list[int], transfer: list[int]
) -> None:
    item = _eligibilities(emulated(tmp_path, sold, **tenant), token=token)[STANDARD]
    assert list(_codes(item).values()) == [only, transfer]


def test_overlapping_services_of_another_subscription_stand_in_the_way(tmp_path: Path) -> None:
    items = _eligibilities(emulated(tmp_path, _sold(), Sold(offer=E3), Sold(offer=EXCHANGE_1)))
    assert _codes(items[STANDARD])["transition_only"] == []
    assert _codes(items[OFFICE_E3])["transition_only"] == [3]


def test_subscriptions_that_seats_could_join_are_listed_with_what_speaks_against_them(tmp_path: Path) -> None:
    fit = _sold(id="1", offer=STANDARD, created=WINTER)
    short = _sold(id="2", offer=STANDARD, created=WINTER, term="P1M")
    gone = _sold(id="3", offer=STANDARD, created=WINTER, status="deleted")
    fresh = _sold(id="4", offer=STANDARD, created=NOON)
    item = _eligibilities(emulated(tmp_path, _sold(), fit, short, gone, fresh))[STANDARD]
    why = {entry["subscriptionId"]: entry["errors"] for entry in item["subscriptionEligibilities"]}
    codes = {item: [error["code"] for error in errors] for item, errors in why.items()}
    assert codes == {"1": [], "2": [3, 4], "3": [1], "4": [2]}


def test_for_the_next_term_no_subscription_can_be_joined(tmp_path: Path) -> None:
    item = _eligibilities(emulated(tmp_path, _sold()), "?eligibilityType=scheduled")[STANDARD]
    assert "subscriptionEligibilities" not in item


def test_all_seats_move_later_and_the_subscription_keeps_its_id(tmp_path: Path) -> None:
    service = emulated(tmp_path, _sold())
    answer = _move(service).body
    assert _events(answer) == [("Conversion", "Started")]
    assert _shown(service) == [(BASIC, 10, "active")]
    service.later(60)
    (move,) = _history(service)
    assert (move["operationId"], move["toSubscriptionId"]) == (answer["operationId"], service.first.id)
    assert _events(move)[1:] == [("Conversion", "Completed"), ("LicenseReassignment", "Completed")]
    assert _shown(service) == [(STANDARD, 10, "active")]
    assert service.get().body["items"][0]["offerName"] == "Microsoft 365 Business Standard"


def test_some_seats_become_a_new_subscription_with_the_same_end(tmp_path: Path) -> None:
    service = emulated(tmp_path, _sold())
    _move(service, 4)
    service.later(60)
    assert _shown(service) == [(BASIC, 6, "active"), (STANDARD, 4, "active")]
    source, part = service.get().body["items"]
    assert source["commitmentEndDate"] == part["commitmentEndDate"]
    assert part["refundableQuantity"]["totalQuantity"] == 0
    assert _history(service)[0]["toSubscriptionId"] == part["id"]


@pytest.mark.parametrize(("quantity", "left"), [(4, (BASIC, 6, "active")), (10, (BASIC, 10, "deleted"))])
def test_seats_can_join_a_subscription_that_is_there(tmp_path: Path, quantity: int, left: tuple[str, int, str]) -> None:
    service = emulated(tmp_path, _sold(), _sold(offer=STANDARD, created=WINTER, quantity=5))
    _move(service, quantity, toSubscriptionId=service.tenant.subscriptions[1].id)
    service.later(60)
    assert _shown(service) == [left, (STANDARD, 5 + quantity, "active")]


def test_the_ledger_has_the_move_once(tmp_path: Path) -> None:
    service = emulated(tmp_path, _sold())
    _move(service, 4)
    (entry,) = service.world.ledger
    assert (entry.kind, entry.offer, entry.before, entry.quantity) == ("transition", STANDARD, 10, 4)


def test_until_it_is_done_nothing_else_can_be_changed(tmp_path: Path) -> None:
    service = emulated(tmp_path, _sold())
    _move(service, 4)
    assert _move(service, 4).code == (409, "900278")
    assert service.patch(quantity=11).code == (409, "900278")
    service.later(60)
    assert service.patch(quantity=11).status == 200


def test_a_move_can_fail_in_the_end_and_changes_nothing(tmp_path: Path) -> None:
    service = emulated(tmp_path, _sold(), faults=(Fault(kind=FaultKind.TRANSITION_FAILS),))
    assert _events(_move(service).body) == [("Conversion", "Started")]
    service.later(60)
    assert _events(_history(service)[0]) == [("Conversion", "Started"), ("Conversion", "Failed")]
    assert _shown(service) == [(BASIC, 10, "active")]
    assert service.world.ledger == []


def test_users_left_behind_fail_the_reassignment_only(tmp_path: Path) -> None:
    service = emulated(tmp_path, _sold(stuck_users=[User(object_id="x")]))
    _move(service, kind="transition_with_license_transfer")
    service.later(60)
    last = _history(service)[0]["events"][-1]
    assert (last["name"], last["status"], last["errors"][0]["code"]) == ("LicenseReassignment", "Failed", 12)
    assert _shown(service) == [(STANDARD, 10, "active")]


@pytest.mark.parametrize(
    ("members", "refusal"),
    [
        ({"toCatalogItemId": BASIC}, (400, "900258")),
        ({"toCatalogItemId": None}, (400, "900258")),
        ({"fromSubscriptionId": STANDARD}, (400, "900258")),
        ({"toSubscriptionId": "nobody"}, (400, "900260")),
        ({"quantity": 11}, (400, "2002")),
        ({"quantity": 0}, (400, "2002")),
        ({"quantity": "10"}, (400, "800002")),
        ({"transitionType": "upgrade_only"}, (400, "800002")),
    ],
)
def test_a_move_that_makes_no_sense_is_refused(
    tmp_path: Path, members: dict[str, Any], refusal: tuple[int, str]
) -> None:
    service = emulated(tmp_path, _sold())
    assert _move(service, **{"quantity": 10, **members}).code == refusal
    assert (service.world.ledger, service.first.transitions) == ([], [])


def test_what_is_not_eligible_is_refused_when_it_is_asked_for(tmp_path: Path) -> None:
    service = emulated(tmp_path, _sold(status="suspended"))
    assert _move(service).code == (400, "900258")


def test_traditional_subscriptions_have_no_transitions_and_new_ones_no_upgrades(tmp_path: Path) -> None:
    service = emulated(tmp_path, _sold(), Sold(offer=E1))
    legacy = service.tenant.subscriptions[1].id
    assert service.get(f"/{legacy}/transitioneligibilities").code == (403, "900263")
    assert service.get(f"/{service.first.id}/upgrades").code == (400, "2100")
    assert service.upgrade(E3).code == (400, "2100")


def test_the_history_can_be_spelt_as_in_the_samples_and_asked_for_by_its_operation(tmp_path: Path) -> None:
    service = emulated(tmp_path, _sold(), behaviour=SAMPLES)
    operation = _move(service).body["operationId"]
    path = f"/{service.first.id}/transitions?operationId="
    (move,) = service.get(path + operation.upper()).body["transition"]
    assert {"operationId", "FromCatalogItemId", "ToCatalogItemId", "Events"} <= set(move)
    assert service.get(path + "other").body["transition"] == []
