"""Counts: each is listed once, and every page, sentence and output is made from that list."""

import re
from dataclasses import fields
from importlib.resources import files

from reconciler.model.event import Finished
from reconciler.model.plan import Summary
from reconciler.rendering.outputs.plans import plan_outputs
from reconciler.rendering.reports.counts import plan_counts
from reconciler.rendering.reports.events import CAME_TO
from reconciler.rendering.reports.verdict import plan_verdict
from reconciler.rendering.subjects.plans import FORMATS
from tests.rendering import plans
from tests.rendering.shown import a_view


def test_every_count_of_a_summary_is_an_output() -> None:
    plan = plans.plan(plans.resize(), plans.upgrade())
    counted = {field.name for field in fields(Summary)} - {"actions"}

    assert counted <= plan_outputs(plan).keys()
    assert {f"{action}s" for action in plan.summary.actions} <= plan_outputs(plan).keys()


def test_the_guide_lists_every_count_of_a_plan() -> None:
    guide = (files("reconciler.guides") / "pipelines.md").read_text("utf-8")
    row = next(line for line in guide.splitlines() if line.startswith("| `changes`"))

    assert set(re.findall(r"`(\w+)`", row)) == {counted.name for counted in plan_counts(plans.plan())}


def test_a_page_and_the_sentence_show_the_numbers_of_the_outputs() -> None:
    plan = plans.plan(plans.resize(seats=(10, 15)), blocked=(plans.blocked("contoso/office"),))
    outputs, page = plan_outputs(plan), FORMATS["html"](plan, a_view())

    assert (outputs["resizes"], outputs["blocked"], outputs["seats_added"]) == (1, 1, 5)
    assert "1 resize, 1 blocked" in plan_verdict(plan)
    assert "<strong>5</strong> <span>seats added</span>" in page


def test_what_an_apply_came_to_has_words_for_everything_that_it_counts() -> None:
    assert CAME_TO.keys() == {field.name for field in fields(Finished)} - {"at", "interrupted"}
