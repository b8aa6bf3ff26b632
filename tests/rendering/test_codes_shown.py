"""Every code that a format shows is one that `reconciler explain` takes."""

import csv
import io
import json
import re

import pytest

from reconciler import advice
from reconciler.model.limits import LIMITS
from reconciler.model.renewals import TermEvent
from reconciler.model.request import ACTIONS
from reconciler.model.result import Outcome
from tests.rendering.shown import a_view
from tests.rendering.test_flags_in_force import CASES, SUBJECTS

KNOWN = {explanation.code for explanation in advice.explanations()}
OF_THE_TESTS = {"gone"}
"""Codes that only the values of these tests have."""

CODE = re.compile(r"\[([a-z][a-z_]{3,})[\],]")


def codes_in(form: str, shown: str) -> set[str]:
    """Returns the codes that a report in a format shows."""
    if form == "sarif":
        return {result["ruleId"] for run in json.loads(shown)["runs"] for result in run["results"]}
    if form == "csv":
        rows = csv.DictReader(io.StringIO(shown))
        return {code for row in rows for name in ("code", "codes") for code in (row.get(name) or "").split()}
    if form == "azure-devops":
        return set(re.findall(r";code=([a-z_]+);", shown))
    return set(CODE.findall(shown)) - {"reconciler"}


@pytest.mark.parametrize(("name", "form"), [case for case in CASES if case[1] not in {"json", "html", "ics"}])
def test_every_code_that_a_format_shows_is_explained(name: str, form: str) -> None:
    formats, value = SUBJECTS[name]
    assert codes_in(form, formats[form](value, a_view(width=200))) - OF_THE_TESTS <= KNOWN


def test_every_action_outcome_and_limit_is_explained() -> None:
    assert {*ACTIONS, *map(str, TermEvent), *map(str, Outcome), *LIMITS, "moved", "removed", "waiting"} <= KNOWN
