"""Refusals of Partner Center that are known before a request is sent."""

from dataclasses import replace
from typing import Any

import pytest

from reconciler.model.capabilities import Capabilities, unavailable
from reconciler.model.desired import Desired
from reconciler.model.errors import Problem, ServiceError
from reconciler.model.remedy import Actor, Remedy, Retry, Step
from reconciler.model.subscription import Live, UnreadableItem
from reconciler.model.support import Support
from reconciler.model.term import Billing, FewerSeats, Renew, Term
from reconciler.planning import Facts
from tests.planning.cases import (
    BOUGHT,
    E1,
    E3,
    E5,
    MODERN,
    NOT_KEPT,
    NOT_OURS,
    OFFICE,
    OTHER,
    blocked,
    bound,
    change,
    codes,
    facts,
    live,
    option,
    planned,
    reason,
    state,
    steps_text,
    unanswered,
    wants,
)

HELD = live(E3, 10, of=OTHER)
FEWER = wants(seats=20)


def of(status: str, *others: Live) -> Facts:
    """OFFICE, wanted as an E3, with this status."""
    return facts(wants(), lives=[live(status=status), *others])


@pytest.mark.parametrize("status", ["suspended", "deleted", "expired", "disabled", "unknown(in_review)"])
def test_only_an_active_subscription_can_be_changed(status: str) -> None:
    found = reason(planned(of(status)), "subscription_status_not_active")
    assert (found.number, found.origin) == (2, "rule")
    assert found.description == f"The subscription is {status}, not active."
    assert found.remedy.steps


def test_why_it_was_suspended_is_told_in_the_services_words() -> None:
    paused = live(status="suspended", suspension_reasons=("CustomerCancellation", "NonPayment"))
    found = reason(planned(facts(wants(), lives=[paused])), "subscription_status_not_active")
    assert found.details == "CustomerCancellation, NonPayment"


def test_a_suspended_subscription_is_to_be_reactivated() -> None:
    steps = steps_text(planned(of("suspended")), "subscription_status_not_active")
    assert "reactivate" in steps
    assert "adopt" not in steps


def test_a_suspended_subscription_whose_wanted_offer_is_live_elsewhere_may_have_been_upgraded_in_the_portal() -> None:
    plan = planned(of("suspended", live(E3, 25, of=OTHER)))
    assert codes(plan) == ["subscription_status_not_active"]
    steps = steps_text(plan, "subscription_status_not_active")
    assert f"reconciler adopt contoso/office {OTHER}" in steps
    assert "reactivate" not in steps


@pytest.mark.parametrize("status", ["deleted", "expired"])
def test_what_is_gone_names_its_successor_and_how_to_adopt_it(status: str) -> None:
    plan = planned(of(status, live(E3, 25, of=OTHER)))
    assert codes(plan) == ["subscription_status_not_active"]
    steps = steps_text(plan, "subscription_status_not_active")
    assert f"\nreconciler adopt contoso/office {OTHER}" in steps
    assert "reactivate" not in steps


def test_an_address_that_state_does_not_track_is_bound_by_a_pull_request_too() -> None:
    gone = of("deleted", live(E3, 25, of=OTHER))
    line = f"Write id: {OTHER} there (manifests/contoso.yaml:7:3)."
    assert line in steps_text(planned(gone), "subscription_status_not_active")
    tracked = replace(gone, state=state(office=bound()))
    assert line not in steps_text(planned(tracked), "subscription_status_not_active")


def test_what_is_gone_without_a_successor_is_to_be_forgotten() -> None:
    steps = steps_text(planned(of("deleted", live(E5, of=OTHER))), "subscription_status_not_active")
    assert "\nreconciler forget contoso/office" in steps


def test_a_missing_subscription_is_blocked_with_its_successor() -> None:
    plan = planned(facts(wants(), lives=[live(E3, of=OTHER)]))
    assert blocked(plan).before is None
    assert f"reconciler adopt contoso/office {OTHER}" in steps_text(plan, "subscription_missing")


