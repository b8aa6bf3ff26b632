"""How an older format becomes the present one."""

import json
from typing import Any

import pytest

from reconciler.model.errors import StateDamaged
from reconciler.state.document import Document


class Person(Document):
    """In its third format: `name` was split, then `born` was added."""

    upgrades = (
        lambda data: {"first": data["name"].split()[0], "last": data["name"].split()[1]},
        lambda data: {**data, "born": None},
    )
    first: str
    last: str
    born: int | None


def read(**members: Any) -> Person:
    return Person.read(json.dumps(members), "person.json")


@pytest.mark.parametrize(
    "members",
    [
        {"format_version": 1, "name": "Ada Lovelace"},
        {"format_version": 2, "first": "Ada", "last": "Lovelace"},
        {"format_version": 3, "first": "Ada", "last": "Lovelace", "born": None},
    ],
)
def test_every_older_format_is_led_through_the_later_ones(members: dict[str, Any]) -> None:
    assert read(**members) == Person(format_version=3, first="Ada", last="Lovelace", born=None)


def test_a_format_newer_than_the_last_upgrade_is_refused_with_what_is_needed() -> None:
    with pytest.raises(StateDamaged, match="format_version 4; this version of reconciler reads up to 3") as refused:
        read(format_version=4, first="Ada", last="Lovelace", born=1815, died=1852)
    assert refused.value.problems[0].remedy.startswith("Install the version of reconciler that wrote it")


@pytest.mark.parametrize(
    "members",
    [
        {"format_version": 1},
        {"format_version": 1, "name": 7},
        {"format_version": 1, "name": "Ada"},
        {"format_version": 2, "first": "Ada", "last": "Lovelace", "discount": 3},
        {"format_version": 2, "first": "Ada", "last": "Lovelace", "born": "1815", "died": 1852},
    ],
)
def test_an_older_document_that_is_damaged_is_refused_and_not_guessed_at(members: dict[str, Any]) -> None:
    with pytest.raises(StateDamaged):
        read(**members)
