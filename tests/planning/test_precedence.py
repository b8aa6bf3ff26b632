"""Reasons of one item whose advice would contradict each other: the one that is settled first stands alone."""

from datetime import timedelta
from typing import Any

import pytest

from reconciler.model.subscription import Live
from reconciler.model.term import FewerSeats, SeatPermission, Term
from tests.planning.cases import E1, HIGHER, NOW, codes, facts, live, planned, wants
from tests.planning.modern import come_to, ending, office, refundable, scheduled

OVER = SeatPermission(to=20, until=NOW.date() - timedelta(days=1))
AT_ONCE: dict[str, Any] = {"seats": 20, "fewer_seats": FewerSeats.NOW}


@pytest.mark.parametrize(
    ("seen", "asked", "first"),
    [
        (scheduled(18), {"seats": 20}, "seat_loss_not_allowed"),
        (scheduled(18, **refundable(2)), AT_ONCE, "seats_not_refundable"),
        (scheduled(18), AT_ONCE | {"fewer_seats_once": OVER}, "seat_permission_expired"),
    ],
)
def test_how_many_seats_are_meant_is_settled_before_a_schedule_of_another_number(
    seen: Live, asked: dict[str, Any], first: str
) -> None:
    found = codes(come_to(seen, **asked))
    assert (found[0], "schedule_undeclared" in found) == (first, False)


def test_a_schedule_that_is_not_about_seats_stands_beside_the_seats_that_may_not_go() -> None:
    assert codes(come_to(ending(), seats=20)) == ["seat_loss_not_allowed", "schedule_undeclared"]


def test_of_a_trial_that_is_to_be_changed_only_that_it_can_t_be_is_told() -> None:
    trial = scheduled(25, of={"is_trial": True}, term="monthly")
    assert codes(come_to(trial, seats=30)) == ["trial_cannot_be_changed"]


def test_the_terms_of_a_trial_s_upgrade_are_settled_before_what_a_trial_cannot_do() -> None:
    trial = office(of={"is_trial": True}, term="monthly")
    assert codes(come_to(trial, offer=HIGHER, seats=30, term=Term.ANNUAL)) == ["trial_needs_terms"]


@pytest.mark.parametrize("status", ["deleted", "expired"])
def test_of_a_subscription_that_does_not_come_back_no_seats_are_told(status: str) -> None:
    asked = wants(offer=E1, seats=20)
    assert codes(planned(facts(asked, lives=[live(E1, 25, status=status)]))) == ["subscription_status_not_active"]


def test_of_one_that_may_come_back_they_are() -> None:
    asked = wants(offer=E1, seats=20)
    found = codes(planned(facts(asked, lives=[live(E1, 25, status="suspended")])))
    assert found == ["subscription_status_not_active", "seat_loss_not_allowed"]