def test_the_successor_is_the_one_of_the_wanted_offer_and_quantity() -> None:
    lives = [live(E1, 25, of="1"), live(E3, 9, of="2"), live(E3, 25, of="3"), live(E5, 25, of="4")]
    plan = planned(facts(wants(), lives=lives, state=state(office=bound())))
    assert "adopt contoso/office 3" in steps_text(plan, "subscription_missing")


@pytest.mark.parametrize(
    "unfit",
    [
        live(E5, of=OTHER),
        live(E3, of=OTHER, status="suspended"),
        live(E3, of=OTHER, parent_subscription_id="p"),
        live(E3, of=BOUGHT),
    ],
    ids=["another offer", "not active", "an add-on", "managed by another address"],
)
def test_what_can_not_be_the_successor_is_not_named(unfit: Live) -> None:
    found = facts(wants(), wants("lab", of=BOUGHT), lives=[unfit], selected=["office"])
    assert "adopt" not in steps_text(planned(found), "subscription_missing")


def test_an_add_on_has_no_upgrades_and_names_its_parent() -> None:
    add_on = live(parent_subscription_id=OTHER)
    assert OTHER in steps_text(planned(facts(wants(), lives=[add_on])), "add_on_cannot_be_upgraded")


def test_an_add_on_can_be_resized() -> None:
    add_on = live(parent_subscription_id=OTHER)
    assert change(planned(facts(wants(offer=E1, seats=30), lives=[add_on]))).seats == 5


def test_nothing_becomes_new_commerce_by_an_upgrade() -> None:
    assert codes(planned(facts(wants(offer=MODERN), lives=[live()]))) == ["new_commerce_subscription"]


def test_new_commerce_can_be_resized() -> None:
    assert change(planned(facts(wants(offer=MODERN, seats=30), lives=[live(MODERN)]))).seats == 5


EVERY_CHANGE = [wants(), wants(offer=E1, seats=20, fewer_seats=FewerSeats.NOW), wants(offer=E1, seats=30)]


@pytest.mark.parametrize("asked", EVERY_CHANGE, ids=["upgrade", "fewer", "more"])
def test_nothing_is_changed_of_what_another_partner_sold(asked: Desired) -> None:
    plan = planned(facts(asked, lives=[live(partner_id="5512044")]), mpn_id="6127349")
    assert codes(plan) == ["sold_by_another_partner"]
    description = "Partner 5512044 sold this subscription; we are 6127349 (partner.mpn_id)."
    assert blocked(plan).reasons[0].description == description


@pytest.mark.parametrize("asked", EVERY_CHANGE, ids=["upgrade", "fewer", "more"])
@pytest.mark.parametrize(("was", "told"), [("6127349", "it was partner 6127349's"), ("", "no partner was named")])
def test_nothing_is_changed_of_what_went_to_another_partner_whoever_we_are(asked: Desired, was: str, told: str) -> None:
    plan = planned(facts(asked, lives=[live(partner_id="5512044")], state=state(office=bound(partner_id=was))))
    assert codes(plan) == ["sold_by_another_partner"]
    assert told in blocked(plan).reasons[0].description
    assert f"reconciler adopt contoso/office {OFFICE}" in "\n".join(
        step.plain for step in blocked(plan).reasons[0].remedy.steps
    )


@pytest.mark.parametrize("was", [None, "6127349"])
def test_a_partner_that_state_never_knew_or_the_service_does_not_name_blocks_nothing(was: str | None) -> None:
    now = "5512044" if was is None else None
    plan = planned(
        facts(wants(offer=E1, seats=30), lives=[live(partner_id=now)], state=state(office=bound(partner_id=was)))
    )
    assert change(plan).seats == 5


def test_what_came_back_to_us_is_no_block() -> None:
    known = state(office=bound(partner_id="5512044"))
    plan = planned(facts(wants(offer=E1, seats=30), lives=[live(partner_id="6127349")], state=known), mpn_id="6127349")
    assert change(plan).seats == 5


