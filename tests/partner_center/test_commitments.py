"""The commitment of a new-commerce subscription, as the service spells it, in our words."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.model.renewal import EndOfTerm, ScheduleForm
from reconciler.model.term import Commitment, Platform
from reconciler.partner_center.wire.commitments import last_moment
from tests.partner_center.service import SOURCE, TENANT, Script, answer, client, subscription

OFFER = "CFQ7TTC0LH18:0001:CFQ7TTC0P0WS"
ENDS = datetime(2026, 7, 4, 23, 59, 59, tzinfo=UTC)
MEMBERS: dict[str, Any] = {
    "offerId": OFFER,
    "productType": {"id": "OnlineServicesNCE"},
    "termDuration": "P1Y",
    "billingCycle": "Monthly",
    "autoRenewEnabled": True,
    "commitmentEndDate": "2026-07-04T00:00:00Z",
}


def commitment(**changes: Any) -> Commitment:
    read = client(Script(answer(subscription(**{**MEMBERS, **changes})))).subscription(TENANT, SOURCE)
    assert read.commitment
    return read.commitment


def instructions(quantity: Any = 20, **product: Any) -> dict[str, Any]:
    members = {"productId": "CFQ7TTC0LH18", "skuId": "0001", "availabilityId": "CFQ7TTC0P0WS"}
    return {"product": {**members, "billingCycle": "Annual", "termDuration": "P1Y", **product}, "quantity": quantity}


def action(kind: str, **more: Any) -> dict[str, Any]:
    return {"scheduleType": "TermEnd", "actionType": kind, **more}


@pytest.mark.parametrize(
    ("platform", "at", "day", "ends"),
    [
        (Platform.NEW_COMMERCE, "2026-07-04T23:59:59", "2026-07-04T00:00:00Z", ENDS),
        (Platform.NEW_COMMERCE, None, "2026-07-04T00:00:00Z", ENDS),
        (Platform.NEW_COMMERCE, None, "2026-07-04T08:15:00.1234567Z", ENDS),
        (Platform.TRADITIONAL, None, "2026-07-05T00:00:00Z", ENDS),
        (Platform.NEW_COMMERCE, None, "9999-12-14T00:00:00Z", None),
    ],
)
def test_the_last_day_is_part_of_a_modern_term_and_not_of_a_traditional_one(
    platform: Platform, at: str | None, day: str, ends: datetime | None
) -> None:
    assert last_moment(platform, at, day) == ends


@pytest.mark.parametrize(
    ("sent", "term"), [("P1M", "monthly"), ("p3y", "triennial"), ("P2Y", "unknown(P2Y)"), (7, "unknown(7)")]
)
def test_a_term_is_a_word_or_kept_as_it_came(sent: Any, term: str) -> None:
    assert commitment(termDuration=sent).term == term


@pytest.mark.parametrize(
    ("changes", "outcome", "form"),
    [
        ({}, EndOfTerm.RENEWS, ScheduleForm.NONE),
        ({"autoRenewEnabled": False}, EndOfTerm.LAPSES, ScheduleForm.NONE),
        ({"autoRenewEnabled": None}, EndOfTerm.UNCLEAR, ScheduleForm.NONE),
        ({"scheduledActions": []}, EndOfTerm.RENEWS, ScheduleForm.ACTIONS),
        ({"scheduledNextTermInstructions": instructions()}, EndOfTerm.RENEWS_CHANGED, ScheduleForm.INSTRUCTIONS),
        (
            {"scheduledActions": [action("RenewToNewTerm", instructions=instructions())]},
            EndOfTerm.RENEWS_CHANGED,
            ScheduleForm.ACTIONS,
        ),
        (
            {"scheduledActions": action("Cancel"), "autoRenewEnabled": False},
            EndOfTerm.ENDS,
            ScheduleForm.ACTIONS,
        ),
        (
            {"scheduledActions": [{"scheduledType": "termEnd", "actionType": "cancel"}], "autoRenewEnabled": False},
            EndOfTerm.ENDS,
            ScheduleForm.ACTIONS,
        ),
        (
            {"scheduledActions": [action("RenewToExtendedServiceTerm")], "autoRenewEnabled": False},
            EndOfTerm.EXTENDED_TERM,
            ScheduleForm.ACTIONS,
        ),
        ({"scheduledActions": [action("Cancel")]}, EndOfTerm.UNCLEAR, ScheduleForm.ACTIONS),
        (
            {
                "scheduledNextTermInstructions": instructions(20),
                "scheduledActions": [action("RenewToNewTerm", instructions=instructions(19))],
            },
            EndOfTerm.UNCLEAR,
            ScheduleForm.ACTIONS,
        ),
        (
            {
                "scheduledNextTermInstructions": instructions(),
                "scheduledActions": [action("RenewToNewTerm", instructions=instructions(availabilityId="OTHER"))],
            },
            EndOfTerm.RENEWS_CHANGED,
            ScheduleForm.ACTIONS,
        ),
        (
            {"scheduledActions": [{"scheduleType": "CustomDate", "actionType": "Cancel"}]},
            EndOfTerm.UNCLEAR,
            ScheduleForm.ACTIONS,
        ),
        ({"scheduledActions": ["something"]}, EndOfTerm.UNCLEAR, ScheduleForm.ACTIONS),
        ({"scheduledActions": [action("Dance")]}, EndOfTerm.UNCLEAR, ScheduleForm.ACTIONS),
        ({"scheduledNextTermInstructions": instructions("many")}, EndOfTerm.UNCLEAR, ScheduleForm.INSTRUCTIONS),
        ({"scheduledNextTermInstructions": "soon"}, EndOfTerm.UNCLEAR, ScheduleForm.INSTRUCTIONS),
    ],
)
def test_the_end_of_the_term_is_told_by_all_members(
    changes: dict[str, Any], outcome: EndOfTerm, form: ScheduleForm
) -> None:
    found = commitment(**changes)
    assert (found.renewal.outcome, found.form) == (outcome, form)


def test_what_a_trial_turns_into_by_itself_is_no_schedule() -> None:
    found = commitment(
        isTrial=True,
        termDuration="P1M",
        scheduledNextTermInstructions=instructions(25, billingCycle="monthly"),
    )
    assert (found.next_term, found.renewal.outcome) == (None, EndOfTerm.RENEWS)
    assert (found.renewal.quantity, found.renewal.term, found.renewal.billing) == (25, "annual", "monthly")
    paid = {**instructions(25, billingCycle="monthly")}
    paid["product"] = {**paid["product"], "skuId": "0009"}
    turned = commitment(isTrial=True, termDuration="P1M", scheduledNextTermInstructions=paid).renewal
    assert turned == replace(found.renewal, offer_id=turned.offer_id)
    assert str(turned.offer_id).endswith(":0009")


def test_a_trial_without_auto_renewal_ends_whatever_its_instructions_say() -> None:
    default = instructions(25, billingCycle="monthly")
    found = commitment(isTrial=True, autoRenewEnabled=False, scheduledNextTermInstructions=default)
    assert (found.next_term, found.renewal.outcome) == (None, EndOfTerm.LAPSES)


@pytest.mark.parametrize(
    ("total", "seats"), [(3, [1, 2]), (2, [1, 1]), (0, []), (None, [1, 2])], ids=["whole", "less", "none", "untold"]
)
def test_seats_can_be_given_back_batch_by_batch_and_never_more_than_the_total(
    total: int | None, seats: list[int]
) -> None:
    details = [
        {"quantity": 2, "allowedUntilDateTime": "2026-03-09T10:00:00.1234567Z"},
        {"quantity": "?", "allowedUntilDateTime": "2026-03-09T10:00:00Z"},
        {"quantity": 1, "allowedUntilDateTime": "2026-03-08T10:00:00"},
    ]
    found = commitment(refundableQuantity={"totalQuantity": total, "details": details})
    assert [batch.quantity for batch in found.refundable] == seats


@pytest.mark.parametrize("sent", [None, [], "many", {"details": 3}, {"totalQuantity": 3}])
def test_what_can_not_be_read_can_not_be_given_back(sent: Any) -> None:
    assert commitment(refundableQuantity=sent).refundable == ()
