"""The audit log tells who changed what."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from reconciler.sandbox import Behaviour, Cloud, Sold, nudge
from reconciler.sandbox.catalogue import E1, E3
from tests.sandbox.emulated import APP, NOON, Emulated, emulated, jwt

ONE = "750FD5EA-904B-4C3E-B476-60D0FEACAB0D"


def _records(service: Emulated, query: str = "", **how: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = service.send("GET", f"/auditrecords?startDate=2026-03-01{query}", **how).body["items"]
    return items


def _upgraded(path: Path, **behaviour: Any) -> Emulated:
    service = emulated(path, behaviour=Behaviour(**behaviour))
    url = f"/customers/{service.tenant.tenant}/subscriptions/{service.first.id}/upgrades"
    body = {"targetOffer": {"id": E3}, "upgradeType": "upgrade_only"}
    service.send("POST", url, body, headers={"MS-CorrelationId": ONE})
    return service


def test_an_upgrade_is_recorded_under_the_callers_correlation_id(tmp_path: Path) -> None:
    service = _upgraded(tmp_path)
    (record,) = _records(service)
    assert (record["operationType"], record["operationStatus"]) == ("upgrade_subscription", "succeeded")
    assert record["originalCorrelationId"] == ONE.lower()
    assert (record["customerId"], record["operationDate"]) == (service.tenant.tenant, "2026-03-02T12:00:00Z")
    assert {key.lower() for key in record} >= {"id", "partnerid", "applicationid", "resourcetype", "customizeddata"}


def test_the_resource_before_and_after_is_json_in_a_string_with_capital_members(tmp_path: Path) -> None:
    service = _upgraded(tmp_path)
    (record,) = _records(service)
    old, new = (json.loads(record[key]) for key in ("resourceOldValue", "resourceNewValue"))
    assert (old["Id"].lower(), old["Status"], old["Links"]["Self"]["Method"]) == (service.first.id, "active", "GET")
    assert (new["OfferId"], new["Id"].lower()) == (E3, service.world.ledger[0].target)


def test_a_resize_is_an_update_with_both_quantities(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    service.patch(quantity=30)
    (record,) = _records(service)
    assert record["operationType"] == "update_subscription"
    assert [json.loads(record[f"resource{when}Value"])["Quantity"] for when in ("Old", "New")] == [25, 30]


def test_an_upgrade_refused_inside_a_200_is_recorded_as_failed(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer=E1, status="suspended"))
    service.upgrade(E3)
    assert [record["operationStatus"] for record in _records(service)] == ["failed"]


def test_a_repeated_request_is_recorded_once(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    for _ in range(2):
        service.upgrade(E3, request_id=ONE)
    assert len(_records(service)) == 1


@pytest.mark.parametrize(
    ("token", "user"), [(APP, None), (jwt(scp="x", upn="kim@partner.example", appid="7a"), "kim@partner.example")]
)
def test_who_it_was_is_the_user_or_the_application_alone(tmp_path: Path, token: str, user: str | None) -> None:
    service = emulated(tmp_path)
    service.upgrade(E3, token=token)
    (record,) = _records(service)
    assert record.get("userPrincipalName") == user
    assert record["applicationId"]


def test_a_colleagues_nudge_is_in_the_log(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    nudge(service.world_file, lambda: NOON)
    (record,) = _records(service)
    assert record["userPrincipalName"] == "colleague@reseller.example"
    assert json.loads(record["resourceNewValue"])["Quantity"] == 28


def test_records_come_in_pages_oldest_first(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    for quantity in (26, 27, 28):
        service.later(1)
        service.patch(quantity=quantity)
    page = service.send("GET", "/auditrecords?startDate=2026-03-01&size=2").body
    header = {"MS-ContinuationToken": page["continuationToken"]}
    rest = service.send("GET", "/auditrecords?seekOperation=Next", headers=header).body
    shown = [json.loads(item["resourceNewValue"])["Quantity"] for item in page["items"] + rest["items"]]
    assert shown == [26, 27, 28]


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("CustomerId", "", 1),
        ("CustomerId", ONE, 0),
        ("CompanyName", "conto", 1),
        ("CompanyName", "fab", 0),
        ("ResourceType", "subscription", 1),
        ("ResourceType", "order", 0),
    ],
)
def test_records_can_be_filtered(tmp_path: Path, field: str, value: str, found: int) -> None:
    service = _upgraded(tmp_path)
    operator = "substring" if field == "CompanyName" else "equals"
    text = json.dumps({"Field": field, "Value": value or service.tenant.tenant, "Operator": operator})
    assert len(_records(service, f"&filter={quote(text)}")) == found


@pytest.mark.parametrize(
    ("query", "found"), [("", 1), ("?startDate=2026-03-02", 1), ("?startDate=2026-02-01&endDate=2026-03-01", 0)]
)
def test_the_days_bound_what_is_shown(tmp_path: Path, query: str, found: int) -> None:
    assert len(_upgraded(tmp_path).send("GET", f"/auditrecords{query}").body["items"]) == found


@pytest.mark.parametrize(
    "query",
    [
        "startDate=2025-12-01",
        "startDate=yesterday",
        "startDate=2026-13-01",
        "startDate=20260301",
        "startDate=2026-03-01&endDate=2026-02-01",
    ],
)
def test_days_too_far_back_or_in_disorder_are_refused(tmp_path: Path, query: str) -> None:
    assert emulated(tmp_path).send("GET", f"/auditrecords?{query}").code == (400, "800002")


def test_ninety_days_back_is_still_allowed(tmp_path: Path) -> None:
    assert emulated(tmp_path).send("GET", "/auditrecords?startDate=2025-12-02").status == 200


def test_21vianet_has_no_audit_log(tmp_path: Path) -> None:
    service = emulated(tmp_path, behaviour=Behaviour(cloud=Cloud.CHINA))
    assert service.send("GET", "/auditrecords").code == (404, "1000")


def test_a_record_can_show_late(tmp_path: Path) -> None:
    service = _upgraded(tmp_path, audited_after=300)
    assert _records(service) == []
    service.later(300)
    assert len(_records(service)) == 1
