"""The documents that other programs read keep to their schemas."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft202012Validator, FormatChecker

from reconciler.documents.schema import generated, plan_schema
from reconciler.model.plan import Plan
from reconciler.rendering.subjects.plans import FORMATS
from tests.rendering import plans
from tests.rendering.attacked import VIEW, attacked
from tests.rendering.attacks import ATTACKS, MARKUP
from tests.rendering.shown import a_view, plan_json

SARIF = Draft4Validator(
    json.loads(Path(__file__).with_name("sarif-2.1.0.schema.json").read_text("utf-8")), format_checker=FormatChecker()
)
"""The standard's own schema, its prose left out."""

PUBLISHED = Draft202012Validator(json.loads(plan_schema()), format_checker=FormatChecker())

PLANS = {
    "showcase": plans.showcase(),
    "nothing": plans.plan(),
    "unreadable": plans.plan(blocked=(plans.blocked("contoso/office", old=None),), errored=True),
    "limited": plans.plan(plans.resize(), limits=(plans.breach(),), snapshot=True, target=("contoso/*",)),
    **{f"attack {number}": attacked(text) for number, text in enumerate(ATTACKS + MARKUP)},
}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_keeps_to_its_published_schema(name: str) -> None:
    assert not [error.message for error in PUBLISHED.iter_errors(json.loads(plan_json(PLANS[name])))]


def test_the_published_schema_is_that_of_the_documents_type() -> None:
    """RECONCILER_UPDATE_GOLDEN=1 publishes it anew."""
    if os.environ.get("RECONCILER_UPDATE_GOLDEN"):
        Path(__file__).parents[2].joinpath("reconciler/documents/plan.schema.json").write_text(generated(), "utf-8")
    assert plan_schema() == generated()
    Draft202012Validator.check_schema(json.loads(generated()))


def without_each_member(document: Any) -> Iterator[dict[str, Any]]:
    for name in document:
        yield {key: value for key, value in document.items() if key != name}


def test_the_published_schema_misses_every_member_that_is_gone() -> None:
    document = json.loads(plan_json(plans.showcase()))

    assert all(not PUBLISHED.is_valid(broken) for broken in without_each_member(document))
    assert all(
        not PUBLISHED.is_valid({**document, "changes": [broken]})
        for broken in without_each_member(document["changes"][0])
    )
    assert PUBLISHED.is_valid({**document, "added_by_a_newer_minor_version": 1})


@pytest.mark.parametrize("name", PLANS)
def test_sarif_keeps_to_its_schema(name: str) -> None:
    log = json.loads(FORMATS["sarif"](PLANS[name], VIEW))

    assert not [error.message for error in SARIF.iter_errors(log)]


def results(plan: Plan) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(FORMATS["sarif"](plan, a_view()))["runs"][0]["results"]
    return found


def test_an_alert_keeps_its_identity_when_its_line_moves() -> None:
    moved = [results(plans.plan(blocked=(plans.blocked("contoso/office", line=line),)))[0] for line in (8, 80)]

    assert moved[0]["partialFingerprints"] == moved[1]["partialFingerprints"]
    assert [item["locations"][0]["physicalLocation"]["region"]["startLine"] for item in moved] == [8, 80]


def test_every_result_has_a_line_and_its_rule() -> None:
    run = json.loads(FORMATS["sarif"](plans.showcase(), a_view()))["runs"][0]

    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith("manifests/")
