"""Items of a plan that were asked for before the compared commits, though their entries say something else by now."""

from typing import Any

import pytest

from reconciler.model.desired import Desired
from reconciler.model.term import ChangeTerm, FewerSeats, Term
from reconciler.planning import standing_items
from tests.planning.cases import HIGHER, MODERN, OFFICE, circumstances, facts, live, path, planned, wants


def outcome(before: Desired, now: Desired) -> tuple[list[str], list[str]]:
    """Returns the addresses, and the actions of others, of which nothing comes of what the commits changed."""
    found = facts(now, lives=[live(MODERN)], transitions={OFFICE: (path(),)})
    standing = standing_items(found, circumstances(), planned(found), {before.address: before})
    return list(standing.addresses), sorted(item.action for item in standing.items)


def office(**values: Any) -> Desired:
    return wants(**{"offer": HIGHER, **values})


@pytest.mark.parametrize("permission", [{"fewer_seats": FewerSeats.NOW}, {"change_term": ChangeTerm.NOW}])
def test_a_permission_that_nothing_needs_asks_for_nothing(permission: dict[str, Any]) -> None:
    assert outcome(office(), office(**permission)) == (["contoso/office"], [])


def test_one_more_seat_does_not_ask_for_the_upgrade_beside_it() -> None:
    assert outcome(office(), office(seats=26)) == ([], ["upgrade"])


def test_what_another_end_of_the_term_is_scheduled_for_was_asked_at_once_before() -> None:
    assert outcome(office(), office(term=Term.TRIENNIAL)) == ([], ["upgrade"])


def test_a_permission_that_lets_a_change_through_asks_for_it() -> None:
    fewer: dict[str, Any] = {"offer": MODERN, "seats": 20}
    assert outcome(office(**fewer), office(**fewer, fewer_seats=FewerSeats.AT_RENEWAL)) == ([], [])


def test_what_is_blocked_for_the_same_reasons_was_blocked_before() -> None:
    fewer: dict[str, Any] = {"offer": MODERN, "seats": 20}
    assert outcome(office(**fewer), office(**fewer, change_term=ChangeTerm.NOW)) == (["contoso/office"], [])


def test_another_offer_asks_for_its_upgrade() -> None:
    assert outcome(office(offer=MODERN), office()) == ([], [])
