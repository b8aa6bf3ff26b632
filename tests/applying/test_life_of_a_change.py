"""Every arrow of the guide's drawing of a change's life: how it comes about, and where it leads."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.guides import read
from reconciler.model.address import Address
from reconciler.model.event import Event
from reconciler.model.result import Outcome
from reconciler.model.run import Process
from reconciler.model.state import CustomerState
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import plan_estate
from reconciler.operations.repair.resolve import resolve_outcome
from reconciler.planning import Globs
from reconciler.sandbox import Behaviour, FaultKind, Sold, SourceFate
from reconciler.sandbox.catalogue import BUSINESS, E1, E3
from reconciler.state.local import LocalStore
from tests.applying.scenes import Clock, Scene, SecondCopy, Stop, a_scene, types_of

OFFICE = Address("contoso/office")
HOUR = 3600
LOST, DONE = FaultKind.DROPPED_BEFORE, FaultKind.PERFORMED_THEN_DROPPED
SOMEBODY = Process(host="gone", booted_at=0.0, pid=1, started_at=0.0)

Scenario = Callable[[Scene], list[Event]]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """The office is to be upgraded to E3, at a service whose sources stay active and as they were."""
    scene = a_scene(tmp_path, Behaviour(source_fate=SourceFate.STAYS_ACTIVE), office=Sold(offer=BUSINESS, quantity=25))
    scene.want(OFFICE, E3)
    return scene


def lose(scene: Scene, kind: FaultKind = LOST) -> list[Event]:
    """An apply whose request has no answer, nor has the second, if one is sent."""
    scene.arm(kind, times=2, method="POST")
    return scene.apply()


def once_sent(scene: Scene, do: Callable[[], object]) -> None:
    scene.on("POST", "/upgrades", lambda _: do())


def another(number: int = 1) -> Sold:
    return Sold(id=f"0abcdef0-0000-4000-8000-{number:012}", offer=E3, quantity=25)


def changed_since(scene: Scene) -> list[Event]:
    plan = scene.plan()
    scene.somebody_changes(OFFICE, quantity=26)
    return scene.apply(plan)


def race_lost(scene: Scene) -> list[Event]:
    plan = scene.plan()
    scene.on("GET", "/upgrades", lambda _: scene.somebody_writes_state())
    return scene.apply(plan)


def refused(scene: Scene) -> list[Event]:
    once_sent(scene, lambda: scene.somebody_changes(OFFICE, refusal="Not today."))
    return scene.apply()


def changed_while_waiting(scene: Scene) -> list[Event]:
    scene.arm(FaultKind.THROTTLE_429, method="POST")
    once_sent(scene, lambda: scene.somebody_changes(OFFICE, name="Renamed"))
    return scene.apply()


def never_arrived(scene: Scene) -> list[Event]:
    scene.arm(FaultKind.THROTTLE_429, times=9, method="POST")
    return scene.apply()


class Frozen(LocalStore):
    """A store whose process stands still for hours once something is written."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene.state_directory, scene.clock.utc)
        self._scenes_clock: Clock = scene.clock

    def write(self, state: CustomerState, expected: str | None) -> str:
        version = super().write(state, expected)
        self._scenes_clock.sleep(HOUR)
        return version


def frozen(scene: Scene) -> list[Event]:
    with scene.commerce() as commerce:
        workspace = scene.workspace_of(commerce, Frozen(scene))
        events = list(apply_plan(workspace, plan_estate(workspace, Globs()), ApplySettings()))
    assert scene.sent == []
    return events


def shows(scene: Scene) -> list[Event]:
    return lose(scene, DONE)


def logged_among_two(scene: Scene) -> list[Event]:
    once_sent(scene, lambda: scene.somebody_buys(another()))
    return lose(scene, DONE)


def overtaken(scene: Scene) -> list[Event]:
    scene.want(OFFICE, BUSINESS, 26)
    scene.arm(LOST)
    scene.on("PATCH", "", lambda _: scene.somebody_changes(OFFICE, name="Renamed"))
    return scene.apply()


