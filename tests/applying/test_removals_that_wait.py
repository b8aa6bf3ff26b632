"""A removed address is tracked for as long as a purchase of it may show: who ends that, and what is told meanwhile."""

from pathlib import Path

import pytest

from reconciler.cli import exits
from reconciler.model.errors import worst
from reconciler.model.event import Event
from reconciler.model.moves import Moves
from reconciler.model.plan import Plan
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.review import approved
from reconciler.operations.settle import settle_pending, unsettled_works
from reconciler.planning import Globs
from reconciler.rendering.reports.verdict import plan_verdict
from reconciler.sandbox import FaultKind
from tests.applying.scenes import Scene, codes, only, types_of
from tests.applying.test_customers_renamed import HERE, Moving, a_moving_scene
from tests.applying.test_orders import ADDRESS, a_shop


@pytest.fixture
def doubted(tmp_path: Path) -> Moving:
    """The office's upgrade never left, and was given up as not done after its customer had been removed."""
    scene = a_moving_scene(tmp_path, FaultKind.DROPPED_BEFORE, FaultKind.DROPPED_BEFORE)
    scene.remove("contoso")
    scene.clock.sleep(scene.settings.wait.owned_seconds)
    return scene


def settled(scene: Scene, *target: str) -> list[Event]:
    with scene.workspace() as workspace:
        return list(settle_pending(workspace, unsettled_works(workspace, Globs(target=target))))


def delivered(scene: Scene, reviewed: Plan) -> list[Event]:
    with scene.workspace() as workspace:
        return list(apply_plan(workspace, approved(workspace, reviewed, Globs()), ApplySettings()))


def test_a_removal_that_waits_is_told_and_carried_out_by_its_own_job_once_the_doubt_is_over(doubted: Moving) -> None:
    scene = doubted
    reviewed = scene.plan()
    first, again = delivered(scene, reviewed), delivered(scene, reviewed)
    assert types_of(first) == ["moved", "not_done", "skipped", "summary"]
    assert types_of(again) == ["moved_already", "skipped", "summary"]
    for events in (first, again):
        assert "contoso/office is removed from the manifest" in only(events, "skipped").description
        assert (codes(events), only(events, "summary").still_tracked) == (["removal_in_doubt"], 1)
        assert worst(map(exits.of_event, events)) == 0
    assert (only(first, "not_done").next, only(first, "summary").given_up) == ((), 1)
    told = "Nothing to do: 1 subscription is as the manifests ask; 1 removed address is still tracked."
    assert plan_verdict(scene.plan()).startswith(told)
    scene.clock.sleep(86400)
    assert types_of(delivered(scene, reviewed)) == ["moved_already", "moved", "summary"]
    assert (scene.state("contoso").subscriptions, len(scene.ledger)) == ({}, 0)


@pytest.mark.parametrize("target", [(), ("contoso",), ("contoso/office",)])
def test_settling_ends_a_removal_that_waits_and_no_other(doubted: Moving, target: tuple[str, ...]) -> None:
    scene = doubted
    assert types_of(settled(scene, *target)) == ["not_done", "skipped", "summary"]
    assert codes(settled(scene, *target)) == ["removal_in_doubt"]
    scene.clock.sleep(86400)
    events = settled(scene, *target)
    assert (types_of(events), only(events, "moved").address) == (["moved", "summary"], "contoso/office")
    assert [*scene.state("contoso").subscriptions] == ["mail"]


def test_what_another_run_wrote_meanwhile_stays_when_a_removal_that_waited_is_carried_out(doubted: Moving) -> None:
    scene = doubted
    scene.apply()
    scene.clock.sleep(86400)
    scene.on("GET", "subscriptions", lambda _: scene.somebody_writes_state("contoso"))
    serial = scene.state("contoso").serial
    assert "moved" in types_of(settled(scene))
    assert scene.state("contoso").serial == serial + 2


def test_a_held_lock_keeps_a_removal_that_waited(doubted: Moving) -> None:
    scene = doubted
    scene.apply()
    scene.clock.sleep(86400)
    with scene.store.lock("contoso", "apply", scene.run()):
        settled(scene)
    assert [*scene.state("contoso").subscriptions] == ["office"]


def test_a_held_order_that_nobody_asks_for_is_to_be_cancelled_and_once_bought_is_nobodys(tmp_path: Path) -> None:
    """Whoever removed the entry did not let go what was bought for it since: plans go on to name it."""
    scene = a_shop(tmp_path)
    scene.arm(FaultKind.ORDER_HELD)
    asked = only(scene.apply(), "held").next
    del scene.manifests[ADDRESS]
    scene.moves = {"contoso": Moves(removed=("copilot",), places={"copilot": HERE})}
    (planned,) = scene.plan().pending
    for steps in (only(settled(scene), "held").next, planned.remedy.steps):
        assert "cancel the order, and upload nothing" in steps[0].plain
        assert "upload what it asks for" in asked[0].plain
    (order,) = scene.world.orders
    scene.colleague.send_papers(order)
    events = settled(scene)
    moved, target = only(events, "moved"), scene.ledger[-1].target
    assert target in moved.description
    assert "It can be cancelled until" in moved.description
    assert "cancel it in Partner Center" in moved.next[0].plain
    assert worst(map(exits.of_event, events)) == 4
    (alarm,) = (alarm for alarm in scene.plan().warnings if alarm.code == "subscriptions_undeclared")
    assert target in alarm.description
