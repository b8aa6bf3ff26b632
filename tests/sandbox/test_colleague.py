"""Somebody else's changes of new commerce, under a running application."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Colleague
from tests.sandbox.modern import STANDARD, action, bought, next_term, shown


@pytest.mark.parametrize(
    ("act", "members"),
    [
        (lambda hand, sub: hand.add_seats(sub, 3), {"quantity": 13}),
        (
            lambda hand, sub: hand.schedule(sub, 4, item_id=STANDARD),
            {"scheduledNextTermInstructions": next_term(4, STANDARD)},
        ),
        (lambda hand, sub: hand.set_auto_renew(sub, on=False), {"autoRenewEnabled": False}),
        (lambda hand, sub: hand.end_at_term(sub), {"scheduledActions": action("Cancel")}),
        (lambda hand, sub: hand.extend_at_term(sub), {"scheduledActions": action("RenewToExtendedServiceTerm")}),
        (lambda hand, sub: hand.suspend(sub), {"status": "suspended", "autoRenewEnabled": False}),
        (lambda hand, sub: hand.rename(sub, "Renamed"), {"friendlyName": "Renamed"}),
    ],
)
def test_a_change_in_the_portal_shows_at_the_next_read(
    tmp_path: Path, act: Callable[[Colleague, str], None], members: dict[str, Any]
) -> None:
    service = bought(tmp_path)
    act(service.colleague, service.first.id)
    body = shown(service)
    assert {key: body[key] for key in members} == members


def test_seats_that_somebody_adds_delete_a_schedule_and_can_be_given_back(tmp_path: Path) -> None:
    service = bought(tmp_path, next_term=next_term(6))
    service.colleague.add_seats(service.first.id, 3)
    assert "scheduledNextTermInstructions" not in shown(service)
    assert shown(service)["refundableQuantity"]["totalQuantity"] == 3
    assert [(entry.kind, entry.actor, entry.request_id) for entry in service.world.ledger] == [
        ("resize", "colleague", "")
    ]


def test_the_audit_log_names_the_colleague(tmp_path: Path) -> None:
    service = bought(tmp_path)
    service.colleague.end_at_term(service.first.id)
    (record,) = service.send("GET", "/auditrecords").body["items"]
    assert record["userPrincipalName"] == "colleague@reseller.example"
