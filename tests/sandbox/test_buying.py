"""A POST to the upgrades of a source: its effects, and that it has none twice."""

from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Behaviour, Fault, FaultKind, Sold, SourceFate, User
from reconciler.sandbox.catalogue import BUSINESS_ESSENTIALS, BUSINESS_PREMIUM, E1, E3, E5
from tests.sandbox.emulated import APP, NOON, emulated

ONE = "750fd5ea-904b-4c3e-b476-60d0feacab0d"
TRANSFER = "upgrade_with_license_transfer"


def test_an_upgrade_buys_a_new_subscription_and_suspends_the_source(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    before = service.first
    result = service.upgrade(E3).body
    bought = service.world.find(result["targetSubscriptionId"])
    assert (result["sourceSubscriptionId"], result["upgradeErrors"], result["licenseErrors"]) == (before.id, [], [])
    assert (bought.offer, bought.quantity, bought.status) == (E3, 25, "active")
    assert (service.first.status, service.first.version) == ("suspended", before.version + 1)


def test_the_ledger_tells_who_bought_what_and_under_which_request(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    target = service.upgrade(E3, request_id=ONE).body["targetSubscriptionId"]
    (entry,) = service.world.ledger
    assert (entry.at, entry.kind, entry.customer) == (NOON, "upgrade", service.tenant.tenant)
    assert (entry.source, entry.target, entry.request_id) == (service.first.id, target, ONE)
    assert (entry.offer, entry.before, entry.quantity) == (E3, 25, 25)


@pytest.mark.parametrize(
    ("fate", "now", "afterwards"),
    [
        (SourceFate.SUSPENDED_NOW, "suspended", "suspended"),
        (SourceFate.SUSPENDED_LATER, "active", "suspended"),
        (SourceFate.DELETED, "deleted", "deleted"),
        (SourceFate.STAYS_ACTIVE, "active", "active"),
    ],
)
def test_the_fate_of_the_source_is_a_matter_of_the_world(
    tmp_path: Path, fate: SourceFate, now: str, afterwards: str
) -> None:
    service = emulated(tmp_path, behaviour=Behaviour(source_fate=fate, source_suspended_after=60))
    service.upgrade(E3)
    statuses = [service.get(f"/{service.first.id}").body["status"]]
    service.later(60)
    statuses.append(service.get(f"/{service.first.id}").body["status"])
    assert statuses == [now, afterwards]


@pytest.mark.parametrize("behaviour", [Behaviour(visible_after=30), Behaviour(visible_after_reads=2)])
def test_what_was_bought_can_show_late(tmp_path: Path, behaviour: Behaviour) -> None:
    service = emulated(tmp_path, behaviour=behaviour)
    target = service.upgrade(E3).body["targetSubscriptionId"]
    assert service.get().body["totalCount"] == 1
    assert service.get(f"/{target}").code == (404, "20003")
    service.later(30)
    assert service.get().body["totalCount"] == 2
    assert service.get(f"/{target}").body["quantity"] == 25


def test_the_slow_habit_delays_what_one_upgrade_bought(tmp_path: Path) -> None:
    service = emulated(tmp_path, faults=(Fault(kind=FaultKind.SLOW_VISIBILITY, seconds=10),))
    service.upgrade(E3)
    assert service.get().body["totalCount"] == 1
    service.later(10)
    assert service.get().body["totalCount"] == 2


def test_a_repeated_request_gets_the_first_answer_and_buys_nothing(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    first, second = (service.upgrade(E3, request_id=item) for item in (ONE, ONE.upper()))
    assert first.body == second.body
    assert len(service.world.ledger) == 1


def test_a_repeated_refusal_is_answered_as_before_even_if_the_reason_has_gone(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer=E1, status="suspended"))
    assert service.upgrade(E3, request_id=ONE).body["upgradeErrors"][0]["code"] == 2
    with service.changed() as world:
        world.customers[0].subscriptions[0].status = "active"
    assert service.upgrade(E3, request_id=ONE).body["upgradeErrors"][0]["code"] == 2
    assert service.upgrade(E3).body["upgradeErrors"] == []


def test_with_idempotency_off_and_a_slow_list_a_repeated_request_buys_twice(tmp_path: Path) -> None:
    behaviour = Behaviour(idempotent=False, source_fate=SourceFate.STAYS_ACTIVE, visible_after=60)
    service = emulated(tmp_path, behaviour=behaviour)
    for _ in range(2):
        assert service.upgrade(E3, request_id=ONE).body["upgradeErrors"] == []
    assert len({entry.target for entry in service.world.ledger}) == 2


def test_a_second_upgrade_of_the_same_source_is_refused_inside_a_200(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    service.upgrade(E3)
    again = service.upgrade(E3)
    assert (again.status, [error["code"] for error in again.body["upgradeErrors"]]) == (200, [2, 3])
    assert "targetSubscriptionId" not in again.body
    assert len(service.world.ledger) == 1


def test_eligibility_is_asked_again_when_buying(tmp_path: Path) -> None:
    service = emulated(tmp_path, delegated_admin=False)
    assert [item["code"] for item in service.upgrade(E3, TRANSFER, token=APP).body["upgradeErrors"]] == [5, 1]
    assert service.world.ledger == []


def test_a_path_that_does_not_exist_is_code_7_where_there_is_none_at_all(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer=E5))
    assert [item["code"] for item in service.upgrade(E3).body["upgradeErrors"]] == [7]


def test_users_whose_licences_stay_behind_are_named_and_the_upgrade_is_done(tmp_path: Path) -> None:
    user = User(object_id="8d9bd0cf-6d4e-4a3e-8a5b-1f0e3f7a9b11", name="Kim", email="kim@contoso.example")
    service = emulated(tmp_path, Sold(offer=E1, quantity=25, stuck_users=[user]))
    result = service.upgrade(E3, TRANSFER).body
    assert [item["userObjectId"] for item in result["licenseErrors"]] == [user.object_id]
    assert (result["upgradeErrors"], len(service.world.ledger)) == ([], 1)


def test_an_upgrade_without_transfer_leaves_nobody_behind_to_be_named(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer=E1, stuck_users=[User(object_id="x")]))
    assert service.upgrade(E3).body["licenseErrors"] == []


@pytest.mark.parametrize("kind", ["upgrade_only", "UpgradeOnly", "UPGRADE_ONLY", 1])
def test_types_are_read_as_words_in_any_casing_and_as_integers(tmp_path: Path, kind: Any) -> None:
    service = emulated(tmp_path)
    body = {"TargetOffer": {"Id": E3.lower()}, "UpgradeType": kind, "Quantity": 30}
    assert service.post(body).body["upgradeErrors"] == []
    assert service.world.ledger[0].quantity == 30


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"targetOffer": E3, "upgradeType": "upgrade_only"},
        {"targetOffer": {"id": E3}},
        {"targetOffer": {"id": E3}, "upgradeType": "none"},
        {"targetOffer": {"id": E3}, "upgradeType": True},
        {"targetOffer": {"id": E3}, "upgradeType": 0},
        {"targetOffer": {"id": E3}, "upgradeType": 3},
        {"targetOffer": {"id": E3}, "upgradeType": 1.0},
        {"targetOffer": {"id": E3}, "upgradeType": "upgrade_only", "quantity": "25"},
        [],
        b"{",
        b"\xff",
    ],
)
def test_a_malformed_order_is_a_400_and_buys_nothing(tmp_path: Path, body: Any) -> None:
    service = emulated(tmp_path)
    assert service.post(body).code == (400, "800002")
    assert service.world.ledger == []


