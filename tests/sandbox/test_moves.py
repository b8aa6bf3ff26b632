"""Moves of new commerce in detail: terms, windows, trials, licences, spellings, and every code of a refusal."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Behaviour, Fault, FaultKind, Sold
from tests.sandbox.emulated import NOON, Emulated, emulated
from tests.sandbox.modern import BASIC, PREMIUM, STANDARD, a_trial, bought, licences, move, shown


def _events(service: Emulated) -> list[tuple[str, str]]:
    (only,) = service.get(f"/{service.first.id}/transitions").body["items"]
    return [(event["name"], event["status"]) for event in only["events"]]


def test_a_longer_term_begins_with_the_move(tmp_path: Path) -> None:
    service = bought(tmp_path)
    assert move(service, STANDARD, 10, termDuration="P3Y", billingCycle="Annual").status == 200
    service.later(60)
    after = shown(service)
    assert (after["termDuration"], after["billingCycle"], after["effectiveStartDate"]) == (
        "P3Y",
        "annual",
        "2026-03-02T00:00:00Z",
    )


def test_a_whole_move_ends_the_window_and_a_partial_one_inherits_it(tmp_path: Path) -> None:
    whole = bought(tmp_path / "whole", created=NOON - timedelta(days=2))
    move(whole, STANDARD, 10)
    part = bought(tmp_path / "part", created=NOON - timedelta(days=2))
    move(part, STANDARD, 4)
    for service in (whole, part):
        service.later(60)
    assert shown(whole)["refundableQuantity"]["totalQuantity"] == 0
    source, new = part.get().body["items"]
    windows = [item["refundableQuantity"]["details"] for item in (source, new)]
    assert [[entry["quantity"] for entry in details] for details in windows] == [[6], [4]]
    assert windows[0][0]["allowedUntilDateTime"] == windows[1][0]["allowedUntilDateTime"]
    assert source["orderId"] != new["orderId"]


def test_a_trial_becomes_paid_with_at_least_its_seats(tmp_path: Path) -> None:
    service = emulated(tmp_path, a_trial(created=NOON))
    assert move(service, PREMIUM, 24).code == (400, "2002")
    assert move(service, PREMIUM, 30, termDuration="P1Y", billingCycle="monthly").status == 200
    service.later(60)
    after = shown(service)
    assert (after["isTrial"], after["quantity"], after["termDuration"]) == (False, 30, "P1Y")


def test_licences_alone_can_fail_and_follow_later(tmp_path: Path) -> None:
    service = bought(tmp_path, Behaviour(licensed_after=600), faults=(Fault(kind=FaultKind.LICENSES_FAIL),))
    move(service, STANDARD, 10, "transition_with_license_transfer")
    service.later(60)
    done = [("Conversion", "Started"), ("Conversion", "Completed"), ("LicenseReassignment", "Started")]
    assert _events(service) == done
    service.later(600)
    assert _events(service) == [*done, ("LicenseReassignment", "Failed")]
    assert shown(service)["offerId"] == STANDARD


def test_a_200_can_hold_a_move_that_has_failed_already(tmp_path: Path) -> None:
    service = bought(tmp_path, faults=(Fault(kind=FaultKind.TRANSITION_FAILS_AT_ONCE),))
    (event,) = move(service, STANDARD, 10).body["events"]
    assert (event["name"], event["status"]) == ("Conversion", "Failed")
    assert (shown(service)["offerId"], service.world.ledger) == (BASIC, [])


def test_events_can_have_the_names_of_the_sdk_and_no_operation_id(tmp_path: Path) -> None:
    service = bought(tmp_path, Behaviour(transition_spelling="sdk", operation_ids=False))
    answer = move(service, STANDARD, 10).body
    assert ("operationId" in answer, answer["events"][0]["status"]) == (False, "InProgress")
    service.later(60)
    assert _events(service)[-1] == ("SeatReassignment", "Completed")


def test_a_move_without_an_answer_was_made_and_its_events_tell(tmp_path: Path) -> None:
    service = bought(tmp_path, faults=(Fault(kind=FaultKind.PERFORMED_THEN_DROPPED),))
    with pytest.raises(ConnectionResetError):
        move(service, STANDARD, 10)
    service.later(60)
    assert _events(service)[1] == ("Conversion", "Completed")
    assert [entry.kind for entry in service.world.ledger] == ["transition"]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"termDuration": "P1M", "billingCycle": "monthly"}, "900267"),
        ({"termDuration": "P2Y"}, "900268"),
        ({"billingCycle": "weekly"}, "900269"),
        ({"billingCycle": "triennial"}, "900270"),
    ],
)
def test_terms_of_a_move_must_be_possible(tmp_path: Path, members: dict[str, Any], code: str) -> None:
    assert move(bought(tmp_path), STANDARD, 10, **members).code == (400, code)


@pytest.mark.parametrize(
    ("into", "code"),
    [
        (licences(offer=STANDARD, status="suspended"), "900258"),
        (licences(offer=STANDARD, created=NOON), "900261"),
        (licences(offer=STANDARD, term="P1M", created=NOON - timedelta(days=20)), "900267"),
        (licences(offer=STANDARD, created=NOON - timedelta(days=300)), "900236"),
        (licences(offer=PREMIUM), "900260"),
    ],
)
def test_a_subscription_that_does_not_fit_takes_no_seats(tmp_path: Path, into: Sold, code: str) -> None:
    service = emulated(tmp_path, licences(), into)
    target = service.tenant.subscriptions[1].id
    assert move(service, STANDARD, 10, toSubscriptionId=target).code == (400, code)
    assert move(service, STANDARD, 10, toSubscriptionId=service.first.id).code == (400, "900259")
    assert service.world.ledger == []
