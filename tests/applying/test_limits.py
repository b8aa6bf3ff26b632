"""Limits: refused before anything is written or sent, and failures that end the run."""

from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.model.errors import LimitExceeded
from reconciler.model.event import GuardLoosened, Skipped
from reconciler.model.limits import Limits
from reconciler.model.overrides import Override
from reconciler.model.term import FewerSeats
from reconciler.operations.apply import ApplySettings, apply_plan, loosened
from reconciler.operations.plan import plan_estate
from reconciler.operations.saved import planned_from
from reconciler.sandbox import Sold
from reconciler.sandbox.catalogue import BUSINESS, E3, F1
from tests.applying.scenes import EVERYTHING, Scene, a_scene, codes, only, priced

ALONE = [
    ("max_seats_upgraded", Limits(max_seats_upgraded=26), {"contoso/office"}),
    ("max_seats_added", Limits(max_seats_added=6), {"contoso/office", "contoso/frontline"}),
    ("max_seats_removed", Limits(max_seats_removed=0), {"contoso/frontline"}),
]
"""A limit, and the addresses whose changes it counts."""


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """Two more seats in the office, and five more, or three fewer, at the front line."""
    scene.want("contoso/office", E3, 27)
    scene.want("contoso/frontline", quantity=15)
    return scene


def limit(scene: Scene, limits: Limits) -> None:
    scene.settings = replace(scene.settings, limits=limits)


def test_a_plan_over_a_limit_of_the_whole_is_refused_before_anything_is_sent_or_written(scene: Scene) -> None:
    limit(scene, Limits(max_changes=1))
    with pytest.raises(LimitExceeded) as refused:
        scene.apply()
    (problem,) = refused.value.problems
    assert ("2" in problem.what, "is 1" in problem.what) == (True, True)
    assert "--override-limit max_changes" in problem.remedy
    assert (scene.sent, scene.state_directory.exists()) == ([], False)


@pytest.mark.parametrize(("name", "limits", "held"), ALONE, ids=[name for name, _, _ in ALONE])
def test_a_limit_holds_back_all_that_it_counts_and_the_rest_goes_on(
    scene: Scene, name: str, limits: Limits, held: set[str]
) -> None:
    limit(scene, limits)
    if name == "max_seats_removed":
        scene.want("contoso/frontline", quantity=7, fewer_seats=FewerSeats.NOW)
    events = scene.apply()
    skipped = [event for event in events if isinstance(event, Skipped)]
    assert {event.address for event in skipped} == held
    assert codes(events) == ["held_by_limit"] * len(held)
    assert all(f"{name} holds it back: " in event.description for event in skipped)
    commands = [step.run for event in skipped for step in event.remedy if step.run]
    assert all(run[-2] == "--override-limit" and run[-1].startswith(f"{name}=") for run in commands)
    assert len(scene.sent) == 2 - len(held)


def test_too_large_a_part_of_the_estate_is_refused(tmp_path: Path) -> None:
    scene = a_scene(tmp_path, **{f"team-{number}": Sold(offer=F1, quantity=10) for number in range(10)})
    for number in range(4):
        scene.want(f"contoso/team-{number}", quantity=11)
    limit(scene, Limits(max_changed_percent=30))
    with pytest.raises(LimitExceeded, match="comes to 40"):
        scene.apply()
    limit(scene, Limits(max_changed_percent=40))
    assert only(scene.apply(), "summary").succeeded == 4


def test_a_limit_is_lifted_for_one_run_by_its_name_and_no_other_with_it(scene: Scene) -> None:
    limit(scene, Limits(max_changes=1, max_seats_added=1))
    assert codes(scene.apply(overridden=["max_changes"])) == ["held_by_limit"] * 2
    assert scene.sent == []
    events = scene.apply(overridden=["max_changes", "max_seats_added"])
    assert only(events, "summary").succeeded == 2
    guards = [(event.limit, event.before, event.figure) for event in events if isinstance(event, GuardLoosened)]
    assert guards == [("max_changes", 1, 2), ("max_seats_added", 1, 7)]


def test_an_override_of_each_currency_is_told_and_what_a_lifted_limit_was_in_each(scene: Scene) -> None:
    scene.settings = replace(scene.settings, limits=Limits(max_commitment={"USD": 5, "GBP": 6}))
    with scene.workspace() as workspace:

        def loosened_by(*overrides: Override) -> list[tuple[str, int | None, int | None]]:
            found = loosened(workspace, plan_estate(workspace, EVERYTHING).plan, overrides)
            return [(event.currency, event.before, event.after) for event in found]

        usd, gbp = Override("max_commitment", 60, "USD"), Override("max_commitment", 50, "GBP")
        assert loosened_by(usd, gbp) == [("USD", 5, 60), ("GBP", 6, 50)]
        assert loosened_by(usd, Override("max_commitment")) == [("GBP", 6, None), ("USD", 5, None)]


def test_a_saved_plan_is_held_against_the_limits_of_today(scene: Scene) -> None:
    plan = scene.plan()
    limit(scene, Limits(max_changes=1))
    with pytest.raises(LimitExceeded):
        scene.apply(plan)
    assert scene.sent == []


def test_a_saved_plan_costs_what_the_price_sheets_of_today_say(tmp_path: Path) -> None:
    scene = a_scene(tmp_path, office=Sold(offer="CFQ7TTC0LH18:0001:CFQ7TTC0K971", quantity=25))
    scene.want("contoso/office", quantity=30, market="US")
    plan = scene.plan()
    limit(scene, Limits(max_commitment={"": 1}))
    with scene.workspace() as workspace:
        planned = planned_from(replace(workspace, prices=priced(60)), plan)
        assert [breach.name for breach in planned.plan.limits] == ["max_commitment"]
        assert codes(apply_plan(workspace, planned, ApplySettings())) == ["held_by_limit"]
    assert scene.sent == []


@pytest.mark.parametrize(("allowed", "failed", "skipped"), [(1, 1, 4), (3, 3, 2), (5, 5, 0)])
def test_so_many_failures_stop_new_work(tmp_path: Path, allowed: int, failed: int, skipped: int) -> None:
    names = [f"team-{number}" for number in range(5)]
    scene = a_scene(tmp_path, **{name: Sold(offer=BUSINESS, quantity=10) for name in names})
    for name in names:
        scene.want(f"contoso/{name}", E3)
        scene.on("POST", scene.id_of(f"contoso/{name}"), lambda request: refuse(scene, request.path))
    scene.settings = replace(scene.settings, limits=replace(scene.settings.limits, stop_after_failures=allowed))
    summary = only(events := scene.apply(), "summary")
    assert (summary.failed, summary.skipped) == (failed, skipped)
    assert codes(events)[failed:] == ["too_many_failures"] * skipped
    assert len(scene.sent) == failed


def refuse(scene: Scene, path: str) -> None:
    with scene.changed() as world:
        world.find(path.split("/")[-2].lower()).refusal = "Not today."
