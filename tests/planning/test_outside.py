"""A change that undoes what somebody else changed is told as that, with the edit that keeps the other value."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.model.address import Address
from reconciler.model.offer import Offer
from reconciler.model.place import Place
from reconciler.model.result import Outcome, ended
from reconciler.model.term import FewerSeats, SeatPermission
from reconciler.planning import CustomerPlan
from tests.planning.cases import (
    E1,
    E3,
    E5,
    NOW,
    OFFICE,
    RUN,
    blocked,
    bought_otherwise,
    bound,
    change,
    codes,
    facts,
    live,
    option,
    pending,
    planned,
    resized,
    state,
    wants,
)

LONG_AGO = (NOW - timedelta(days=90)).date()
LINE = Place(file="manifests/contoso.yaml", line=9, column=5)


def outside_warnings(plan: CustomerPlan) -> list[str]:
    return [warning.description for warning in change(plan).warnings if warning.code == "undoes_outside_change"]


def seats(was: int, now: int, wanted: int) -> CustomerPlan:
    """State saw so many, so many are live, and so many are wanted; a person lets the manifest win."""
    asked = wants(offer=E1, seats=wanted, fewer_seats=FewerSeats.NOW, quantity_place=LINE)
    known = facts(asked, lives=[live(seats=now)], state=state(office=bound(seats=was)))
    return planned(known, accepted=frozenset({asked.address}))


@pytest.mark.parametrize("once", [None, SeatPermission(to=30)], ids=["standing", "one-off"])
@pytest.mark.parametrize("offer", [E1, E3], ids=["resize", "upgrade"])
def test_no_permission_removes_seats_that_somebody_else_added(offer: Offer, once: SeatPermission | None) -> None:
    asked = wants(offer=offer, seats=30, fewer_seats=FewerSeats.NOW, fewer_seats_once=once)
    known = facts(asked, lives=[live(E1, 50)], options=[option()], state=state(office=bound(seats=30)))
    assert codes(planned(known)) == ["seats_added_outside"]


@pytest.mark.parametrize("when", [FewerSeats.NOW, FewerSeats.AT_RENEWAL])
@pytest.mark.parametrize("offer", [E1, E3], ids=["resize", "upgrade"])
def test_seats_that_somebody_added_are_settled_before_any_other_reason_about_seats(
    offer: Offer, when: FewerSeats
) -> None:
    for once in (None, SeatPermission(to=20, when=when), SeatPermission(to=30, when=when, until=LONG_AGO)):
        asked = wants(offer=offer, seats=30, fewer_seats=when, fewer_seats_once=once)
        known = facts(asked, lives=[live(E1, 50)], options=[option()], state=state(office=bound(seats=30)))
        assert codes(planned(known)) == ["seats_added_outside"]


def test_a_permission_that_may_be_older_than_the_seats_that_somebody_added_does_not_remove_them() -> None:
    asked = wants(offer=E1, seats=44, fewer_seats=FewerSeats.NOW, fewer_seats_once=SeatPermission(to=44))
    known = facts(asked, lives=[live(E1, 50)], state=state(office=bound(seats=40)))
    assert codes(planned(known)) == ["seats_added_outside"]


def test_seats_that_were_added_since_our_own_change_are_not_recorded_as_seen() -> None:
    assert bound(seats=38).without_added(live(seats=50)).quantity == 38


@pytest.mark.parametrize(
    ("was", "now", "wanted", "what"),
    [
        (30, 20, 30, "10 seats were removed outside (30 -> 20); this plan adds them again."),
        (30, 29, 30, "1 seat was removed outside (30 -> 29); this plan adds it again."),
        (30, 20, 25, "10 seats were removed outside (30 -> 20); this plan adds 5 of them."),
        (30, 20, 40, "10 seats were removed outside (30 -> 20); this plan adds them again, and 10 more."),
        (30, 50, 30, "20 seats were added outside (30 -> 50); this plan removes them again."),
        (30, 50, 40, "20 seats were added outside (30 -> 50); this plan removes 10 of them."),
        (30, 50, 20, "20 seats were added outside (30 -> 50); this plan removes them again, and 10 more."),
    ],
)
def test_seats_that_somebody_else_changed_are_named_with_what_the_plan_undoes(
    was: int, now: int, wanted: int, what: str
) -> None:
    keep = f"To keep {now} seats, write quantity: {now} at manifests/contoso.yaml:9:5."
    assert outside_warnings(seats(was, now, wanted)) == [f"{what} {keep}"]


@pytest.mark.parametrize(("was", "now", "wanted"), [(30, 30, 40), (30, 40, 50), (30, 25, 20)])
def test_what_goes_the_same_way_undoes_nothing(was: int, now: int, wanted: int) -> None:
    assert outside_warnings(seats(was, now, wanted)) == []


def test_an_offer_that_somebody_else_changed_is_named_and_kept_by_its_id() -> None:
    found = facts(wants(offer=E3), lives=[live(E1)], options=[option()], state=state(office=bound(offer=E3)))
    (description,) = outside_warnings(planned(found))
    assert f"({E3.name} -> {E1.name}); this plan changes it back." in description
    assert f"write offer: {E1.id} at manifests/contoso.yaml:7:3." in description


def test_a_third_offer_takes_the_place_of_the_one_that_somebody_else_chose() -> None:
    asked = wants(offer=E5, seats=30)
    found = facts(asked, lives=[live(E1, 20)], options=[option(to=E5)], state=state(office=bound(offer=E3, seats=30)))
    offer, quantity = outside_warnings(planned(found))
    assert f"this plan changes it to {E5.name}." in offer
    assert "10 seats were removed outside (30 -> 20); this plan adds them again." in quantity


def test_what_an_apply_carried_out_and_somebody_undid_is_known_though_state_saw_it_since() -> None:
    resize = pending(E1, 30, "resize")
    done = ended(resize, Address("contoso/office"), Outcome.SUCCEEDED, NOW, OFFICE, RUN)
    known = replace(state(office=bound(seats=20)), results=(done,))
    plan = planned(facts(wants(offer=E1, seats=30), lives=[live(seats=20)], state=known))
    assert "10 seats were removed outside (30 -> 20); this plan adds them again." in outside_warnings(plan)[0]
    other = planned(facts(wants(offer=E1, seats=40), lives=[live(seats=20)], state=known))
    assert outside_warnings(other) == []


@pytest.mark.parametrize(
    ("wanted", "live_now", "cautioned"),
    [(135, 125, True), (140, 125, False), (135, 120, False)],
    ids=["set by an apply and changed by a later one", "never set", "somebody else changed it since"],
)
def test_seats_that_a_later_apply_changed_are_told_with_its_run(wanted: int, live_now: int, cautioned: bool) -> None:
    plan = planned(facts(wants(offer=E1, seats=wanted), lives=[live(seats=live_now)], state=resized(135, 125)))
    ours = [warning.description for warning in change(plan).warnings if warning.code == "undoes_own_change"]

    assert bool(ours) is cautioned
    if cautioned:
        assert "An earlier apply set 135 seats, and a later one 125" in ours[0]
        assert "run run-125 (commit 961d505baabb) on 2026-03-02 10:00 UTC." in ours[0]


def test_what_applies_set_under_an_earlier_name_is_known_under_the_present_one() -> None:
    moved = resized(135, 125).move({"office": "desk"})
    plan = planned(facts(wants("desk", offer=E1, seats=135), lives=[live(seats=125)], state=moved))
    assert [warning.code for warning in change(plan).warnings] == ["undoes_own_change"]


def test_where_seats_were_added_outside_the_refusal_to_remove_them_says_so() -> None:
    found = facts(wants(offer=E1, seats=25), lives=[live(seats=28)], state=state(office=bound(seats=25)))
    (reason,) = blocked(planned(found)).reasons
    assert reason.description == (
        "The manifest asks for 25 seats; 28 are live. Applying it would remove 3."
        " 3 seats were added outside (25 -> 28)."
    )


def test_seats_that_were_never_bought_are_not_told_as_removed_by_somebody_else() -> None:
    plan = planned(facts(wants(offer=E1, seats=60), lives=[live(seats=40)], state=bought_otherwise(60, 40)))
    (warning,) = plan.changes[0].warnings
    assert warning.code == "bought_otherwise"
    assert "asked for 60 seats" in warning.description
    assert "the service has shown 40 seats ever since" in warning.description
