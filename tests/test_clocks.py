"""A machine whose clock is days off begins nothing, gives nothing up and forgets nothing; and says what both say."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reconciler.model.address import Address
from reconciler.model.errors import ClocksDisagree, InvalidInput, StateDamaged
from reconciler.model.event import Event
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import Planned, plan_estate
from reconciler.operations.repair.resolve import resolve_outcome
from reconciler.operations.saved import planned_from
from reconciler.operations.workspace import Workspace
from reconciler.partner_center.clock import ServiceClock
from reconciler.sandbox import Behaviour, FaultKind, Sold, SourceFate
from reconciler.sandbox.catalogue import BUSINESS, E3, PROPLUS
from tests.applying.scenes import EVERYTHING, Scene, a_scene, codes, types_of

OFFICE = Address("contoso/office")
NEVER = 365 * 86_400
DAYS_OFF = [timedelta(days=-2), timedelta(days=2), timedelta(days=400)]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    scene = a_scene(
        tmp_path,
        Behaviour(source_fate=SourceFate.STAYS_ACTIVE, audited_after=NEVER, visible_after=7200),
        office=Sold(offer=BUSINESS, quantity=25),
    )
    scene.want(OFFICE, E3)
    return scene


@pytest.fixture
def pending(scene: Scene) -> Scene:
    """An upgrade was bought, and its answer lost; long enough ago for a later run to give it up."""
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED, method="POST", times=2)
    assert types_of(scene.apply()) == ["started", "unknown", "summary"]
    scene.clock.sleep(3600)
    return scene


@pytest.fixture
def doubted(pending: Scene) -> Scene:
    """The same, given up as not done; it may still show."""
    assert types_of(pending.apply()) == ["not_done", "summary"]
    return pending


@pytest.fixture
def invisible(scene: Scene) -> Scene:
    """An upgrade was bought and does not show yet."""
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    return scene


def settle_as_not_done(scene: Scene) -> str:
    with scene.commerce() as commerce:
        return "\n".join(resolve_outcome(scene.repair(), OFFICE, None, commerce))


def events_of(workspace: Workspace, planned: Planned) -> list[Event]:
    """The events up to the error that ends the run."""
    events: list[Event] = []
    with suppress(ClocksDisagree):
        for event in apply_plan(workspace, planned, ApplySettings(fingerprint="sha256:00")):
            events.append(event)  # noqa: PERF402 - those before the error count too
    return events


@pytest.mark.parametrize("ahead", DAYS_OFF)
def test_apply_refuses_to_begin_and_says_what_both_clocks_say(scene: Scene, ahead: timedelta) -> None:
    scene.machine_ahead = ahead
    with pytest.raises(ClocksDisagree, match=r"This machine's clock says .*, the service's says 2026-03-02") as refused:
        scene.apply()
    assert f"{scene.machine_time():%Y-%m-%d}" in str(refused.value)
    assert "NTP" in refused.value.problems[0].remedy
    assert not scene.sent
    assert not scene.state_directory.exists()


def test_a_plan_shows_that_apply_will_refuse(scene: Scene) -> None:
    scene.machine_ahead = timedelta(days=2)
    assert [(warning.subject, warning.code) for warning in scene.plan().warnings] == [("this run", "clocks_disagree")]


def test_less_than_a_day_is_no_hindrance(scene: Scene) -> None:
    scene.machine_ahead = timedelta(hours=23)
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]


@pytest.mark.parametrize("ahead", DAYS_OFF)
def test_a_saved_plan_begins_nothing_once_the_first_answer_says_another_day(scene: Scene, ahead: timedelta) -> None:
    plan = scene.plan()
    scene.machine_ahead = ahead
    with scene.workspace() as workspace:
        assert codes(events_of(workspace, planned_from(workspace, plan))) == ["clocks_disagree"]
    with pytest.raises(ClocksDisagree):
        scene.apply(plan)
    assert not scene.sent
    assert scene.store.read("contoso") is None


@pytest.mark.parametrize("ahead", DAYS_OFF)
def test_what_is_pending_is_given_up_by_no_clock_that_is_off(pending: Scene, ahead: timedelta) -> None:
    plan, before = pending.plan(), pending.state()
    pending.machine_ahead = ahead
    assert [change.outcome for change in pending.plan().pending] == ["unknown"]
    with pending.workspace() as workspace:
        assert types_of(events_of(workspace, planned_from(workspace, plan))) == ["unknown", "summary"]
    assert pending.state() == before


@pytest.mark.parametrize(("passed", "ahead"), [(3600, -1), (0, 23)], ids=["the service's", "this machine's"])
def test_one_clock_that_is_hours_ahead_gives_nothing_up(scene: Scene, passed: int, ahead: int) -> None:
    scene.arm(FaultKind.DROPPED_BEFORE, method="POST", times=2)
    scene.apply()
    scene.clock.sleep(passed)
    scene.machine_ahead = timedelta(hours=ahead)
    settled = scene.plan().pending[0].remedy.steps[0].text
    assert types_of(scene.apply()) == ["unknown", "summary"]
    scene.clock.sleep(3600)
    assert types_of(scene.apply()) == ["not_done", "summary"]
    assert f"From 2026-03-02 1{3 if passed else 2}:0" in settled


@pytest.mark.parametrize("ahead", [-2, 22], ids=["the service's", "this machine's"])
def test_one_clock_that_is_hours_ahead_ends_no_doubt(doubted: Scene, ahead: int) -> None:
    doubted.leave_only()
    doubted.clock.sleep(23 * 3600 if ahead < 0 else 3600)
    doubted.machine_ahead = timedelta(hours=ahead)
    with pytest.raises(InvalidInput, match="may still show until 2026-03-03 1"):
        doubted.forget(OFFICE)


def test_the_day_of_doubt_is_counted_from_the_later_clock_when_it_was_sent(scene: Scene) -> None:
    """The service's clock was behind by then: by its time alone the day would be over 20 hours too soon."""
    scene.machine_ahead = timedelta(hours=20)
    scene.arm(FaultKind.DROPPED_BEFORE, method="POST", times=2)
    scene.apply()
    scene.clock.sleep(22 * 3600)
    scene.machine_ahead = timedelta()
    assert types_of(scene.apply()) == ["not_done", "summary"]
    scene.want(OFFICE, PROPLUS)
    scene.clock.sleep(20 * 3600)
    assert [reason.code for item in scene.plan().blocked for reason in item.reasons] == ["outcome_unknown"]
    scene.clock.sleep(4 * 3600)
    assert not scene.plan().blocked


