"""State, as people read it."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from reconciler.model.address import Address
from reconciler.model.result import Outcome
from reconciler.rendering.reports.states import state_report, states_report
from tests.rendering.golden_files import check, shown
from tests.rendering.happenings import MAIL, OFFICE, result, state


@pytest.mark.parametrize("width", [80, 200])
def test_the_table_of_all_addresses_reads_as_reviewed(width: int) -> None:
    check(f"states.{width}", shown(states_report([state()]), width=width))


@pytest.mark.parametrize("address", [OFFICE, MAIL])
def test_the_history_of_an_address_reads_as_reviewed(address: Address) -> None:
    check(f"state-{address.name}.80", shown(state_report(state(), address)))


def test_an_address_of_which_nothing_but_a_pending_change_is_known_is_in_the_table() -> None:
    unbound = replace(state(), subscriptions={})
    (row,) = [line for line in shown(states_report([unbound])).splitlines() if line.startswith(MAIL)]

    assert "PENDING" in row


def test_columns_are_aligned_though_characters_are_wide() -> None:
    head, *rows = shown(states_report([state()]), width=200).splitlines()[:3]
    ends = [cell_len(row[: row.index(" active") if " active" in row else row.index(" suspended")]) for row in rows]

    assert ends == [cell_len(head[: head.index(" STATUS")])] * 2


def test_every_id_is_there_at_any_width() -> None:
    ids = [bound.id for bound in state().subscriptions.values()]

    assert all(item in shown(states_report([state()]), width=width) for item in ids for width in (60, 80, 200))


def test_a_pending_change_stands_where_its_last_result_would() -> None:
    row = next(line for line in shown(states_report([state()])).splitlines() if line.startswith(MAIL))

    assert "PENDING" in row


def test_an_empty_state_says_so() -> None:
    assert shown(states_report([])).startswith("State holds no subscription yet.")


def test_results_stand_newest_first() -> None:
    page = shown(state_report(state(), OFFICE))

    assert page.index("users left to assign") < page.index("upgrade: failed")


def test_an_address_that_was_forgotten_still_shows_its_results() -> None:
    forgotten = state().forget(["office"])

    assert "binds this address to no subscription" in shown(state_report(forgotten, OFFICE))
    assert result(outcome=Outcome.FAILED).request_id in shown(state_report(forgotten, OFFICE))


def test_what_was_done_under_an_earlier_name_belongs_to_the_present_one() -> None:
    moved = state().move("office", "desk")
    page = shown(state_report(moved, Address("contoso/desk")))

    assert result(outcome=Outcome.FAILED).request_id in page
    assert "under   contoso/office" in page
    assert moved.last_request_id(Address("contoso/desk")) == state().last_request_id(OFFICE)
