"""A PATCH of a subscription: it changes, clears and refuses."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Batch, Fault, FaultKind, Sold
from reconciler.sandbox.catalogue import BUSINESS, E1, E3
from tests.sandbox.emulated import NOON, emulated

NEW_COMMERCE = "CFQ7TTC0LH18:0001:CFQ7TTC0K971"
ONE = "750fd5ea-904b-4c3e-b476-60d0feacab0d"


def test_a_resize_answers_with_the_new_document_and_moves_the_etag(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    before = service.get(f"/{service.first.id}").body
    after = service.patch(quantity=30)
    assert (after.status, after.body["quantity"]) == (200, 30)
    assert after.body["attributes"]["etag"] != before["attributes"]["etag"]
    assert [(entry.kind, entry.before, entry.quantity) for entry in service.world.ledger] == [("resize", 25, 30)]


def test_a_repeated_resize_is_answered_as_before_and_done_once(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    path = f"/customers/{service.tenant.tenant}/subscriptions/{service.first.id}"
    body = service.get(f"/{service.first.id}").body | {"quantity": 30}
    first, second = (service.send("PATCH", path, body, headers={"MS-RequestId": ONE}) for _ in range(2))
    assert first.body == second.body
    assert len(service.world.ledger) == 1


def test_members_are_read_in_any_casing(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    body = service.get(f"/{service.first.id}").body | {"quantity": 30}
    pascal = {key[0].upper() + key[1:]: value for key, value in body.items()}
    path = f"/customers/{service.tenant.tenant}/subscriptions/{service.first.id.upper()}"
    assert service.send("PATCH", path, pascal).body["quantity"] == 30


def test_a_document_that_was_read_with_integers_or_other_casings_can_be_sent_back(tmp_path: Path) -> None:
    service = emulated(tmp_path, faults=(Fault(kind=FaultKind.INTEGER_TYPES),))
    assert service.patch(quantity=30).body["status"] == 1
    assert service.patch(quantity=31, status="Active").body["quantity"] == 31
    assert service.first.status == "active"


def test_leaving_out_auto_renewal_switches_it_off(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    assert service.patch(without=("autoRenewEnabled",), quantity=30).body["autoRenewEnabled"] is False


def test_unknown_members_stay_only_if_they_are_sent_back(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer=E1, quantity=25, extra={"costCentre": {"code": "4711"}, "odd": 1}))
    document = service.patch(without=("odd",), quantity=30).body
    assert document["costCentre"] == {"code": "4711"}
    assert "odd" not in document


@pytest.mark.parametrize("attributes", [{}, {"etag": ""}, {"etag": "eyJpZCI6IngifQ=="}, None])
def test_a_stale_or_missing_etag_is_400_2055(tmp_path: Path, attributes: Any) -> None:
    service = emulated(tmp_path)
    assert service.patch(quantity=30, attributes=attributes).code == (400, "2055")
    assert service.first.quantity == 25


def test_an_if_match_header_must_hold_the_quoted_etag(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    body = service.get(f"/{service.first.id}").body
    path = f"/customers/{service.tenant.tenant}/subscriptions/{service.first.id}"
    etag = body["attributes"]["etag"]
    assert service.send("PATCH", path, body, headers={"If-Match": etag}).code == (400, "2055")
    assert service.send("PATCH", path, body, headers={"If-Match": f'"{etag}"'}).status == 200


@pytest.mark.parametrize(
    ("sold", "changed", "refusal"),
    [
        (Sold(offer=E1, status="suspended"), {"quantity": 9}, (400, "2001")),
        (Sold(offer=E1, status="deleted"), {"quantity": 9}, (400, "2011")),
        (Sold(offer=BUSINESS), {"quantity": 301}, (400, "2002")),
        (Sold(offer=BUSINESS), {"quantity": 0}, (400, "2002")),
        (Sold(offer=E1), {"quantity": "9"}, (400, "3000")),
        (Sold(offer=E1), {"quantity": True}, (400, "3000")),
        (Sold(offer=E1), {"offerId": E3}, (400, "3000")),
        (Sold(offer=E1), {"id": E3}, (400, "3000")),
        (Sold(offer=E1), {"friendlyName": 7}, (400, "3000")),
        (Sold(offer=E1), {"autoRenewEnabled": "yes"}, (400, "3000")),
        (Sold(offer=E1), {"billingCycle": "annual"}, (400, "2054")),
        (Sold(offer=E1), {"status": "expired"}, (400, "800040")),
        (Sold(offer=E1, provisioned_from=NOON + timedelta(hours=1)), {"quantity": 9}, (409, "800082")),
        (Sold(offer=NEW_COMMERCE, quantity=9), {"quantity": 8}, (400, "800090")),
        (
            Sold(offer=NEW_COMMERCE, quantity=9, batches=[Batch(quantity=2, until=NOON + timedelta(days=7))]),
            {"quantity": 6},
            (400, "800090"),
        ),
    ],
)
def test_what_the_service_refuses_changes_nothing(
    tmp_path: Path, sold: Sold, changed: dict[str, Any], refusal: tuple[int, str]
) -> None:
    service = emulated(tmp_path, sold)
    before = service.first
    assert service.patch(**changed).code == refusal
    assert service.first == before
    assert service.world.ledger == []


def test_new_commerce_has_no_etag_and_grows_without_one(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer=NEW_COMMERCE, quantity=9))
    document = service.patch(quantity=12).body
    assert (document["quantity"], document["attributes"]) == (12, {"objectType": "Subscription"})


def test_new_commerce_may_lose_seats_within_seven_days_of_the_purchase(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer=NEW_COMMERCE, quantity=9, created=NOON - timedelta(days=6)))
    assert service.patch(quantity=8).body["quantity"] == 8


def test_a_202_names_the_subscription_and_the_quantity_shows_later(tmp_path: Path) -> None:
    service = emulated(tmp_path, faults=(Fault(kind=FaultKind.PATCH_202, seconds=20),))
    reply = service.patch(quantity=30)
    assert (reply.status, reply.content) == (202, b"")
    location = f"/customers/{service.tenant.tenant}/subscriptions/{service.first.id.upper()}"
    assert reply.headers["Location"] == location
    assert service.get(f"/{service.first.id}").body["quantity"] == 25
    service.later(20)
    assert service.send("GET", location).body["quantity"] == 30


def test_a_change_on_its_way_keeps_others_out(tmp_path: Path) -> None:
    service = emulated(tmp_path, faults=(Fault(kind=FaultKind.PATCH_202, seconds=20),))
    service.patch(quantity=30)
    assert service.patch(quantity=31).code == (409, "800082")
    assert [entry.quantity for entry in service.world.ledger] == [30]


def test_a_subscription_can_be_suspended_and_brought_back(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    assert service.patch(status="suspended").body["status"] == "suspended"
    assert service.patch(status="active").body["status"] == "active"
