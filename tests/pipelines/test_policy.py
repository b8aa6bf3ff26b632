"""The policy over the plan's JSON, by an evaluator of Rego: what it denies, and that it reads a real plan."""

import json
from dataclasses import replace
from typing import Any

import pytest
import regopy  # type: ignore[import-untyped] # it has no types of its own

from reconciler.model.plan import Plan
from tests.pipelines.runner import EXAMPLES
from tests.rendering import plans
from tests.rendering.shown import plan_json


def denied(plan: Plan) -> list[str]:
    interpreter = regopy.Interpreter()
    interpreter.add_module("reconciler", (EXAMPLES / "policy" / "reconciler.rego").read_text("utf-8"))
    interpreter.set_input(json.loads(plan_json(plan)))
    answer: dict[str, Any] = json.loads(str(interpreter.query("data.reconciler.deny")))
    return list(answer["expressions"][0])


def test_a_plan_that_keeps_to_the_policy_is_not_denied() -> None:
    assert denied(plans.plan(plans.upgrade(), plans.resize())) == []


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (plans.plan(errored=True), "Something could not be read: plan again."),
        (plans.plan(snapshot=True), "The plan was made from a snapshot."),
        (plans.plan(plans.resize(seats=(10, 200))), "contoso/mail adds 190 seats; more than 100 need a call first."),
        (plans.plan(plans.upgrade(kind=plans.NO_TRANSFER)), "contoso/office leaves its users to be assigned by hand."),
        (
            plans.plan(plans.resize(), notices=(plans.loosened(),)),
            "limits.max_seats_removed is loosened by the change that needs it: do that in a change of its own.",
        ),
    ],
)
def test_the_policy_denies_what_it_says(plan: Plan, said: str) -> None:
    assert denied(replace(plan)) == [said]
