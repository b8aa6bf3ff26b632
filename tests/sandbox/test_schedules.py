"""Schedules for the end of a term: both members, what is refused, what deletes them, and how they are shown."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Behaviour, Fault, FaultKind, Sold
from tests.sandbox.emulated import NOON, emulated
from tests.sandbox.modern import BASIC, PREMIUM, STANDARD, a_trial, action, bought, licences, move, next_term, shown


def test_a_schedule_is_echoed_and_changes_nothing_else(tmp_path: Path) -> None:
    service = bought(tmp_path)
    before = shown(service)
    body = service.patch(scheduledNextTermInstructions=next_term(6)).body
    assert body == before | {"scheduledNextTermInstructions": next_term(6)}
    (entry,) = service.world.ledger
    assert (entry.kind, entry.then, entry.quantity, entry.before) == ("schedule", "renews", 6, 10)


def test_the_service_adds_a_promotion_that_it_applies_by_itself(tmp_path: Path) -> None:
    body = bought(tmp_path).patch(scheduledNextTermInstructions=next_term(6, PREMIUM)).body
    assert body["scheduledNextTermInstructions"]["product"]["promotionId"].startswith("39NFJQT1PFPJ:000H:")


def test_of_both_members_only_the_newer_one_counts(tmp_path: Path) -> None:
    newer = action("RenewToNewTerm", instructions=next_term(7))
    body = bought(tmp_path).patch(scheduledNextTermInstructions=next_term(6), scheduledActions=newer).body
    assert (body["scheduledActions"], "scheduledNextTermInstructions" in body) == (newer, False)


@pytest.mark.parametrize("spelling", ["scheduleType", "scheduledType"])
def test_an_end_is_arranged_by_an_action_with_auto_renewal_off(tmp_path: Path, spelling: str) -> None:
    service = bought(tmp_path)
    action_asked = {spelling: "TermEnd", "actionType": "Cancel"}
    assert service.patch(scheduledActions=[action_asked]).code == (400, "3000")
    body = service.patch(scheduledActions=action_asked, autoRenewEnabled=False).body
    assert (body["scheduledActions"], body["autoRenewEnabled"]) == (action("Cancel"), False)
    assert service.world.ledger[0].then == "ends"


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (next_term(301), (400, "900275")),
        (next_term(6, term="P1M", cycle="annual"), (400, "800121")),
        (next_term(6, "CFQ7TTC0LH18:0001:CFQ7TTC0XXXX"), (400, "800020")),
        (next_term(6, "CFQ7TTC0LFLZ:0002:CFQ7TTC0SBX8"), (400, "3000")),
        (next_term(6, customTermEndDate="2028-01-31T00:00:00"), (400, "900245")),
        (next_term(6, customTermEndDate="2026-10-13T00:00:00"), (400, "900246")),
        (next_term(6, customTermEndDate="2026-10-31T00:00:00"), None),
    ],
)
def test_instructions_must_be_possible(tmp_path: Path, asked: dict[str, Any], refusal: tuple[int, str] | None) -> None:
    service = bought(tmp_path)
    reply = service.patch(scheduledNextTermInstructions=asked)
    assert (reply.status == 200) if refusal is None else (reply.code == refusal)


def test_a_suspended_subscription_takes_no_schedule(tmp_path: Path) -> None:
    service = bought(tmp_path, status="suspended", auto_renew=False)
    assert service.patch(scheduledNextTermInstructions=next_term(6), autoRenewEnabled=True).code == (400, "800091")
    assert shown(service).get("refundableQuantity") is None


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({"quantity": 12}, False),
        ({"status": "suspended"}, False),
        ({"autoRenewEnabled": False, "scheduledNextTermInstructions": None}, False),
        ({"scheduledNextTermInstructions": None}, False),
        ({"termDuration": "P3Y"}, False),
        ({"friendlyName": "Renamed"}, True),
        ({"scheduledNextTermInstructions": next_term(8)}, True),
    ],
    ids=str,
)
def test_an_immediate_change_deletes_a_schedule(tmp_path: Path, change: dict[str, Any], kept: bool) -> None:
    service = bought(tmp_path, next_term=next_term(6))
    reply = service.patch(**change)
    assert (reply.status, "scheduledNextTermInstructions" in reply.body) == (200, kept)


@pytest.mark.parametrize("form", ["as_written", "actions", "both"])
def test_a_schedule_that_is_sent_back_as_it_is_shown_is_no_second_change(tmp_path: Path, form: Any) -> None:
    service = bought(tmp_path, Behaviour(schedule_shown=form), next_term=next_term(6))
    assert service.patch(quantity=12).status == 200


def test_suspending_switches_auto_renewal_off_and_reactivating_does_not_bring_it_back(tmp_path: Path) -> None:
    service = bought(tmp_path)
    assert service.patch(status="suspended").body["autoRenewEnabled"] is False
    assert service.patch(status="active").body["autoRenewEnabled"] is False
    assert service.patch(autoRenewEnabled=True).body["autoRenewEnabled"] is True


def test_a_trial_always_has_instructions_and_can_be_told_not_to_renew(tmp_path: Path) -> None:
    service = emulated(tmp_path, a_trial(created=NOON))
    body = service.patch(autoRenewEnabled=False).body
    assert (body["autoRenewEnabled"], body["scheduledNextTermInstructions"]["quantity"]) == (False, 25)


@pytest.mark.parametrize(
    ("behaviour", "members"),
    [
        (Behaviour(schedule_shown="actions"), {"scheduledActions"}),
        (Behaviour(schedule_shown="both"), {"scheduledNextTermInstructions"}),
        (Behaviour(schedule_shown="actions", actions_shown=False), set()),
    ],
)
def test_the_member_that_shows_a_schedule_is_a_switch(tmp_path: Path, behaviour: Behaviour, members: set[str]) -> None:
    service = bought(tmp_path, behaviour, next_term=next_term(6))
    assert set(shown(service)) & {"scheduledActions", "scheduledNextTermInstructions"} == members


def test_an_action_can_be_shown_as_an_object_in_the_other_spelling_and_lists_can_leave_it_out(tmp_path: Path) -> None:
    odd = Behaviour(actions_as_object=True, schedule_type_member="scheduledType", schedules_in_lists=False)
    service = bought(tmp_path, odd, auto_renew=False, actions=action("Cancel"))
    assert shown(service)["scheduledActions"] == {"scheduledType": "TermEnd", "actionType": "Cancel"}
    assert "scheduledActions" not in service.get().body["items"][0]


def test_an_availability_is_replaced_in_time_and_the_old_one_can_be_the_own_but_no_others(tmp_path: Path) -> None:
    service = bought(tmp_path)
    service.world_clock.advance(days=91)
    assert service.patch(scheduledNextTermInstructions=next_term(6)).status == 200
    assert service.patch(scheduledNextTermInstructions=next_term(6, STANDARD)).code == (400, "800020")
    service.behave(own_availability_stays=False)
    assert service.patch(scheduledNextTermInstructions=next_term(7)).code == (400, "800020")


def test_one_change_at_a_time_is_a_switch(tmp_path: Path) -> None:
    service = bought(tmp_path)
    assert service.patch(quantity=12, scheduledNextTermInstructions=next_term(6)).code == (400, "3000")
    service.behave(one_change_at_a_time=False)
    body = service.patch(quantity=12, scheduledNextTermInstructions=next_term(6)).body
    assert (body["quantity"], "scheduledNextTermInstructions" in body) == (12, False)


def test_an_accepted_schedule_shows_later_and_keeps_others_out(tmp_path: Path) -> None:
    service = bought(tmp_path, faults=(Fault(kind=FaultKind.PATCH_202, seconds=20),))
    assert service.patch(scheduledNextTermInstructions=next_term(6)).status == 202
    assert "scheduledNextTermInstructions" not in shown(service)
    assert service.patch(quantity=11).code == (409, "900278")
    service.later(20)
    assert shown(service)["scheduledNextTermInstructions"] == next_term(6)


def test_possible_ends_are_those_of_months_and_of_other_subscriptions(tmp_path: Path) -> None:
    service = emulated(tmp_path, licences(), licences(created=NOON - timedelta(days=30)))
    path = f"/customers/{service.tenant.tenant}/subscriptions/customTermEndDates?term_duration=P1Y"
    items = service.send("GET", path).body["items"]
    assert [item["allowedCustomTermEndDate"] for item in items][:2] == ["2026-03-31T00:00:00", "2026-04-30T00:00:00"]
    aligned = [item for item in items if item["allowedCustomTermEndDateType"] == "subscriptionAligned"]
    assert aligned[0]["cotermSubscriptionIds"] == [service.first.id]
    service.behave(zero_width_spaces=True)
    assert "\u200b".encode() in service.send("GET", path).content


def test_a_move_deletes_what_was_scheduled_at_once(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer=BASIC, quantity=10, next_term=next_term(6)))
    assert move(service, STANDARD, 10).status == 200
    assert "scheduledNextTermInstructions" not in shown(service)
    assert [entry.kind for entry in service.world.ledger] == ["transition", "schedule"]
