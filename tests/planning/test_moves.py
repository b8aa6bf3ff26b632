"""Moves of a manifest, carried out on what state remembers."""

from datetime import datetime, timedelta

import pytest

from reconciler.model.address import Address
from reconciler.model.moves import Moves
from reconciler.model.place import Place
from reconciler.model.state import CustomerState
from reconciler.planning import Rearranged, all_tracked_on, rearranged, standing_of_removed
from tests.planning.cases import (
    NOW,
    OFFICE,
    OTHER,
    abandoned,
    bound,
    facts,
    live,
    pending,
    result,
    state,
    unseen,
    wants,
)
from tests.planning.modern import ending, ours

PLACE = Place(file="contoso.yaml", line=6, column=3)
MAIN = {OFFICE: Address("contoso/main")}


def moving(
    before: CustomerState, *removed: str, declared: dict[str, Address] = MAIN, now: datetime = NOW, **moved: str
) -> Rearranged:
    places = dict.fromkeys((*moved, *removed), PLACE)
    return rearranged(before, Moves(moved=moved, removed=removed, places=places), declared, now)


def codes(found: Rearranged) -> list[str]:
    return [warning.code for warning in found.warnings]


def test_a_name_moves_with_everything_that_is_remembered_of_it() -> None:
    before = state(office=bound(), pending={"office": pending()}, results=(result(),))
    found = moving(before, office="main")
    assert found.state == before.move({"office": "main"})
    assert [(move.address, move.to) for move in found.moves] == [("contoso/office", "contoso/main")]


def test_moves_one_after_another_lead_to_the_last_name_from_each_of_them() -> None:
    for name in ("office", "lobby", "main"):
        before = state(office=bound()).move({"office": name})
        found = moving(before, office="lobby", lobby="main")
        assert list(found.state.subscriptions) == ["main"]


def test_what_was_moved_already_is_the_very_same_state() -> None:
    before = state(main=bound())
    assert moving(before, "mail", office="main").state is before


def test_a_removed_name_is_not_tracked_any_more_and_its_results_stay() -> None:
    before = state(mail=bound(OTHER), office=bound(), results=(result("mail"),))
    found = moving(before, "mail")
    assert (list(found.state.subscriptions), found.state.results) == (["office"], before.results)
    assert [(move.address, move.to) for move in found.moves] == [("contoso/mail", None)]


OPEN = {
    "removal_waits": state(mail=bound(OTHER), pending={"office": pending()}).move({"office": "mail"}),
    "removal_not_seen": state(mail=unseen()),
    "removal_in_doubt": state(mail=bound(), results=(abandoned(),)),
}


@pytest.mark.parametrize("code", OPEN)
def test_a_name_with_an_open_change_is_tracked_until_that_is_settled(code: str) -> None:
    found = moving(OPEN[code], "mail", declared={})
    assert (found.state, codes(found)) == (OPEN[code], [code])


@pytest.mark.parametrize("code", OPEN)
def test_a_name_that_went_without_a_word_is_tracked_for_as_long_as_one_that_is_removed(code: str) -> None:
    found = list(all_tracked_on([OPEN[code]], {Address("contoso/mail")}, NOW))
    expected = [] if code == "removal_waits" else [code.replace("removal", "undeclared")]
    assert [alarm.code for alarm in found] == expected
    assert not list(all_tracked_on([OPEN[code]], set(), NOW))
    assert not list(all_tracked_on([OPEN[code]], {Address("contoso/mail")}, NOW + timedelta(days=3)))


def test_a_name_whose_subscription_another_entry_means_is_not_removed() -> None:
    before = state(mail=bound(OTHER, OFFICE))
    found = moving(before, "mail")
    assert (found.state, codes(found)) == (before, ["removed_is_declared"])


def test_a_name_that_state_has_is_not_taken_by_another() -> None:
    before = state(office=bound(), main=bound(OTHER))
    found = moving(before, office="main")
    assert (found.state, codes(found)) == (before, ["move_name_in_use"])


SWAPPED = {OFFICE: Address("contoso/mail"), OTHER: Address("contoso/office")}
SHIFTED = {OFFICE: Address("contoso/mail"), OTHER: Address("contoso/post")}


@pytest.mark.parametrize(
    ("declared", "moved"),
    [(SWAPPED, {"office": "mail", "mail": "office"}), (SHIFTED, {"office": "mail", "mail": "post"})],
)
def test_names_that_entries_exchange_or_leave_to_each_other_are_moved_all_at_once_and_once(
    declared: dict[str, Address], moved: dict[str, str]
) -> None:
    moves = Moves(moved=moved, places=dict.fromkeys(moved, PLACE))
    found = rearranged(state(office=bound(), mail=bound(OTHER), pending={"office": pending()}), moves, declared, NOW)
    assert {bound.id: name for name, bound in found.state.subscriptions.items()} == {
        identity: address.name for identity, address in declared.items()
    }
    assert list(found.state.pending) == ["mail"]
    assert {(move.address.name, move.to and move.to.name) for move in found.moves} == moved.items()
    assert rearranged(found.state, moves, declared, NOW).state is found.state


def test_of_an_exchange_that_was_shown_in_part_nothing_is_carried_out() -> None:
    before = state(office=bound(), mail=bound(OTHER))
    moves = Moves(moved={"office": "mail", "mail": "office"}, places=dict.fromkeys(("office", "mail"), PLACE))
    (shown, _) = rearranged(before, moves, SWAPPED, NOW).moves
    assert rearranged(before, moves, SWAPPED, NOW, [shown.names]).state is before


def test_what_stays_scheduled_for_a_removed_entry_is_told() -> None:
    seen = ending()
    stored = state(office=ours(seen))
    found = moving(stored, "office", declared={})
    left = facts(wants("mail", of=OTHER), lives=[seen, live(of=OTHER)], state=found.state)
    assert [alarm.code for alarm in standing_of_removed(left, stored, found.moves)] == ["end_stands"]
    assert not list(standing_of_removed(left, stored, ()))


@pytest.mark.parametrize("left", [state(mail=unseen()), state(mail=bound(), results=(abandoned(),))])
def test_a_name_is_let_go_once_what_was_bought_for_it_would_show(left: CustomerState) -> None:
    found = moving(left, "mail", declared={}, now=NOW + timedelta(days=3))
    assert (dict(found.state.subscriptions), codes(found)) == ({}, [])