def test_what_was_bought_is_waited_for_from_the_later_clock_on(scene: Scene) -> None:
    scene.behave(visible_after=60 * 3600)
    scene.machine_ahead = timedelta(hours=20)
    scene.apply()
    scene.machine_ahead = timedelta()
    scene.clock.sleep(43 * 3600)
    assert [item.outcome for item in scene.plan().pending] == ["waiting"]


def test_answers_without_a_date_begin_what_is_new_and_end_protections_a_day_later(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ServiceClock, "hear", lambda *_: None)
    scene.arm(FaultKind.DROPPED_BEFORE, method="POST", times=2)
    assert types_of(scene.apply()) == ["started", "unknown", "summary"]
    scene.clock.sleep(23 * 3600)
    assert types_of(scene.apply()) == ["unknown", "summary"]
    scene.clock.sleep(2 * 3600)
    assert types_of(scene.apply()) == ["not_done", "summary"]


def test_a_clock_that_goes_wrong_during_the_run_ends_it_before_the_next_intent(scene: Scene) -> None:
    with scene.workspace() as workspace:
        planned = plan_estate(workspace, EVERYTHING)
        scene.on("GET", "subscriptions", lambda _: setattr(scene, "machine_ahead", timedelta(days=2)))
        assert codes(events_of(workspace, planned)) == ["clocks_disagree"]
    assert not scene.sent


@pytest.mark.parametrize("ahead", DAYS_OFF)
@pytest.mark.parametrize("repair", [settle_as_not_done, lambda scene: scene.forget(OFFICE)])
def test_surgery_ends_no_protection_by_a_clock_that_is_off(
    doubted: Scene, ahead: timedelta, repair: Callable[[Scene], str]
) -> None:
    doubted.leave_only()
    before, doubted.machine_ahead = doubted.state(), ahead
    with pytest.raises(ClocksDisagree, match=r"Nothing was changed\."):
        repair(doubted)
    assert doubted.state() == before


