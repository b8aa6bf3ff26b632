"""The early ends of a run: a signal, somebody's lock, a sign-in that is not accepted any more."""

import json
from contextlib import ExitStack
from pathlib import Path

import pytest

from reconciler.cli import exits
from reconciler.model.errors import worst
from reconciler.model.event import Event
from reconciler.model.result import Outcome
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.sandbox import Behaviour, FaultKind, Sold
from reconciler.sandbox.catalogue import BUSINESS, E3, F1
from tests.applying.scenes import Scene, Stop, a_scene, codes, only, types_of
from tests.worlds import new_tenant


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """First the front line is resized, then the office upgraded."""
    scene.want("contoso/frontline", quantity=12)
    scene.want("contoso/office", E3)
    return scene


@pytest.fixture
def stop(scene: Scene) -> Stop:
    return Stop(scene.clock)


def test_a_run_that_is_stopped_records_what_is_in_flight_and_begins_nothing_new(scene: Scene, stop: Stop) -> None:
    scene.on("PATCH", "", lambda _: stop.set())
    events = scene.apply(stop=stop)
    assert types_of(events) == ["started", "succeeded", "skipped", "summary"]
    assert only(events, "skipped").code == "interrupted"
    assert [result.outcome for result in scene.state().results] == [Outcome.SUCCEEDED]
    assert [request.method for request in scene.sent] == ["PATCH"]
    assert worst(map(exits.of_event, events)) == 130


@pytest.mark.parametrize("code", ["900416", "800073", "900124", "20002"])
def test_a_refusal_that_holds_for_the_customer_ends_this_customers_run(scene: Scene, code: str) -> None:
    body = json.dumps({"code": code, "description": "No.", "data": [], "source": "PartnerFD"}).encode()
    scene.counter.forbid = lambda request: body if request.method == "PATCH" else None
    events = scene.apply()
    assert types_of(events) == ["started", "failed", "skipped", "summary"]
    assert only(events, "skipped").code == "customer_held"
    assert len(scene.sent) == 1
    assert worst(map(exits.of_event, events)) == 4


def test_a_run_that_is_stopped_before_it_begins_sends_nothing(scene: Scene, stop: Stop) -> None:
    stop.set()
    assert types_of(scene.apply(stop=stop)) == ["skipped", "skipped", "summary"]
    assert scene.sent == []


def test_a_run_that_is_stopped_leaves_the_watching_to_the_next(tmp_path: Path) -> None:
    scene = a_scene(tmp_path, Behaviour(visible_after=45), office=Sold(offer=BUSINESS, quantity=25))
    scene.want("contoso/office", E3)
    stop = Stop(scene.clock)
    scene.on("POST", "/upgrades", lambda _: stop.set())
    events = scene.apply(stop=stop)
    assert [event.type for event in events] == ["started", "succeeded", "summary"]
    assert not only(events, "succeeded").visible
    assert [change.outcome for change in scene.plan().pending] == ["waiting"]


def test_a_run_that_is_stopped_while_an_answer_is_lost_leaves_it_pending(scene: Scene, stop: Stop) -> None:
    scene.leave_only("office")
    scene.arm(FaultKind.DROPPED_BEFORE)
    scene.on("POST", "/upgrades", lambda _: stop.set())
    events = scene.apply(stop=stop)
    assert [event.type for event in events] == ["started", "unknown", "summary"]
    assert worst(map(exits.of_event, events)) == 130
    assert "office" in scene.state().pending


def test_a_run_that_is_stopped_leaves_no_lock_behind(scene: Scene, stop: Stop) -> None:
    scene.on("PATCH", "", lambda _: stop.set())
    scene.apply(stop=stop)
    assert scene.store.held("contoso") is None
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]


def test_a_reader_who_walks_away_lets_the_run_end_in_good_order(scene: Scene, stop: Stop) -> None:
    with scene.workspace(stop) as workspace:
        events = iter(apply_plan(workspace, scene.planned(), ApplySettings()))
        next(events)
        closed(events)
    assert stop.is_set()
    assert (scene.state().pending, scene.store.held("contoso")) == ({}, None)


def closed(events: object) -> None:
    close = getattr(events, "close", None)
    assert close is not None
    close()


def test_a_customer_whose_lock_is_held_is_skipped_and_the_others_go_on(tmp_path: Path) -> None:
    scene = Scene(
        tmp_path, *(new_tenant(name, frontline=Sold(offer=F1, quantity=10)) for name in ("contoso", "litware"))
    )
    for name in ("contoso", "litware"):
        scene.want(f"{name}/frontline", quantity=12)
    scene.store.establish("7c1fd0f0-55fb-4a52-8a0f-2b8fd0b6a111")
    with scene.store.lock("contoso", "state mv", scene.run()) as lock:
        events = scene.apply()
    skipped = only(events, "skipped")
    assert (skipped.code, skipped.address) == ("lock_held", "contoso/frontline")
    assert ("unlock", "contoso", lock.id) in [step.run for step in skipped.remedy]
    assert only(events, "succeeded").address == "litware/frontline"
    assert worst(map(exits.of_event, events)) == 7


def test_somebody_elses_lock_is_left_where_it_is(scene: Scene) -> None:
    with scene.store.lock("contoso", "apply", scene.run()) as lock:
        scene.apply()
        assert scene.store.held("contoso") == lock


def test_a_broken_lock_that_somebody_else_has_taken_is_left_to_them(scene: Scene) -> None:
    with ExitStack() as theirs:

        def steal(_request: object) -> None:
            found = scene.store.held("contoso")
            assert found
            scene.store.unlock("contoso", found.id)
            theirs.enter_context(scene.store.lock("contoso", "state mv", scene.run()))

        scene.on("PATCH", "", steal)
        scene.apply()
        found = scene.store.held("contoso")
        assert found
        assert found.operation == "state mv"


def test_a_sign_in_refused_in_the_middle_ends_the_run_as_such(scene: Scene) -> None:
    scene.on("PATCH", "", lambda _: scene.arm(FaultKind.UNAUTHORIZED, times=-1, path="subscriptions"))
    events = scene.apply()
    assert types_of(events) == ["started", "unknown", "failed", "summary"], "an empty 401 may be a gateway's"
    assert codes(events) == ["authentication_failed"]
    assert worst(map(exits.of_event, events)) == 9
    assert (list(scene.state().pending), scene.ledger) == (["frontline"], [])


def test_a_sign_in_refused_before_the_intent_leaves_no_result(scene: Scene) -> None:
    scene.on("GET", scene.id_of("contoso/frontline"), lambda _: scene.arm(FaultKind.UNAUTHORIZED, times=-1))
    assert_signed_out(scene.apply())
    assert (scene.sent, scene.store.read("contoso")) == ([], None)


def assert_signed_out(events: list[Event]) -> None:
    assert codes(events) == ["authentication_failed"] * 2
    assert worst(map(exits.of_event, events)) == 8
