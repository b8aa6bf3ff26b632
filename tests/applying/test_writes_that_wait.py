"""A write that had to wait is looked at again before it leaves: what somebody bought meanwhile stays."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from reconciler.model.result import Outcome
from reconciler.model.state import CustomerState
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import plan_estate
from reconciler.planning import Globs
from reconciler.sandbox import FaultKind, Sold
from reconciler.sandbox.catalogue import BUSINESS, E3
from reconciler.state.local import LocalStore
from tests.applying.scenes import Request, Scene, a_scene, codes, only, types_of

OFFICE = "contoso/office"
MORE = {"quantity": 45}


@pytest.fixture(params=["upgrade", "resize"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    """An upgrade with 30 seats, or a resize to 30; 25 are there."""
    scene = a_scene(tmp_path, office=Sold(offer=BUSINESS, quantity=25))
    scene.want(OFFICE, E3 if request.param == "upgrade" else None, 30)
    return scene


def throttle(scene: Scene, *, times: int = 1) -> None:
    for method in ("POST", "PATCH"):
        scene.arm(FaultKind.THROTTLE_429, method=method, times=times, seconds=30)


def refuse_connections(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first write meets nobody who listens."""
    real, refused = httpx.WSGITransport.handle_request, list[httpx.Request]()

    def handle(transport: httpx.WSGITransport, request: httpx.Request) -> httpx.Response:
        if request.method == "GET" or refused:
            return real(transport, request)
        refused.append(request)
        meanwhile(scene)
        raise ConnectionRefusedError

    monkeypatch.setattr(httpx.WSGITransport, "handle_request", handle)


def meanwhile(scene: Scene, **values: object) -> None:
    scene.somebody_changes(OFFICE, **(values or MORE))


def once_sent(scene: Scene, do: Callable[[], object]) -> None:
    """Does something while the first write is on the counter."""

    def watch(request: Request) -> None:
        if request.method != "GET":
            scene.counter.watchers.remove(watch)
            do()

    scene.counter.watchers.append(watch)


class SlowStore(LocalStore):
    """A store whose first write takes its time; somebody else does something meanwhile."""

    def __init__(self, scene: Scene, seconds: float, do: Callable[[], object]) -> None:
        super().__init__(scene.state_directory, scene.clock.utc)
        self._wait: list[Callable[[], object]] = [lambda: scene.clock.sleep(seconds), do]

    def write(self, state: CustomerState, expected: str | None) -> str:
        version = super().write(state, expected)
        while self._wait:
            self._wait.pop()()
        return version


def assert_nothing_bought(scene: Scene, events: list[object], seats: int = 45) -> None:
    assert types_of(events) == ["started", "stale", "summary"]  # type: ignore[arg-type]
    assert scene.ledger == []
    assert scene.world.find(scene.id_of(OFFICE)).quantity == seats
    assert (scene.state().pending, [result.outcome for result in scene.state().results]) == ({}, [Outcome.NOT_DONE])


def test_seats_bought_while_the_gateway_asked_for_a_rest_stay(scene: Scene) -> None:
    throttle(scene)
    once_sent(scene, lambda: meanwhile(scene))
    events = scene.apply()
    assert_nothing_bought(scene, [*events])
    assert "25 seats, active then; 45 seats, active now" in only(events, "stale").description