@pytest.mark.parametrize(("ours", "theirs"), [(None, "5512044"), ("6127349", None), ("6127349", "6127349")])
def test_who_sold_it_matters_only_where_both_are_known_and_differ(ours: str | None, theirs: str | None) -> None:
    found = facts(wants(), lives=[live(partner_id=theirs)], options=[option()])
    assert change(planned(found, mpn_id=ours)).action == "upgrade"


def test_an_offer_that_the_customer_holds_already_unmanaged_is_not_bought_again() -> None:
    plan = planned(facts(wants(), lives=[live(), HELD]))
    assert codes(plan) == ["target_offer_already_held"]
    steps = steps_text(plan, "target_offer_already_held")
    assert f"Look at what is held already: Office 365 Enterprise E3 (10 seats, {OTHER})." in steps
    assert "allow_duplicate_offer: true" in steps
    assert "another reseller" in steps


def test_an_offer_that_an_item_that_can_not_be_understood_names_is_not_bought_beside_it() -> None:
    item = UnreadableItem(id=OTHER, position=2, why="has no number of seats", offer_id=E3.id)
    assert codes(planned(facts(wants(), lives=[live()], unreadable=(item,)))) == ["offer_perhaps_held"]
    allowed = wants(allow_duplicate_offer=True)
    for entry, found in (
        (allowed, item),
        (wants(), replace(item, offer_id=None)),
        (wants(), replace(item, offer_id=E5.id)),
    ):
        assert planned(facts(entry, lives=[live()], unreadable=(found,), options=[option()])).changes


def test_a_duplicate_that_is_allowed_goes_ahead_with_a_warning() -> None:
    asked = wants(allow_duplicate_offer=True)
    (caution,) = change(planned(facts(asked, lives=[live(), HELD], options=[option()]))).warnings
    assert caution.code == "duplicate_offer"
    assert OTHER in caution.description


def test_a_resize_minds_no_duplicates() -> None:
    assert change(planned(facts(wants(offer=E3, seats=30), lives=[live(E3), HELD]))).warnings == ()


@pytest.mark.parametrize(
    "held",
    [
        live(E3, of=OTHER, status="suspended"),
        live(E3, of=OTHER, parent_subscription_id="p"),
        live(E3, of=BOUGHT),
    ],
    ids=["not active", "an add-on", "managed by another address"],
)
def test_only_an_active_subscription_that_nobody_manages_counts_as_held(held: Live) -> None:
    lab = wants("lab", E3, of=BOUGHT)
    found = facts(wants(), lab, lives=[live(), held], options=[option()], selected=["office"])
    assert change(planned(found)).action == "upgrade"


def test_what_an_undeclared_address_still_tracks_is_managed() -> None:
    known = state(lab=bound(OTHER, offer=E3))
    assert change(planned(facts(wants(), lives=[live(), HELD], options=[option()], state=known))).action == "upgrade"


@pytest.mark.parametrize("asked", [wants(offer=E1, seats=20), FEWER], ids=["resize", "upgrade"])
def test_fewer_seats_than_live_are_refused(asked: Desired) -> None:
    plan = planned(facts(asked, lives=[live()]))
    found = reason(plan, "seat_loss_not_allowed")
    assert found.description == "The manifest asks for 20 seats; 25 are live. Applying it would remove 5."
    assert "set quantity to 25 or more" in "\n".join(step.plain for step in found.remedy.steps)


def test_a_resize_that_no_etag_guards_says_so() -> None:
    found = change(planned(facts(wants(offer=E1, seats=30), lives=[live(etag=None)])))
    assert [warning.code for warning in found.warnings] == ["unguarded_change"]


def test_fewer_seats_that_are_meant_go_ahead_with_a_warning() -> None:
    asked = wants(offer=E1, seats=20, fewer_seats=FewerSeats.NOW)
    found = change(planned(facts(asked, lives=[live()])))
    assert found.seats == -5
    assert [(warning.code, warning.description) for warning in found.warnings] == [
        ("seats_removed", "This removes 5 seats.")
    ]


