"""The records of an apply besides its results, the order of its work, and its events."""

import threading
import time
from dataclasses import replace
from pathlib import Path

from reconciler.model.event import Finished, Started, Succeeded, Waiting
from reconciler.model.plan import Drift
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import plan_estate
from reconciler.sandbox import Behaviour, Fault, FaultKind, Sold
from reconciler.sandbox.catalogue import BUSINESS, E3, F1
from tests.applying.scenes import EVERYTHING, Request, Scene, Stop, a_scene, only, types_of
from tests.worlds import new_tenant


def drifted(scene: Scene) -> dict[str, list[tuple[str, object, object]]]:
    def differences_of(drift: Drift) -> list[tuple[str, object, object]]:
        return [(difference.path, difference.before, difference.after) for difference in drift.differences]

    return {drift.address: differences_of(drift) for drift in scene.plan().drift}


def test_an_apply_with_nothing_to_do_remembers_what_it_saw(scene: Scene) -> None:
    assert types_of(scene.apply()) == ["summary"]
    assert {name: sold.quantity for name, sold in scene.state().subscriptions.items()} == {
        "office": 25,
        "frontline": 10,
    }


def test_what_somebody_else_changes_is_told_next_time(scene: Scene) -> None:
    scene.apply()
    scene.somebody_changes("contoso/frontline", quantity=13, status="suspended")
    assert drifted(scene) == {"contoso/frontline": [("quantity", 10, 13), ("status", "active", "suspended")]}


def test_drift_that_an_apply_has_seen_is_not_told_again(scene: Scene) -> None:
    scene.apply()
    scene.somebody_changes("contoso/frontline", quantity=13)
    scene.want("contoso/frontline", quantity=13)
    scene.apply()
    assert drifted(scene) == {}


def test_an_apply_that_sees_nothing_new_writes_nothing(scene: Scene) -> None:
    scene.apply()
    before = scene.state()
    scene.clock.sleep(3600)
    scene.apply()
    assert scene.state() == before


def test_ones_own_changes_are_no_drift(scene: Scene) -> None:
    scene.apply()
    scene.want("contoso/office", E3, 30)
    scene.want("contoso/frontline", quantity=12)
    scene.apply()
    assert drifted(scene) == {}


def test_what_was_seen_before_a_resize_does_not_undo_what_is_known_after_it(scene: Scene) -> None:
    scene.apply()
    scene.somebody_changes("contoso/frontline", quantity=11)
    scene.want("contoso/frontline", quantity=12)
    scene.apply()
    assert scene.state().subscriptions["frontline"].quantity == 12
    assert drifted(scene) == {}


