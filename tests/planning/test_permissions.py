"""One-off permissions to remove seats: for one number, until a day, and told once they are used up."""

from datetime import date
from typing import Any

import pytest

from reconciler.model.desired import Desired
from reconciler.model.term import FewerSeats, SeatPermission
from reconciler.planning import CustomerPlan
from tests.planning.cases import E1, NOW, change, codes, facts, live, planned, steps_text, wants
from tests.planning.modern import come_to, office, ours, refundable, scheduled

TODAY, YESTERDAY = NOW.date(), date(2026, 3, 1)


def once(seats: int, **more: Any) -> dict[str, Any]:
    """The members of an entry that permits fewer seats, down to so many."""
    permission = SeatPermission(to=seats, **more)
    return {"fewer_seats": permission.when, "fewer_seats_once": permission}


def entry_of(seats: int, permitted: int, **more: Any) -> Desired:
    return wants(offer=E1, seats=seats, **once(permitted, **more))


def resized(entry: Desired) -> CustomerPlan:
    """The plan of the entry; 25 seats are live."""
    return planned(facts(entry, lives=[live()]))


def used_up(plan: CustomerPlan) -> list[str]:
    return [alarm.description for alarm in plan.warnings if alarm.code == "seat_permission_not_needed"]


@pytest.mark.parametrize("until", [None, TODAY])
def test_seats_go_down_to_the_number_that_is_permitted(until: date | None) -> None:
    plan = resized(entry_of(20, 20, until=until))

    assert (change(plan).seats, used_up(plan)) == (-5, [])


@pytest.mark.parametrize("seats", [19, 21])
def test_any_other_number_is_refused_with_both_ways_out(seats: int) -> None:
    plan = resized(entry_of(seats, 20))

    assert codes(plan) == ["seats_permitted_otherwise"]
    assert f"fewer_seats: {{to: {seats}}}" in steps_text(plan, "seats_permitted_otherwise")
    assert "set quantity to 20, or to 25 to keep all" in steps_text(plan, "seats_permitted_otherwise")


def test_after_its_last_day_it_is_refused() -> None:
    plan = resized(entry_of(20, 20, until=YESTERDAY))

    assert codes(plan) == ["seat_permission_expired"]
    assert "write a later day at manifests/contoso.yaml:7:3" in steps_text(plan, "seat_permission_expired")


@pytest.mark.parametrize("entry", [entry_of(25, 25), entry_of(25, 20, until=YESTERDAY)])
def test_where_nothing_is_to_be_removed_it_is_told_as_no_longer_needed(entry: Desired) -> None:
    (said,) = used_up(resized(entry))

    assert "is no longer needed: 25 seats are live. It can go (manifests/contoso.yaml:7:3)." in said


def test_more_seats_need_no_permission() -> None:
    plan = resized(entry_of(30, 20))

    assert (change(plan).seats, len(used_up(plan))) == (5, 1)


class TestAtRenewal:
    LATER = FewerSeats.AT_RENEWAL

    def test_the_removal_is_scheduled(self) -> None:
        assert change(come_to(office(), seats=20, **once(20, when=self.LATER, until=TODAY))).action == "renewal"

    @pytest.mark.parametrize(("seats", "code"), [(19, "seats_permitted_otherwise"), (20, "seat_permission_expired")])
    def test_what_it_does_not_cover_is_refused(self, seats: int, code: str) -> None:
        assert codes(come_to(office(), seats=seats, **once(20, when=self.LATER, until=YESTERDAY))) == [code]

    def test_what_was_scheduled_in_time_stands_after_its_last_day_and_is_still_needed(self) -> None:
        plan = come_to(scheduled(20), ours(scheduled(20)), seats=20, **once(20, when=self.LATER, until=YESTERDAY))

        assert (plan.changes, plan.blocked, used_up(plan)) == ((), (), [])

    def test_seats_that_cannot_be_given_back_any_more_are_referred_to_the_end_of_the_term(self) -> None:
        plan = come_to(office(**refundable(4)), seats=20, **once(20))

        assert codes(plan) == ["seats_not_refundable"]
        assert "fewer_seats: {to: 20, when: at_renewal}" in steps_text(plan, "seats_not_refundable")
