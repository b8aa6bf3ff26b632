"""A command that a reader is to type is data of its step: only so does it get the flags in force."""

import re
from itertools import chain

import pytest
from click import Context

from reconciler import advice
from reconciler.advice.rows import Row
from reconciler.cli.main import program

COMMANDS = "|".join(program.list_commands(Context(program)))
NAMED = re.compile(rf"reconciler (?!guide )({COMMANDS})\b|\b({COMMANDS}) --\w|--override-limit|\brun ({COMMANDS})\b")
TOLD = re.compile(r"\b(plan|apply|import) again\b", re.IGNORECASE)
"""Plain English for a command that is to be run."""

EXCEPTIONS = {
    "assign_remaining_users": "names what an earlier apply was given, and leads to another command",
}
"""Codes whose steps name a command as prose, and why."""


@pytest.mark.parametrize("row", advice.all_rows(), ids=lambda row: row.code)
def test_no_step_tells_a_reader_in_prose_to_run_a_command(row: Row) -> None:
    told = [step.text for step in row.steps if NAMED.search(step.text) or (TOLD.search(step.text) and not step.run)]
    assert not told or row.code in EXCEPTIONS


def test_no_sentence_has_a_command_of_the_program() -> None:
    rows = {row.code: " ".join(chain([row.description, row.meaning], row.sentences)) for row in advice.all_rows()}
    assert not [code for code, text in rows.items() if re.search(rf"reconciler (?!guide )({COMMANDS}) \w", text)]


def test_no_exception_is_left_that_is_not_one_any_more() -> None:
    rows = {row.code: row for row in advice.all_rows()}
    assert not [code for code in EXCEPTIONS if not any(NAMED.search(step.text) for step in rows[code].steps)]


@pytest.mark.parametrize(
    "text", ["Then plan again.", "(and give apply --settle)", "Look at it (reconciler state list)."]
)
def test_such_prose_is_noticed(text: str) -> None:
    assert NAMED.search(text) or TOLD.search(text)