def unclear(scene: Scene) -> list[Event]:
    once_sent(scene, lambda: scene.somebody_changes(OFFICE, name="Renamed"))
    return lose(scene)


def logged_and_not_shown(scene: Scene) -> list[Event]:
    scene.behave(visible_after=2 * HOUR)
    return lose(scene, DONE)


def stopped(scene: Scene) -> list[Event]:
    stop = Stop(scene.clock)
    once_sent(scene, stop.set)
    scene.arm(LOST)
    return scene.apply(stop=stop)


def sent_again(scene: Scene) -> list[Event]:
    scene.arm(LOST)
    return scene.apply()


def second_copy_was_done(scene: Scene) -> list[Event]:
    scene.arm(LOST)
    once_sent(scene, lambda: once_sent(scene, lambda: scene.arm(DONE)))
    return scene.apply()


def conflicts(scene: Scene, code: str) -> list[Event]:
    body = f'{{"code": "{code}", "description": "No."}}'.encode()
    scene.second_copies(*[SecondCopy(status=409, body=body, performed=False)] * 2)
    return scene.apply()


def two_conflicts(scene: Scene) -> list[Event]:
    return conflicts(scene, "800014")


def another_operation_pending(scene: Scene) -> list[Event]:
    return conflicts(scene, "900278")


def shows_later(scene: Scene) -> list[Event]:
    logged_and_not_shown(scene)
    scene.clock.sleep(2 * HOUR)
    return scene.apply()


def owner_dead(scene: Scene) -> list[Event]:
    scene.process = SOMEBODY
    lose(scene)
    scene.dead_processes.append(SOMEBODY)
    return scene.apply()


def owner_late(scene: Scene) -> list[Event]:
    lose(scene)
    scene.clock.sleep(scene.settings.wait.owned_seconds)
    return scene.apply()


def owner_at_work(scene: Scene) -> list[Event]:
    lose(scene)
    return scene.apply()


def person_sees_it(scene: Scene) -> list[Event]:
    logged_and_not_shown(scene)
    scene.clock.sleep(2 * HOUR)
    with scene.commerce() as commerce:
        resolve_outcome(scene.repair(), OFFICE, scene.ledger[0].target, commerce)
    return []


def person_sees_nothing(scene: Scene) -> list[Event]:
    lose(scene)
    with scene.commerce() as commerce:
        resolve_outcome(scene.repair(), OFFICE, None, commerce)
    return []


def doubt_ended(scene: Scene) -> list[Event]:
    """A person is certain: what was asked for is asked for afresh, under a request id of its own."""
    person_sees_nothing(scene)
    with scene.commerce() as commerce:
        resolve_outcome(scene.repair(), OFFICE, None, commerce)
    (change,) = scene.plan().changes
    assert change.address == OFFICE
    assert scene.state().doubts() == ()
    return []


def second_request(scene: Scene) -> list[Event]:
    owner_late(scene)
    events = scene.apply()
    assert len({request.request_id for request in scene.sent}) == 1
    return events


def second_request_refused(scene: Scene) -> list[Event]:
    owner_late(scene)
    return refused(scene)


def request_after_the_refusal(scene: Scene) -> list[Event]:
    """The service would answer the old request id with its refusal for ever; a new one waits until nothing may show."""
    second_request_refused(scene)
    scene.somebody_changes(OFFICE, refusal="")
    sent = len(scene.sent)
    scene.apply()
    assert len(scene.sent) == sent
    scene.clock.sleep(24 * HOUR)
    events = scene.apply()
    assert scene.sent[-1].request_id not in {request.request_id for request in scene.sent[:-1]}
    return events


def given_up_and_shows(scene: Scene) -> list[Event]:
    """The log lags, nobody asks for it any more, and then it shows."""
    scene.behave(visible_after=3 * HOUR, audited_after=9 * HOUR)
    scene.arm(FaultKind.DROPPED_BEFORE, skip=1, method="POST")
    lose(scene, DONE)
    scene.clock.sleep(HOUR)
    assert types_of(scene.apply()) == ["not_done", "summary"]
    scene.want(OFFICE, BUSINESS)
    scene.clock.sleep(2 * HOUR)
    return scene.apply()


