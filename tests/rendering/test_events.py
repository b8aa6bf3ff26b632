"""Apply's events, for people and for machines."""

import json
from dataclasses import replace
from datetime import datetime

import pytest
from rich.cells import cell_len

from reconciler.model.event import Event, Finished, Started, StateNotWritten
from reconciler.model.remedy import Step
from tests.planning.cases import change
from tests.planning.ordering import ordering
from tests.rendering.attacks import ATTACKS, OBEYED
from tests.rendering.golden_files import check
from tests.rendering.happenings import every_event, failed, state, succeeded, unknown
from tests.rendering.plans import NOON
from tests.rendering.shown import event_json, event_text


@pytest.mark.parametrize("width", [80, 200])
def test_events_read_as_reviewed(width: int) -> None:
    check(f"events.{width}", "".join(event_text(event, width=width) for event in every_event()))


def test_event_lines_are_as_reviewed() -> None:
    check("events.json", "".join(map(event_json, every_event())))


@pytest.mark.parametrize("event", every_event(), ids=lambda event: event.type)
def test_an_event_is_one_line_of_json_with_its_type_and_time_first(event: Event) -> None:
    line = event_json(event)
    members = json.loads(line)

    assert line.endswith("}\n")
    assert line.count("\n") == 1
    assert list(members)[:2] == ["type", "time"]
    assert (members["type"], datetime.fromisoformat(members["time"])) == (event.type, event.at)


@pytest.mark.parametrize("event", every_event(), ids=lambda event: event.type)
def test_no_rendering_of_an_event_names_a_person(event: Event) -> None:
    shown = event_text(event) + event_json(event)

    assert "jo@" not in shown
    assert "Jo Doe" not in shown


def test_an_order_that_begins_is_told_once_with_its_terms() -> None:
    begun = change(ordering())

    shown = event_text(Started(at=NOON, address=begun.address, change=begun, request_id="r-1"), width=200)

    assert "ordering, Microsoft 365 Copilot, 10 seats: annual term, billed annually" in shown


def test_users_left_to_assign_are_told_by_object_id_and_counted_beyond_ten() -> None:
    shown = event_text(succeeded(users=13))

    assert all(user.user_object_id in shown for user in succeeded(users=13).result.license_errors[:10])
    assert "The licences of 13 users did not move." in shown
    assert "and 3 more" in shown


def test_an_unknown_outcome_is_loud_and_gives_the_commands_that_settle_it() -> None:
    lines = event_text(unknown()).splitlines()

    assert lines[0].startswith("? contoso/office: OUTCOME UNKNOWN.")
    assert "reconciler state resolve contoso/office --not-done" in [line.strip() for line in lines]


def test_a_state_that_was_not_written_names_its_file_and_the_command_that_puts_it_back() -> None:
    event = StateNotWritten(at=NOON, customer="contoso", description="The disk is full.", state=state())
    event = replace(event, file="x.json", next=(Step(run=("state", "push", "x.json")),))

    assert "is in x.json; keep it." in " ".join(event_text(event).split())
    assert "      reconciler state push x.json\n" in event_text(event)
    assert json.loads(event_json(event))["next"] == ["reconciler state push x.json"]
    assert "state" not in json.loads(event_json(event))


def test_the_summary_counts_only_what_happened() -> None:
    assert event_text(Finished(at=NOON, succeeded=2, failed=1)) == "Apply finished: 2 succeeded, 1 FAILED.\n"


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_from_the_service_acts(attack: str) -> None:
    event = failed(description=attack)

    assert not any(OBEYED.search(line) for line in (event_text(event) + event_json(event)).split("\n"))


@pytest.mark.parametrize("event", every_event(), ids=lambda event: event.type)
def test_event_lines_keep_the_width(event: Event) -> None:
    lines = event_text(event, width=60).splitlines()

    assert all(cell_len(line) <= 60 or "reconciler " in line or "/v1/" in line for line in lines)