@pytest.mark.parametrize("quantity", [0, 301])
def test_quantities_outside_the_targets_bounds_are_refused(tmp_path: Path, quantity: int) -> None:
    service = emulated(tmp_path, Sold(offer=BUSINESS_ESSENTIALS, quantity=20))
    body = {"targetOffer": {"id": BUSINESS_PREMIUM}, "upgradeType": "upgrade_only", "quantity": quantity}
    assert service.post(body).code == (400, "2002")


def test_the_order_goes_to_the_source_so_an_unknown_id_is_not_found(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    path = f"/customers/{service.tenant.tenant}/subscriptions/{E3.lower()}/upgrades"
    assert service.send("POST", path, {}).code == (404, "20003")


def test_while_its_order_is_processed_what_was_bought_is_listed_and_cant_be_changed(tmp_path: Path) -> None:
    service = emulated(tmp_path, behaviour=Behaviour(provisioned_after=60))
    target = service.upgrade(E3).body["targetSubscriptionId"]
    assert service.get(f"/{target}/provisioningstatus").body["status"] == "pending"
    document = service.get(f"/{target}").body
    path = f"/customers/{service.tenant.tenant}/subscriptions/{target}"
    assert service.send("PATCH", path, document | {"quantity": 30}).code == (409, "800082")
    service.later(60)
    assert service.send("PATCH", path, document | {"quantity": 30}).body["quantity"] == 30
