"""State that can't be written: before a request nothing is sent, after it nothing is lost."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.cli import exits
from reconciler.documents.state import dump, load
from reconciler.model.errors import Problem, StateUnavailable, WrongLineage, worst
from reconciler.model.event import Event
from reconciler.model.result import Outcome
from reconciler.model.state import CustomerState
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import plan_estate
from reconciler.sandbox import Sold
from reconciler.sandbox.catalogue import E3, F1
from reconciler.state.local import LocalStore
from tests.applying.scenes import EVERYTHING, Request, Scene, codes, only, types_of
from tests.worlds import new_tenant


class FullDisk(LocalStore):
    """A real store on a disk that is full while `full` says so."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene.state_directory, scene.clock.utc)
        self.full: Callable[[CustomerState], bool] = lambda _: False

    def write(self, state: CustomerState, expected: str | None) -> str:
        if self.full(state):
            what, remedy = "Can't write: No space left on device.", "Make room there."
            raise StateUnavailable(Problem(where=self.location, what=what, remedy=remedy))
        return super().write(state, expected)


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """First the front line is resized, then the office upgraded."""
    scene.want("contoso/frontline", quantity=12)
    scene.want("contoso/office", E3)
    return scene


def apply(scene: Scene, full: Callable[[CustomerState], bool]) -> list[Event]:
    store = FullDisk(scene)
    store.full = full
    with scene.commerce() as commerce:
        workspace = scene.workspace_of(commerce, store)
        return list(apply_plan(workspace, plan_estate(workspace, EVERYTHING), ApplySettings()))


def after_first_result(state: CustomerState) -> bool:
    return len(state.results) > 0


def test_an_intent_that_can_not_be_written_sends_nothing(scene: Scene) -> None:
    events = apply(scene, lambda _: True)
    assert types_of(events) == ["skipped", "skipped", "summary"]
    assert codes(events) == ["state_not_written"] * 2
    assert worst(map(exits.of_event, events)) == 1
    assert scene.sent == []


def test_a_result_that_can_not_be_written_is_handed_out_and_stops_the_customer(scene: Scene) -> None:
    events = apply(scene, after_first_result)
    assert types_of(events) == ["started", "state_not_written", "skipped", "summary"]
    state = only(events, "state_not_written").state
    assert [result.outcome for result in state.results] == [Outcome.SUCCEEDED]
    assert (state.serial, state.pending) == (2, {})
    assert only(events, "skipped").address == "contoso/office"
    assert worst(map(exits.of_event, events)) == 1


def test_what_was_handed_out_repairs_the_state_when_it_is_pushed(scene: Scene) -> None:
    state = only(apply(scene, after_first_result), "state_not_written").state
    scene.push(load(dump(state), "errored.contoso.json"))
    assert scene.state().pending == {}
    assert [change.address for change in scene.plan().changes] == ["contoso/office"]
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]


def test_without_the_push_the_next_run_finds_what_was_done(scene: Scene) -> None:
    apply(scene, after_first_result)
    assert scene.state().pending_of("frontline")[0].quantity == 12
    assert types_of(scene.apply()) == ["recovered", "started", "succeeded", "summary"]
    assert len(scene.ledger) == 2


def test_a_push_after_the_next_run_found_it_too_changes_nothing(scene: Scene) -> None:
    state = only(apply(scene, after_first_result), "state_not_written").state
    scene.apply()
    before = scene.state()
    assert scene.push(state) == f"All of it is in the state of contoso already, serial {before.serial}."
    assert scene.state() == before


def test_an_observation_that_can_not_be_written_hides_no_success(scene: Scene) -> None:
    """The upgrade is recorded; what its target looks like is not."""
    scene.leave_only("office")
    events = apply(scene, lambda state: bool(state.results) and state.subscriptions["office"].visible)
    assert types_of(events) == ["started", "succeeded", "state_not_written", "summary"]
    assert [result.outcome for result in scene.state().results] == [Outcome.SUCCEEDED]


