"""State, as people read it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from rich.cells import cell_len

from reconciler.model.address import Address
from reconciler.model.result import Outcome, given_up
from reconciler.model.state import CustomerState
from reconciler.rendering.reports.states import state_report, states_report
from tests.rendering.golden_files import check, shown
from tests.rendering.happenings import MAIL, OFFICE, result, state
from tests.rendering.plans import NOON


@pytest.mark.parametrize("width", [80, 200])
def test_the_table_of_all_addresses_reads_as_reviewed(width: int) -> None:
    check(f"states.{width}", shown(states_report([state()], NOON), width=width))


@pytest.mark.parametrize("address", [OFFICE, MAIL])
def test_the_history_of_an_address_reads_as_reviewed(address: Address) -> None:
    check(f"state-{address.name}.80", shown(state_report(state(), address, NOON)))


def test_an_address_of_which_nothing_but_a_pending_change_is_known_is_in_the_table() -> None:
    unbound = replace(state(), subscriptions={})
    (row,) = [line for line in shown(states_report([unbound], NOON)).splitlines() if line.startswith(MAIL)]

    assert "PENDING" in row


def test_columns_are_aligned_though_characters_are_wide() -> None:
    head, *rows = shown(states_report([state()], NOON), width=200).splitlines()[:3]
    ends = [cell_len(row[: row.index(" active") if " active" in row else row.index(" suspended")]) for row in rows]

    assert ends == [cell_len(head[: head.index(" STATUS")])] * 2


def test_every_id_is_there_at_any_width() -> None:
    ids = [bound.id for bound in state().subscriptions.values()]

    assert all(item in shown(states_report([state()], NOON), width=width) for item in ids for width in (60, 80, 200))


@pytest.mark.parametrize(("width", "lines"), [(60, 3), (80, 2), (200, 1)])
def test_every_subscription_has_the_same_lines_at_any_width(width: int, lines: int) -> None:
    states = [_estate("contoso", "Contoso Ltd", "office", "a-long-name-of-an-entry"), _estate("fabrikam", "", "shop")]
    page = shown(states_report(states, NOON), width=width)
    table = page[: page.index("\n\n")].splitlines()
    starts = [at for at, line in enumerate(table) if line.startswith(("contoso/", "fabrikam/"))]

    assert all(line.strip() and cell_len(line) <= width for line in table)
    assert len(table) == lines * (1 + len(starts)) + (2 if lines > 1 else 0)
    assert [line for line in table if line in {"Contoso Ltd", "fabrikam"}] == ["Contoso Ltd", "fabrikam"] * (lines > 1)
    assert {len(line) - len(line.lstrip()) for at in starts for line in table[at + 1 : at + lines]} <= {2}


def _estate(name: str, display_name: str, *entries: str) -> CustomerState:
    """A customer with a subscription of a long offer for each entry."""
    bound = replace(state().subscriptions["office"], offer_name="Microsoft 365 Business Basic - Extended Service Term")
    customer = replace(state().customer, name=name, display_name=display_name)
    return replace(state(), customer=customer, subscriptions=dict.fromkeys(entries, bound), pending={}, results=())


def test_a_pending_change_stands_where_its_last_result_would() -> None:
    row = next(line for line in shown(states_report([state()], NOON)).splitlines() if line.startswith(MAIL))

    assert "PENDING" in row


@pytest.mark.parametrize("address", [OFFICE, MAIL])
def test_each_command_that_settles_a_pending_change_says_when_it_is_the_right_one(address: Address) -> None:
    (pending,) = state().pending_of("mail")
    request = pending.request if address == MAIL else result().request
    known = replace(state(), pending={address.name: {request.kind: replace(pending, request=request)}})
    lines = shown(state_report(known, address, NOON)).splitlines()
    resolving = [at for at, line in enumerate(lines) if line.strip().startswith("reconciler state resolve")]

    assert len(resolving) == 2
    assert all(lines[at - 1].endswith(":") for at in resolving)
    assert "If it was not done:" in lines[resolving[1] - 1]


def test_an_empty_state_says_so() -> None:
    assert shown(states_report([], NOON)).startswith("State holds no subscription yet.")


def test_results_stand_newest_first() -> None:
    page = shown(state_report(state(), OFFICE, NOON))

    assert page.index("users left to assign") < page.index("upgrade: failed")


def test_an_address_that_was_forgotten_still_shows_its_results() -> None:
    forgotten = state().forget(["office"])

    assert "binds this address to no subscription" in shown(state_report(forgotten, OFFICE, NOON))
    assert result(outcome=Outcome.FAILED).request_id in shown(state_report(forgotten, OFFICE, NOON))


def test_what_was_done_under_an_earlier_name_belongs_to_the_present_one() -> None:
    moved = state().move({"office": "desk"})
    page = shown(state_report(moved, Address("contoso/desk"), NOON))

    assert result(outcome=Outcome.FAILED).request_id in page
    assert "under   contoso/office" in page
    assert moved.last_request_id(Address("contoso/desk")) == state().last_request_id(OFFICE)


@pytest.mark.parametrize(("hours", "says"), [(1, "not done, in doubt until 20"), (25, "not done")])
def test_what_was_given_up_is_in_doubt_for_as_long_as_it_may_show(hours: int, says: str) -> None:
    (pending,) = state().pending_of("mail")
    given = replace(state(), results=()).finish("mail", given_up(pending, MAIL, NOON, pending.run))
    now = pending.sent_at + timedelta(hours=hours)
    pages = (shown(states_report([given], now), width=200), shown(state_report(given, MAIL, now), width=200))
    assert all(says in page for page in pages)
    assert all(("in doubt" in page) is ("in doubt" in says) for page in pages)


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_its_words(outcome: Outcome) -> None:
    ended = replace(state(), results=(result(outcome=outcome),))
    assert outcome.split("_")[0] in shown(state_report(ended, OFFICE, NOON))