def test_what_was_bought_and_does_not_show_waits_whatever_this_machine_says(invisible: Scene) -> None:
    invisible.machine_ahead = timedelta(days=2)
    assert [change.outcome for change in invisible.plan().pending] == ["waiting"]
    invisible.leave_only()
    with pytest.raises(ClocksDisagree):
        invisible.forget(OFFICE)


def test_what_nothing_is_open_of_is_forgotten_without_asking_the_service(scene: Scene) -> None:
    scene.want(OFFICE, BUSINESS)
    scene.apply()
    scene.leave_only()
    scene.machine_ahead, requests = timedelta(days=2), len(scene.counter.requests)
    assert "is not tracked any more" in scene.forget(OFFICE)
    assert len(scene.counter.requests) == requests


def edit(scene: Scene, **times: str) -> None:
    """Somebody edits the times of the state file; a later run reads it."""
    (file,) = scene.state_directory.rglob("contoso.json")
    text = file.read_text()
    document = json.loads(text)
    for held in (*document["pending"].get("office", {}).values(), document["subscriptions"]["office"]):
        held.update({name: time for name, time in times.items() if name in held})
    file.write_text(json.dumps(document))


@pytest.mark.parametrize("name", ["started_at", "resent_at", "owned_until", "hold_until", "observed_at"])
@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-03-02T12:00:00", "soon"])
def test_a_time_that_no_run_recorded_is_damage_and_its_place_is_named(pending: Scene, name: str, time: str) -> None:
    edit(pending, **{name: time})
    with pytest.raises(StateDamaged, match=name):
        pending.plan()


FUTURE = "2090-01-01T00:00:00Z"


@pytest.mark.parametrize("name", ["owned_until", "hold_until"])
def test_no_run_owns_a_change_for_longer_than_any_run_may(scene: Scene, name: str) -> None:
    scene.arm(FaultKind.DROPPED_BEFORE, method="POST", times=2)
    scene.apply()
    edit(scene, **{name: FUTURE})
    assert types_of(scene.apply()) == ["unknown", "summary"]
    assert "From 2026-03-06" in scene.plan().pending[0].remedy.steps[0].text
    scene.clock.sleep(4 * 86_400)
    assert types_of(scene.apply()) == ["not_done", "summary"]


def test_no_doubt_is_longer_than_two_days_whatever_a_file_says(doubted: Scene) -> None:
    (doubt,) = doubted.state().doubts()
    assert replace(doubt, shows_until=datetime(2090, 1, 1, tzinfo=UTC)).doubted_until - doubt.sent_at == timedelta(
        days=2
    )
    assert replace(doubt, shows_until=None).doubted_until - doubt.sent_at == timedelta(days=1)


def test_a_run_owns_its_change_though_its_word_ends_before_it_was_sent(scene: Scene) -> None:
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED, method="POST", times=2)
    scene.apply()
    edit(scene, owned_until="2020-01-01T00:00:00Z")
    assert types_of(scene.apply()) == ["unknown", "summary"]


def test_what_was_sent_in_the_future_is_given_up_by_nobody_and_a_person_is_told(pending: Scene) -> None:
    edit(pending, started_at=FUTURE, resent_at=FUTURE)
    assert types_of(pending.apply())[0] == "unknown"
    (item,) = pending.plan().pending
    step, by_hand = item.remedy.steps
    assert step.text.startswith("State says that it was sent at 2090-01-01 00:00:00 UTC, which is in the future")
    assert by_hand.run == ("state", "show", "contoso/office")
    assert settle_as_not_done(pending).startswith("contoso/office is settled as not done.")


def test_what_was_bought_in_the_future_is_blocked_and_can_not_be_forgotten(invisible: Scene) -> None:
    edit(invisible, observed_at=FUTURE)
    (blocked,) = invisible.plan().blocked
    assert [reason.code for reason in blocked.reasons] == ["subscription_missing"]
    invisible.leave_only()
    with pytest.raises(InvalidInput, match="was not seen at the service yet"):
        invisible.forget(OFFICE)