def test_a_state_location_that_vanishes_before_the_intent_sends_nothing(scene: Scene) -> None:
    scene.on("GET", scene.id_of("contoso/frontline"), lambda _: vanish(scene))
    events, error = apply_until_it_raises(scene)
    assert types_of(events) == ["skipped", "skipped", "summary"]
    assert scene.sent == []
    assert "reconciler unlock contoso" in error.problems[-1].remedy


def test_a_state_location_that_vanishes_after_a_change_loses_nothing(scene: Scene) -> None:
    """Not even the lock can be taken away then; nothing that was said of a change is said again because of that."""
    scene.on("PATCH", "", lambda _: vanish(scene))
    events, error = apply_until_it_raises(scene)
    assert types_of(events) == ["started", "state_not_written", "skipped", "summary"]
    scene.state_directory.unlink()
    (scene.path / "aside").rename(scene.state_directory)
    scene.store.unlock("contoso", error.problems[-1].remedy.split()[-1])
    scene.push(only(events, "state_not_written").state)
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]


def test_every_lock_that_could_not_be_taken_away_is_told(tmp_path: Path) -> None:
    names = ("contoso", "litware")
    scene = Scene(tmp_path, *(new_tenant(name, frontline=Sold(offer=F1, quantity=10)) for name in names))
    scene.settings = replace(scene.settings, parallelism=2)
    both = threading.Barrier(2, action=lambda: vanish(scene), timeout=10)
    for name in names:
        scene.want(f"{name}/frontline", quantity=12)
        scene.on("PATCH", scene.tenant(name), lambda _: both.wait())
    _, error = apply_until_it_raises(scene)
    for name in names:
        assert f"reconciler unlock {name}" in "".join(problem.remedy for problem in error.problems)


def apply_until_it_raises(scene: Scene) -> tuple[list[Event], StateUnavailable]:
    events: list[Event] = []
    with pytest.raises(StateUnavailable) as unavailable, scene.workspace() as workspace:
        events.extend(apply_plan(workspace, plan_estate(workspace, EVERYTHING), ApplySettings()))
    return events, unavailable.value


def vanish(scene: Scene) -> None:
    """A file stands where the directory was."""
    scene.state_directory.rename(scene.path / "aside")
    scene.state_directory.touch()


def test_a_conflict_while_recording_is_read_again_and_recorded_all_the_same(scene: Scene) -> None:
    scene.on("PATCH", "", lambda _: scene.somebody_writes_state())
    scene.on("POST", "/upgrades", lambda _: scene.somebody_writes_state())
    assert types_of(scene.apply()) == ["started", "succeeded", "started", "succeeded", "summary"]
    assert [result.address for result in scene.state().results] == ["contoso/frontline", "contoso/office"]
    assert scene.state().pending == {}


def test_a_result_that_somebody_settled_meanwhile_is_recorded_once(scene: Scene) -> None:
    """Somebody who broke the lock resolves the change as not done while its answer is on the way: the answer counts."""
    scene.leave_only("office")
    scene.on("POST", "/upgrades", lambda _: scene.settle_as_not_done("contoso/office"))
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert [result.outcome for result in scene.state().results] == [Outcome.NOT_DONE, Outcome.SUCCEEDED]
    assert scene.state().subscriptions["office"].id == scene.ledger[0].target


def test_a_location_that_lost_its_lineage_is_refused_and_stays_as_it_is(scene: Scene) -> None:
    scene.apply()
    estate = scene.state_directory / "estate.json"
    estate.unlink()
    for attempt in (scene.plan, scene.apply):
        with pytest.raises(WrongLineage, match=r"no estate\.json"):
            attempt()
    assert not estate.exists()


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_whatever_breaks_a_customers_thread_ends_the_run_and_leaves_the_intent(
    scene: Scene, error: type[BaseException]
) -> None:
    def break_down(_request: Request) -> None:
        raise error

    scene.leave_only("office")
    scene.on("POST", "/upgrades", break_down)
    with pytest.raises(error):
        scene.apply()
    assert scene.state().pending_of("office")[0].request_id == scene.sent[0].request_id
    assert scene.store.held("contoso") is None
