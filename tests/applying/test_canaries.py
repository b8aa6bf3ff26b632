"""The first customers are finished before any other is started, and hold all others back unless all went well there."""

from pathlib import Path

import pytest

from reconciler.model.event import Event, Skipped, Started, Succeeded
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import plan_estate
from reconciler.planning import Globs
from reconciler.sandbox import FaultKind, Sold, User
from reconciler.sandbox.catalogue import BUSINESS, E3, F1
from tests.applying.scenes import EVERYTHING, Scene, Stop, only, types_of
from tests.worlds import new_tenant

NAMES = ("adatum", "contoso", "fabrikam", "litware")


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Four customers, of whom all but adatum, the first in order, are to get an upgrade and a resize."""
    scene = Scene(
        tmp_path,
        *(
            new_tenant(name, office=Sold(offer=BUSINESS, quantity=25), frontline=Sold(offer=F1, quantity=10))
            for name in NAMES
        ),
    )
    for name in NAMES[1:]:
        scene.want(f"{name}/office", E3)
        scene.want(f"{name}/frontline", quantity=12)
    return scene


def held_back(events: list[Event]) -> list[str]:
    return sorted(event.address for event in events if isinstance(event, Skipped) and event.code == "canary_failed")


def refuse(scene: Scene) -> None:
    with scene.changed() as world:
        world.find(scene.id_of("contoso/office")).refusal = "Not today."


def begun(events: list[Event]) -> set[str]:
    return {event.address.customer for event in events if isinstance(event, Started)}


def test_the_first_customers_with_changes_are_finished_before_any_other_is_begun(scene: Scene) -> None:
    events = scene.apply(canaries=2)
    customers = [event.address.customer for event in events if isinstance(event, Started | Succeeded)]
    assert (set(customers[:8]), set(customers[8:])) == ({"contoso", "fabrikam"}, {"litware"})
    assert only(events, "summary").succeeded == 6


def test_a_failure_there_holds_all_others_back_and_says_what_to_do(scene: Scene) -> None:
    scene.on("POST", scene.id_of("contoso/office"), lambda _: refuse(scene))
    events = scene.apply(canaries=1)
    assert held_back(events) == [f"{name}/{what}" for name in NAMES[2:] for what in ("frontline", "office")]
    assert begun(events) == {"contoso"}
    (step,) = next(event.remedy for event in events if isinstance(event, Skipped))
    assert step.run == ("plan",)


def test_users_left_to_assign_hold_all_others_back(scene: Scene) -> None:
    user = User(object_id="0a000000-0000-4000-8000-000000000001", email="user@contoso.example")
    with scene.changed() as world:
        world.find(scene.id_of("contoso/office")).stuck_users = [user]
    events = scene.apply(canaries=1)
    assert only(events, "summary").with_license_errors == 1
    assert len(held_back(events)) == 4


def test_a_stale_change_there_holds_all_others_back_but_not_the_same_customers(scene: Scene) -> None:
    plan = scene.plan()
    scene.somebody_changes("contoso/frontline", quantity=11)
    events = scene.apply(plan, canaries=1)
    assert len(held_back(events)) == 4
    assert only(events, "succeeded").address == "contoso/office"


def test_a_lock_that_another_run_has_there_holds_all_others_back(scene: Scene) -> None:
    with scene.store.lock("contoso", "apply", scene.run()):
        events = scene.apply(canaries=1)
    assert (len(held_back(events)), scene.sent) == (4, [])


def test_an_unknown_outcome_there_holds_all_others_back(scene: Scene) -> None:
    with scene.changed() as world:
        world.behaviour.visible_after = 7200
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED, method="POST")
    events = scene.apply(canaries=1)
    assert "unknown" in types_of(events)
    assert len(held_back(events)) == 4


def test_a_recovered_answer_there_holds_nobody_back(scene: Scene) -> None:
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED, method="POST")
    events = scene.apply(canaries=1)
    assert ("recovered" in types_of(events), held_back(events)) == (True, [])


def test_more_canaries_than_customers_are_all_customers(scene: Scene) -> None:
    assert only(scene.apply(canaries=9), "summary").succeeded == 6


def test_what_only_settles_or_records_is_no_canary(scene: Scene) -> None:
    """Adatum comes first in order, but nothing of it changes; what was seen of it is recorded after the canaries."""
    with scene.workspace() as workspace:
        assert [bool(work.changes) for work in plan_estate(workspace, EVERYTHING).works] == [False, True, True, True]
    scene.apply(canaries=1)
    assert scene.state("adatum").subscriptions


def test_what_an_earlier_run_left_is_settled_though_the_canaries_failed(scene: Scene) -> None:
    """That sends nothing; and what becomes of it is told in any case."""
    scene.leave_only("office")
    scene.arm(FaultKind.DROPPED_BEFORE, method="POST", times=2)
    with scene.workspace() as workspace:
        list(apply_plan(workspace, plan_estate(workspace, Globs(target=("litware",))), ApplySettings()))
    scene.clock.sleep(3600)
    scene.on("POST", scene.id_of("contoso/office"), lambda _: refuse(scene))
    events = scene.apply(canaries=1)
    assert only(events, "not_done").address == "litware/office"
    assert held_back(events) == ["fabrikam/office"]
    assert scene.state("litware").pending == {}


def test_what_an_earlier_run_left_is_told_where_the_run_may_not_settle_it(scene: Scene) -> None:
    scene.leave_only("office")
    scene.arm(FaultKind.DROPPED_BEFORE, method="POST", times=2)
    scene.apply(canaries=1)
    stop = Stop(scene.clock)
    plan = scene.plan()
    stop.set()
    skipped = {event.address: event.code for event in scene.apply(plan, stop=stop) if isinstance(event, Skipped)}
    assert skipped == dict.fromkeys((f"{name}/office" for name in NAMES[1:]), "interrupted")