def test_seats_bought_while_nobody_listened_stay(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_connections(scene, monkeypatch)
    assert_nothing_bought(scene, [*scene.apply()])


@pytest.mark.parametrize(("seconds", "seen"), [(2.5, True), (1.0, False)])
def test_seats_bought_while_the_intent_was_written_stay(scene: Scene, seconds: float, seen: bool) -> None:
    """Within two seconds of the last look nothing is looked at again; a resize has its etag even then."""
    with scene.commerce() as commerce:
        store = SlowStore(scene, seconds, lambda: meanwhile(scene))
        workspace = scene.workspace_of(commerce, store)
        reads = len(scene.counter.requests)
        events = list(apply_plan(workspace, plan_estate(workspace, Globs()), ApplySettings()))
    assert len(scene.counter.requests) > reads
    if seen:
        assert_nothing_bought(scene, [*events])
    else:
        assert types_of(events)[0] == "started"


@pytest.mark.parametrize("seconds", [5, 3600])
def test_a_machine_that_was_paused_from_outside_counts_it_as_time_passed(scene: Scene, seconds: int) -> None:
    """Others may have given the change up by then, though the clock that nobody sets stood still."""

    def paused() -> None:
        scene.clock.pause_machine(seconds)
        meanwhile(scene)

    with scene.commerce() as commerce:
        workspace = scene.workspace_of(commerce, SlowStore(scene, 0.1, paused))
        events = list(apply_plan(workspace, plan_estate(workspace, Globs()), ApplySettings()))
    assert (types_of(events), scene.sent) == (["started", "stale", "summary"], [])
    assert not scene.state().pending


@pytest.mark.parametrize("values", [{"name": "Renamed"}, {"status": "suspended"}, {"quantity": 24}])
def test_whatever_else_changed_while_it_waited_sends_nothing(scene: Scene, values: dict[str, object]) -> None:
    throttle(scene)
    once_sent(scene, lambda: meanwhile(scene, **values))
    assert "stale" in types_of(scene.apply())
    assert scene.ledger == []


def test_what_is_as_it_was_goes_on_after_the_rest_under_the_same_id(scene: Scene) -> None:
    throttle(scene)
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    first, second = scene.sent
    assert (first.request_id, first.body, len(scene.ledger)) == (second.request_id, second.body, 1)


def test_every_retry_is_after_another_look(scene: Scene) -> None:
    throttle(scene, times=2)
    scene.apply()
    methods = "".join("w" if request.method != "GET" else "r" for request in scene.counter.requests)
    assert re.search("wr+wr+w", methods)


def test_what_appeared_beside_it_while_an_upgrade_waited_is_not_bought_twice(tmp_path: Path) -> None:
    scene = a_scene(tmp_path, office=Sold(offer=BUSINESS, quantity=25))
    scene.want(OFFICE, E3)
    throttle(scene)
    once_sent(scene, lambda: scene.somebody_buys(Sold(offer=E3, quantity=25)))
    events = scene.apply()
    assert "appeared meanwhile" in only(events, "stale").description
    assert scene.ledger == []


def test_an_upgrade_that_is_not_offered_any_more_when_its_turn_comes_is_not_sent(tmp_path: Path) -> None:
    scene = a_scene(tmp_path, office=Sold(offer=BUSINESS, quantity=25))
    scene.want(OFFICE, E3)
    throttle(scene)
    once_sent(scene, lambda: meanwhile(scene, withheld=[E3], version=0))
    assert "does not offer" in only(scene.apply(), "stale").description
    assert scene.ledger == []


def test_what_can_not_be_looked_at_again_is_not_sent(scene: Scene) -> None:
    throttle(scene)
    once_sent(scene, lambda: scene.arm(FaultKind.HTTP_500_BEFORE, method="GET", times=-1))
    events = scene.apply()
    assert codes(events) == ["not_looked_at"]
    assert (scene.ledger, scene.state().pending) == ([], {})


def test_a_rest_longer_than_half_of_the_requests_time_sends_nothing(scene: Scene) -> None:
    for method in ("POST", "PATCH"):
        scene.arm(FaultKind.THROTTLE_429, method=method, seconds=91)
    assert types_of(scene.apply()) == ["started", "failed", "summary"]
    assert scene.ledger == []


def test_a_stale_change_is_planned_afresh_and_made(scene: Scene) -> None:
    throttle(scene)
    once_sent(scene, lambda: meanwhile(scene, name="Renamed"))
    scene.apply()
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert json.loads(scene.sent[-1].body)["quantity"] == 30


MODERN = "CFQ7TTC0LH18:0001:CFQ7TTC0K971"


@pytest.mark.parametrize("values", [{"quantity": 45}, {"name": "Renamed"}])
def test_what_no_etag_guards_is_read_directly_before_it_is_sent(tmp_path: Path, values: dict[str, object]) -> None:
    """However short the time: the service would take the change whatever somebody else did."""
    scene = a_scene(tmp_path, office=Sold(offer=MODERN, quantity=25))
    scene.want(OFFICE, quantity=30)
    assert not scene.plan().changes[0].warnings, "no subscription of new commerce has an etag: the guide says so once"
    with scene.commerce() as commerce:
        workspace = scene.workspace_of(commerce, SlowStore(scene, 0.1, lambda: meanwhile(scene, **values)))
        events = list(apply_plan(workspace, plan_estate(workspace, Globs()), ApplySettings()))
    assert (types_of(events), scene.ledger) == (["started", "stale", "summary"], [])


def test_it_is_read_last_of_all_where_nobody_changes_it(tmp_path: Path) -> None:
    scene = a_scene(tmp_path, office=Sold(offer=MODERN, quantity=25))
    scene.want(OFFICE, quantity=30)
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    methods = "".join("w" if request.method != "GET" else "r" for request in scene.counter.requests)
    assert methods.endswith("rrrwr"), "the list, the subscription before the intent, and once more after it"