def test_every_rule_that_speaks_is_told() -> None:
    theirs = live(partner_id="1", parent_subscription_id="p")
    others = [
        "add_on_cannot_be_upgraded",
        "sold_by_another_partner",
        "target_offer_already_held",
        "seat_loss_not_allowed",
    ]
    assert codes(planned(facts(FEWER, lives=[theirs, HELD]), mpn_id="2")) == others
    paused = replace(theirs, status="suspended")
    assert codes(planned(facts(FEWER, lives=[paused]), mpn_id="2")) == [
        "subscription_status_not_active",
        *(sold for sold in others if sold != "target_offer_already_held"),
    ]


def test_a_customer_that_is_not_ours_must_accept_us_and_is_told_what_that_does_not_give() -> None:
    plan = planned(
        facts(wants(), lives=NOT_OURS),
        capabilities=Capabilities(relationship_link=unavailable("us_government_has_no_link")),
    )
    found = reason(plan, "not_our_customer")
    assert (found.remedy.actor, found.remedy.retry) == (Actor.CUSTOMER, Retry.DAY)
    assert "Request a reseller relationship" in "\n".join(step.plain for step in found.remedy.steps)
    assert "gives no right to seats" in "\n".join(step.plain for step in found.remedy.steps)


@pytest.mark.parametrize(("status", "code"), [(403, "20003"), (400, "20002"), (500, "20002"), (404, "")])
def test_any_other_refusal_is_not_taken_for_a_missing_relationship(status: int, code: str) -> None:
    assert codes(planned(facts(wants(), lives=unanswered(status, code)))) == ["customer_unreadable"]


def test_an_unreadable_customer_is_told_with_all_that_support_asks_for() -> None:
    found = reason(planned(facts(wants(), lives=unanswered(500, "900000"))), "customer_unreadable")
    assert found.details == "Partner Center answered 500."
    assert found.support == Support(request_id="dddddddd-0000-4000-8000-000000000004")
    assert found.remedy.retry is Retry.MINUTES


def test_where_the_refusal_itself_says_who_must_act_the_reader_is_told_that() -> None:
    own = Remedy(actor=Actor.PARTNER, retry=Retry.NO, steps=(Step("Accept the agreement."),))
    problem = Problem(where=None, what="Partner Center answered 403, code 900124.", remedy="Accept the agreement.")
    error = ServiceError(problem, status=403, code="900124", remedy=own)
    assert reason(planned(facts(wants(), lives=error)), "customer_unreadable").remedy == own


def test_eligibility_that_a_snapshot_lacks_blocks() -> None:
    plan = planned(facts(wants(), lives=[live()], options=NOT_KEPT))
    assert codes(plan) == ["eligibility_not_in_snapshot"]
    assert not plan.questions
    assert not plan.errored


def test_a_rule_names_the_subscription_that_the_address_means() -> None:
    assert blocked(planned(of("suspended"))).subscription_id == OFFICE


def test_a_traditional_subscription_has_no_end_of_term_to_schedule_fewer_seats_for() -> None:
    plan = planned(facts(wants(offer=E1, seats=20, fewer_seats=FewerSeats.AT_RENEWAL), lives=[live()]))

    assert codes(plan) == ["new_commerce_only"]


def test_a_reseller_that_we_sell_through_is_no_other_partner() -> None:
    asked = facts(wants(offer=E1, seats=30), lives=[live(partner_id="1")])

    assert codes(planned(asked, mpn_id="2")) == ["sold_by_another_partner"]
    assert not planned(asked, mpn_id="2", resellers=("1",)).blocked


@pytest.mark.parametrize("asked", [{"term": Term.ANNUAL}, {"billing": Billing.MONTHLY}, {"renew": Renew.END}])
def test_a_traditional_subscription_passes_for_nothing_that_it_does_not_have(asked: dict[str, Any]) -> None:
    plan = planned(facts(wants(offer=E1, **asked), lives=[live()]))
    assert codes(plan) == ["new_commerce_only"]
    assert "Remove these lines" in steps_text(plan, "new_commerce_only")
