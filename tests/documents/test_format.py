"""An older format becomes the present one, step by step; a newer one is refused; a new member needs no line."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from reconciler.documents.format import Format
from reconciler.documents.unreadable import Unreadable


@dataclass(frozen=True, kw_only=True)
class Child:
    name: str
    born_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Person:
    """In its third format: `name` was split, then `born` was added."""

    first: str
    last: str
    born: int | None
    seen_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    children: tuple[Child, ...] = field(default_factory=tuple)


PERSON = Format(
    Person,
    3,
    upgrades=(
        lambda data: {"first": data["name"].split()[0], "last": data["name"].split()[1]},
        lambda data: {**data, "born": None},
    ),
    closed=True,
)
ADA = Person(first="Ada", last="Lovelace", born=None)


def refusal(**members: Any) -> Unreadable:
    with pytest.raises(Unreadable) as refused:
        PERSON.value(members)
    return refused.value


@pytest.mark.parametrize(
    "members",
    [
        {"format_version": 1, "name": "Ada Lovelace"},
        {"format_version": 2, "first": "Ada", "last": "Lovelace"},
        {"format_version": 3, "first": "Ada", "last": "Lovelace", "born": None},
    ],
)
def test_every_older_format_is_led_through_the_later_ones(members: dict[str, Any]) -> None:
    assert PERSON.value(members) == ADA


def test_every_member_of_the_value_is_written_in_its_order_and_read_again() -> None:
    document = PERSON.members(ADA)

    assert " ".join(document) == "format_version first last born seen_at children"
    assert PERSON.value(document) == ADA
    assert list(PERSON.shape.model_json_schema()["properties"]) == list(document)


def test_a_member_with_a_default_may_be_missing_in_what_is_read() -> None:
    document = {name: value for name, value in PERSON.members(ADA).items() if name != "children"}

    assert PERSON.value(document) == ADA


def test_times_are_written_in_utc_at_any_depth() -> None:
    noon = datetime(2026, 3, 2, 20, 0, tzinfo=timezone(timedelta(hours=8)))
    document = PERSON.members(Person(first="A", last="L", born=1, children=(Child(name="B", born_at=noon),)))

    assert document["children"][0]["born_at"] == "2026-03-02T12:00:00Z"


@pytest.mark.parametrize("year", ["0001", "1999", "2200", "9999"])
def test_a_time_that_no_run_can_have_recorded_is_refused_by_its_place(year: str) -> None:
    child = {"name": "B", "born_at": f"{year}-06-01T12:00:00Z"}
    (fault,) = refusal(format_version=3, first="A", last="L", born=1, children=[child]).faults

    assert str(fault) == "children.0.born_at: no run can have recorded that time"


def test_a_newer_format_is_refused_with_what_is_needed() -> None:
    error = refusal(format_version=4, first="Ada", reconciler_version="9.1")

    assert (error.code, error.data) == ("newer_version", {"version": 4, "reads": 3, "writer": "9.1"})


@pytest.mark.parametrize("version", [0, -1, True, 1.0, "1", None, [1]])
def test_what_is_no_version_is_refused(version: object) -> None:
    assert refusal(format_version=version).code == "bad_version"


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({}, "no_version"),
        ({"format_version": 1}, "incomplete"),
        ({"format_version": 1, "name": 7}, "incomplete"),
        ({"format_version": 1, "name": "Ada"}, "incomplete"),
        ({"format_version": 2, "first": "Ada", "last": "Lovelace", "discount": 3}, "invalid"),
        ({"format_version": 3, "first": "Ada", "last": "Lovelace", "born": "1815"}, "invalid"),
    ],
)
def test_a_damaged_document_is_refused_and_not_guessed_at(members: dict[str, Any], code: str) -> None:
    assert refusal(**members).code == code
