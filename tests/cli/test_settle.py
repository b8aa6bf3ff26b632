"""`apply --settle`: settles what is pending, begins nothing, and needs nobody's approval."""

import json
from collections.abc import Callable

import pytest

from reconciler.cli.options import APPLY_FORMATS
from reconciler.model.run import Run
from reconciler.sandbox import Fault
from tests.cli.estates import FRONTLINE, MAIL, OFFICE, Answer, Estate, process

Program = Callable[..., Answer]


@pytest.fixture
def pending(estate: Estate, reconciler: Program) -> Estate:
    """Contoso's upgrade was sent and does not show yet; since then its manifest asks for more."""
    estate.lose_answers()
    reconciler("apply", "--auto-approve", "--target", "contoso/office")
    estate.customer("contoso", office=(OFFICE, "E3", 90), frontline=(FRONTLINE, "F1", 12), mail=(MAIL, "Exchange", 90))
    return estate


def test_what_is_unsettled_ends_it_with_9_and_what_shows_with_0(pending: Estate) -> None:
    answer = process(pending.root, "apply", "--settle")
    assert (answer.code, "contoso/office: OUTCOME UNKNOWN" in answer.text) == (9, True)

    with pending.changed() as world:
        for sold in world.customers[0].subscriptions:
            sold.visible_from = None
    answer = process(pending.root, "apply", "--settle")
    assert (answer.code, "Apply finished: 1 recovered." in answer.text) == (0, True)
    assert len(pending.bought) == 1


@pytest.mark.usefixtures("pending")
def test_the_advice_on_an_unknown_outcome_is_to_settle(reconciler: Program) -> None:
    assert "reconciler apply --settle" in reconciler("apply", "--settle").text


def test_what_turns_out_not_done_is_settled_and_no_failure(estate: Estate) -> None:
    estate.arm(Fault.parse("dropped_before:2:POST"))
    assert process(estate.root, "apply", "--auto-approve", "--target", "contoso/office").code == 9
    answer = process(estate.root, "apply", "--settle")
    assert (answer.code, "recorded as NOT DONE" in answer.text) == (0, True)


def test_where_nothing_is_pending_nothing_is_asked_and_nothing_written(estate: Estate, reconciler: Program) -> None:
    assert (reconciler("apply", "--settle").code, estate.bought) == (0, [])
    assert not (estate.root / "state").exists()


@pytest.mark.parametrize("form", APPLY_FORMATS)
def test_every_report_tells_what_is_unsettled(pending: Estate, reconciler: Program, form: str) -> None:
    assert reconciler("apply", "--settle", "--report", f"{form}=report").code == 9
    assert "contoso/office" in (pending.root / "report").read_text()


def test_events_are_objects_one_a_line(pending: Estate, reconciler: Program) -> None:
    lines = reconciler("apply", "--settle", "--format", "json").out.splitlines()
    assert [json.loads(line)["type"] for line in lines][-2:] == ["unknown", "summary"]
    assert pending.bought


def test_another_run_at_work_is_told(pending: Estate, reconciler: Program) -> None:
    with pending.store.lock("contoso", "apply", Run(id="r-1", actor="ann@desk")):
        assert reconciler("apply", "--settle").code == 7


@pytest.mark.parametrize("given", [("plan.json",), ("--approved", "plan.json")])
def test_it_takes_no_plan(estate: Estate, reconciler: Program, given: tuple[str, ...]) -> None:
    reconciler("plan", "--out", "plan.json")
    answer = reconciler("apply", "--settle", *given)
    assert (answer.code, estate.bought) == (64, [])


@pytest.mark.usefixtures("estate")
def test_a_target_that_means_nothing_is_a_mistake(reconciler: Program) -> None:
    assert reconciler("apply", "--settle", "--target", "nobody").code == 1