def test_what_was_seen_of_a_refused_change_is_remembered_too(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    scene.on("POST", "/upgrades", lambda _: scene.somebody_changes("contoso/office", refusal="Not today."))
    scene.apply()
    scene.somebody_changes("contoso/office", quantity=26)
    assert drifted(scene) == {"contoso/office": [("quantity", 25, 26)]}


def test_a_pending_change_is_not_told_as_drift(scene: Scene) -> None:
    scene.apply()
    scene.want("contoso/office", E3)
    scene.arm(FaultKind.DROPPED_BEFORE, times=2)
    scene.apply()
    scene.somebody_changes("contoso/office", quantity=26)
    assert drifted(scene) == {}


def test_of_a_saved_plan_the_untouched_addresses_of_its_customers_are_observed(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    scene.apply(scene.plan())
    assert set(scene.state().subscriptions) == {"office", "frontline"}


def test_what_a_saved_plan_saw_does_not_undo_what_another_run_has_seen_since(scene: Scene) -> None:
    """The plan's one change is stale before the customer is even read, so that nothing newer is at hand."""
    scene.apply()
    scene.want("contoso/office", E3)
    scene.somebody_changes("contoso/frontline", quantity=11)
    scene.want("contoso/frontline", quantity=11)
    plan = scene.plan()
    scene.clock.sleep(60)
    scene.somebody_changes("contoso/frontline", quantity=13)
    scene.want("contoso/frontline", quantity=13)
    scene.leave_only("frontline")
    scene.apply()
    assert types_of(scene.apply(plan)) == ["stale", "summary"]
    assert scene.state().subscriptions["frontline"].quantity == 13


def test_one_customers_changes_come_in_address_order(tmp_path: Path) -> None:
    names = ["delta", "alpha", "charlie", "bravo"]
    scene = a_scene(tmp_path, **{name: Sold(offer=F1, quantity=10) for name in names})
    for name in names:
        scene.want(f"contoso/{name}", quantity=12)
    started = [event.address.name for event in scene.apply() if isinstance(event, Started)]
    assert started == sorted(names) == [named(scene, request) for request in scene.sent]


def named(scene: Scene, request: Request) -> str:
    return scene.world.find(request.path.rpartition("/")[2].lower()).name


def test_events_come_in_the_order_of_what_happens(tmp_path: Path) -> None:
    scene = a_scene(tmp_path, Behaviour(visible_after=15), office=Sold(offer=BUSINESS, quantity=25))
    scene.want("contoso/office", E3)
    events = scene.apply()
    assert [type(event) for event in events] == [Started, Waiting, Waiting, Succeeded, Finished]
    assert [event.elapsed_seconds for event in events if isinstance(event, Waiting)] == [0, 10]
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert isinstance(events[0], Started)
    assert events[0].request_id == scene.sent[0].request_id


def test_an_event_is_told_while_the_run_goes_on(scene: Scene) -> None:
    """The second change's request is not answered before somebody has read of the first one."""
    scene.want("contoso/frontline", quantity=12)
    scene.want("contoso/office", E3)
    read = threading.Event()
    in_time: list[bool] = []
    scene.on("POST", "/upgrades", lambda _: in_time.append(read.wait(10)))
    with scene.workspace() as workspace:
        for _event in apply_plan(workspace, plan_estate(workspace, EVERYTHING), ApplySettings()):
            read.set()
    assert in_time == [True]


def test_customers_are_worked_on_at_the_same_time(tmp_path: Path) -> None:
    """Neither request is answered before both have arrived."""
    names = ("contoso", "litware")
    scene = Scene(tmp_path, *(new_tenant(name, frontline=Sold(offer=F1, quantity=10)) for name in names))
    both = threading.Barrier(2, timeout=10)
    for name in names:
        scene.want(f"{name}/frontline", quantity=12)
        scene.on("PATCH", scene.tenant(name), lambda _: both.wait())
    assert only(scene.apply(), "summary").succeeded == 2


def until_it_ended(scene: Scene, customer: str) -> None:
    """Waits until a customer is done with: it waits for minutes by the clock that all share, and whoever had written an
    intent before that would be too late to send it.
    """
    state, lock = (scene.state_directory / f"{customer}.{kind}" for kind in ("json", "lock"))
    ends = time.monotonic() + 60
    while lock.exists() or not state.exists():
        assert time.monotonic() < ends, "it did not end"
        time.sleep(0.001)


def test_a_customer_that_fails_stops_no_other(tmp_path: Path) -> None:
    names = ("contoso", "fabrikam", "litware")
    scene = Scene(tmp_path, *(new_tenant(name, office=Sold(offer=BUSINESS, quantity=10)) for name in names))
    for name in names:
        scene.want(f"{name}/office", E3)
    with scene.changed() as world:
        world.faults.append(Fault(kind=FaultKind.DROPPED_BEFORE, times=2, path=scene.tenant("fabrikam")))
    plan = scene.plan()
    for name in ("contoso", "litware"):
        scene.on("GET", scene.tenant(name), lambda _: until_it_ended(scene, "fabrikam"))
    summary = only(scene.apply(plan), "summary")
    assert (summary.succeeded, summary.unknown) == (2, 1)


def test_no_more_customers_at_once_than_the_settings_say(tmp_path: Path) -> None:
    names = [f"customer-{number}" for number in range(6)]
    scene = Scene(tmp_path, *(new_tenant(name, frontline=Sold(offer=F1, quantity=10)) for name in names))
    scene.settings = replace(scene.settings, parallelism=2)
    for name in names:
        scene.want(f"{name}/frontline", quantity=12)
    locked: list[int] = []
    scene.counter.watchers.append(lambda _: locked.append(len(list(scene.state_directory.glob("*.lock")))))
    scene.apply(stop=Stop(scene.clock))
    assert 1 <= max(locked) <= 2


def test_what_changed_after_the_plan_is_left_for_the_next_one_to_tell(scene: Scene) -> None:
    """Nobody was shown it: recorded now, it would be no drift any more."""
    scene.apply()
    scene.want("contoso/frontline", quantity=12)
    plan = scene.plan()
    scene.somebody_changes("contoso/office", status="suspended")
    scene.apply(plan)
    assert set(drifted(scene)) == {"contoso/office"}
