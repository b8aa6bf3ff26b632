"""The body of a change of new commerce: the subscription as it was read, but for what is asked."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.changes.term import TermRequest
from reconciler.model.renewal import EndOfTerm, NextTerm, ScheduleForm
from reconciler.model.request import RenewalRequest, UpdateRequest
from tests.partner_center.service import SOURCE, TENANT, TICKET, Script, answer, client, subscription
from tests.partner_center.test_commitments import MEMBERS, action, instructions
from tests.requested import a_resize

INSTRUCTIONS, ACTIONS = "scheduledNextTermInstructions", "scheduledActions"
OFFER = "CFQ7TTC0LH18:0001"


def sent(request: UpdateRequest, **members: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The document that was read, and what was sent back."""
    document = subscription(**{**MEMBERS, **members})
    script = Script(answer(document), answer(document))
    commerce = client(script)
    commerce.update(TENANT, commerce.subscription(TENANT, SOURCE), request, TICKET)
    return document, json.loads(script.requests[1].content)


def renewing(form: ScheduleForm, seats: int = 15, **more: Any) -> RenewalRequest:
    then = NextTerm(offer_id=OFFER, quantity=seats, term="annual", billing="monthly", **more)
    return RenewalRequest(kind="renewal", outcome=EndOfTerm.RENEWS_CHANGED, next_term=then, form=form)


def ending(outcome: EndOfTerm, form: ScheduleForm = ScheduleForm.ACTIONS) -> RenewalRequest:
    return RenewalRequest(kind="renewal", outcome=outcome, form=form)


@pytest.mark.parametrize(
    ("request_", "changed"),
    [
        (a_resize(30), {"quantity": 30}),
        (
            TermRequest(kind="term", term="triennial", billing="annual"),
            {"termDuration": "P3Y", "billingCycle": "annual"},
        ),
    ],
    ids=["resize", "term"],
)
def test_what_is_scheduled_and_what_is_not_known_go_back_as_they_came(
    request_: UpdateRequest, changed: dict[str, Any]
) -> None:
    document, body = sent(request_, **{INSTRUCTIONS: instructions(), "nextChargeInstructions": {"product": {"a": 1}}})
    assert body == {**document, **changed}


def test_instructions_are_made_of_the_subscriptions_own_offer() -> None:
    document, body = sent(renewing(ScheduleForm.INSTRUCTIONS))
    assert body == {**document, INSTRUCTIONS: body[INSTRUCTIONS]}
    product = body[INSTRUCTIONS]["product"]
    assert (product["productId"], product["skuId"], product["availabilityId"]) == (
        "CFQ7TTC0LH18",
        "0001",
        "CFQ7TTC0P0WS",
    )
    assert (product["termDuration"], product["billingCycle"], body[INSTRUCTIONS]["quantity"]) == ("P1Y", "monthly", 15)


def test_members_of_the_instructions_that_the_manifest_does_not_govern_are_sent_back() -> None:
    carried = {**instructions(promotionId="39NFJQT1:0001:X"), "customTermEndDate": "2027-07-04T00:00:00Z", "new": [1]}
    kept: dict[str, Any] = {"custom_end": datetime(2027, 7, 4, tzinfo=UTC), "promotion_id": "39NFJQT1:0001:X"}
    _, body = sent(renewing(ScheduleForm.INSTRUCTIONS, **kept), **{INSTRUCTIONS: carried})
    product = {**carried["product"], "billingCycle": "monthly"}
    assert body[INSTRUCTIONS] == {**carried, "product": product, "quantity": 15}


def test_the_form_that_is_not_written_is_removed() -> None:
    both = {INSTRUCTIONS: instructions(), ACTIONS: [action("RenewToNewTerm", instructions=instructions())]}
    _, body = sent(renewing(ScheduleForm.ACTIONS), **both)
    assert INSTRUCTIONS not in body
    (written,) = body[ACTIONS]
    assert (written["actionType"], written["instructions"]["quantity"]) == ("RenewToNewTerm", 15)
    _, body = sent(renewing(ScheduleForm.INSTRUCTIONS), **both)
    assert ACTIONS not in body
    assert body[INSTRUCTIONS]["quantity"] == 15


def test_an_end_is_a_cancellation_with_auto_renewal_off() -> None:
    _, body = sent(ending(EndOfTerm.ENDS), **{INSTRUCTIONS: instructions()})
    assert (body["autoRenewEnabled"], body[ACTIONS]) == (False, [action("Cancel")])
    assert INSTRUCTIONS not in body


@pytest.mark.parametrize("spelt", [[{"scheduledType": "TermEnd", "actionType": "Cancel"}], action("Cancel")])
def test_actions_are_spelt_as_the_subscription_spells_them(spelt: Any) -> None:
    _, body = sent(ending(EndOfTerm.ENDS), **{ACTIONS: spelt, "autoRenewEnabled": False})
    assert body[ACTIONS] == spelt


def test_a_plain_renewal_withdraws_what_is_scheduled() -> None:
    _, body = sent(ending(EndOfTerm.RENEWS), **{ACTIONS: [action("Cancel")], "autoRenewEnabled": False})
    assert (body["autoRenewEnabled"], body[ACTIONS]) == (True, [])
    _, body = sent(ending(EndOfTerm.RENEWS, ScheduleForm.INSTRUCTIONS), **{INSTRUCTIONS: instructions()})
    assert INSTRUCTIONS not in body