def request_of_another_kind(scene: Scene) -> list[Event]:
    owner_late(scene)
    sent = len(scene.sent)
    scene.want(OFFICE, E1)
    events = scene.apply()
    assert [reason.code for item in scene.plan().blocked for reason in item.reasons] == ["outcome_unknown"]
    assert len(scene.sent) == sent
    return events


ARROWS: dict[str, Scenario] = {
    "planned --> left_out: not the same any more": changed_since,
    "planned --> left_out: compare-and-swap lost": race_lost,
    "sent --> succeeded: done": Scene.apply,
    "sent --> failed: refused": refused,
    "sent --> planned: changed while it had to wait": changed_while_waiting,
    "sent --> failed: never arrived": never_arrived,
    "sent --> planned: stood still before it left": frozen,
    "lost --> recovered: it shows": shows,
    "lost --> recovered: the log names it among several": logged_among_two,
    "lost --> not_done: a resize, and the etag moved on": overtaken,
    "lost --> unknown: unclear": unclear,
    "lost --> unknown: the log says done, it does not show": logged_and_not_shown,
    "lost --> unknown: the run is to stop": stopped,
    "lost --> unknown: another operation is pending": another_operation_pending,
    "sent_again --> succeeded: done": sent_again,
    "sent_again --> recovered: no answer, it shows": second_copy_was_done,
    "sent_again --> not_done: two conflicts, unchanged": two_conflicts,
    "sent_again --> unknown: anything else": lose,
    "unknown --> recovered: later run, it shows": shows_later,
    "unknown --> not_done: later run, owner dead, unchanged": owner_dead,
    "unknown --> not_done: later run, owner's time is over, unchanged": owner_late,
    "unknown --> unknown: later run, anything else": owner_at_work,
    "unknown --> recovered: state resolve --succeeded": person_sees_it,
    "unknown --> not_done: state resolve --not-done": person_sees_nothing,
    "not_done --> succeeded: asked again, same request id": second_request,
    "not_done --> failed: asked again, refused": second_request_refused,
    "not_done --> recovered: it shows within a day": given_up_and_shows,
    "not_done --> not_done: something else asked within a day": request_of_another_kind,
    "not_done --> planned: state resolve --not-done, once more": doubt_ended,
    "failed --> succeeded: asked again a day later, new request id": request_after_the_refusal,
}
STEPS = {
    "planned --> sent: intent is durable",
    "sent --> lost: no answer, or none that settles it",
    "lost --> sent_again: unchanged, once",
}
"""The beginning that every way through has in common."""


@pytest.mark.parametrize("arrow", ARROWS)
def test_each_arrow_leads_where_it_points(scene: Scene, arrow: str) -> None:
    events = ARROWS[arrow](scene)
    assert reached(scene, events) == arrow.split(" --> ")[1].partition(":")[0]
    assert len(scene.ledger) <= 1


@pytest.mark.parametrize("name", ["succeeded", "recovered", "failed", "unknown", "not_done", "left_out"])
def test_every_end_is_reached_by_some_arrow(name: str) -> None:
    assert any(f" --> {name}:" in arrow for arrow in ARROWS)


def test_the_drawing_has_these_arrows_and_no_others() -> None:
    drawing = read("lost-answers").partition("stateDiagram-v2\n")[2].partition("```")[0]
    drawn = re.findall(r"^ +(\w+ --> \w+: .+)$", drawing, re.MULTILINE)
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == {*ARROWS, *STEPS}


def reached(scene: Scene, events: list[Event]) -> str:
    """The state in which the change is now."""
    found = scene.store.read("contoso")
    if found and "office" in found.state.pending:
        return "unknown"
    if found and found.state.results:
        outcome = found.state.results[-1].outcome
        settled = outcome is Outcome.NOT_DONE and not found.state.doubts()
        return "planned" if settled and scene.plan().changes else Outcome(outcome).value
    assert "stale" in types_of(events)
    return "left_out"
