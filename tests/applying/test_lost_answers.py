"""A write whose answer was lost, in the run that sent it: watched for, and sent once more at most."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.cli import exits
from reconciler.model.address import Address
from reconciler.model.errors import worst
from reconciler.model.event import Event, Unknown
from reconciler.model.result import Outcome
from reconciler.operations.repair.resolve import resolve_outcome
from reconciler.sandbox import Behaviour, FaultKind, Sold, SourceFate
from reconciler.sandbox.catalogue import BUSINESS, E3, PROPLUS
from tests.applying.scenes import Scene, a_scene, only, types_of

PERFORMED = (
    FaultKind.PERFORMED_THEN_DROPPED,
    FaultKind.HTTP_500_AFTER,
    FaultKind.HTML_BODY,
    FaultKind.HALF_BODY,
    FaultKind.EMPTY_BODY,
)
IDS = ("MS_REQUESTID", "MS_CORRELATIONID")
NOT_PERFORMED = (FaultKind.DROPPED_BEFORE, FaultKind.HTTP_500_BEFORE)


@pytest.fixture(params=[True, False], ids=["idempotent", "not idempotent"])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Scene:
    behaviour = Behaviour(idempotent=request.param, source_fate=SourceFate.STAYS_ACTIVE)
    return a_scene(tmp_path, behaviour, office=Sold(offer=BUSINESS, quantity=25))


@pytest.mark.parametrize("kind", PERFORMED)
def test_what_was_performed_is_found_and_recorded_as_recovered(scene: Scene, kind: FaultKind) -> None:
    scene.want("contoso/office", E3)
    scene.arm(kind, method="POST")
    events = scene.apply()
    (result,) = scene.state().results
    assert types_of(events) == ["started", "recovered", "summary"]
    assert (result.outcome, result.target_subscription_id) == (Outcome.RECOVERED, scene.ledger[0].target)
    assert worst(map(exits.of_event, events)) == 0
    assert scene.plan().unchanged == 1


@pytest.mark.parametrize("kind", PERFORMED)
def test_what_shows_late_is_watched_for(scene: Scene, kind: FaultKind) -> None:
    with scene.changed() as world:
        world.behaviour.visible_after = 45
    scene.want("contoso/office", E3)
    scene.arm(kind, method="POST")
    events = scene.apply()
    assert types_of(events) == ["started", "recovered", "summary"]
    assert sum(event.type == "waiting" for event in events) == 5


@pytest.mark.parametrize("kind", NOT_PERFORMED)
def test_what_was_not_performed_is_sent_once_more_under_the_same_ids(scene: Scene, kind: FaultKind) -> None:
    scene.want("contoso/office", E3)
    scene.arm(kind, method="POST")
    events = scene.apply()
    first, second = scene.sent
    assert types_of(events) == ["started", "succeeded", "summary"]
    assert [first.headers[name] for name in IDS] == [second.headers[name] for name in IDS]
    assert (first.body, len(scene.ledger)) == (second.body, 1)


def test_the_second_attempt_is_durable_before_it_leaves(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    scene.arm(FaultKind.DROPPED_BEFORE)
    attempts: list[int] = []
    scene.counter.watchers.append(
        lambda item: attempts.append(scene.state().pending_of("office")[0].attempts) if item.method == "POST" else None
    )
    scene.apply()
    assert attempts == [1, 2]


@pytest.mark.parametrize("kind", NOT_PERFORMED)
def test_what_is_lost_twice_is_unknown_and_stays_pending(scene: Scene, kind: FaultKind) -> None:
    scene.want("contoso/office", E3)
    scene.arm(kind, method="POST", times=2)
    events = scene.apply()
    unknown = only(events, "unknown")
    pending = scene.state().pending_of("office")[0]
    assert (pending.request_id, pending.attempts) == (unknown.request_id, 2)
    assert not unknown.description.startswith("The answer was lost: ")
    assert worst(map(exits.of_event, events)) == 9
    assert ("state", "resolve", "contoso/office", "--not-done") in {step.run for step in unknown.next}
    assert f"{pending.sent_at + timedelta(seconds=240):%H:%M:%S} UTC" in unknown.next[0].text
    assert scene.state().results == ()


def test_a_request_that_leaves_once_more_is_told_with_its_id(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    scene.arm(FaultKind.DROPPED_BEFORE)
    started, *_, again, ended, _ = (event for event in scene.apply() if event.type != "waiting")
    assert (again.type, ended.type, len(scene.sent)) == ("sent_again", "succeeded", 2)
    assert {started.request_id, again.request_id} == {ended.result.request_id}  # type: ignore[union-attr]


@pytest.mark.parametrize("second", [FaultKind.UNAUTHORIZED, FaultKind.HTTP_500_BEFORE, "Not today."])
def test_what_is_said_against_the_second_request_says_nothing_of_the_first(scene: Scene, second: str) -> None:
    scene.want("contoso/office", E3)
    scene.arm(FaultKind.DROPPED_BEFORE)
    scene.counter.watchers.append(lambda item: refuse(scene, second) if item.method == "POST" else None)
    assert types_of(scene.apply()) == ["started", "unknown", "summary"]
    assert (len(scene.sent), scene.state().pending_of("office")[0].attempts) == (2, 2)


def refuse(scene: Scene, how: str) -> None:
    """From the second write on, the service refuses it so."""
    if len(scene.sent) > 1 and how in set(FaultKind):
        scene.arm(FaultKind(how), method="POST")
    elif len(scene.sent) > 1:
        scene.somebody_changes("contoso/office", refusal=how)


@pytest.mark.parametrize(
    "change", [{"name": "Renamed"}, {"quantity": 26}, {"status": "suspended"}, {"refusal": "Not today."}]
)
def test_a_source_that_is_not_as_it_was_is_not_upgraded_again(scene: Scene, change: dict[str, object]) -> None:
    scene.want("contoso/office", E3)
    scene.arm(FaultKind.DROPPED_BEFORE)
    scene.on("POST", "/upgrades", lambda _: scene.somebody_changes("contoso/office", **change))
    assert types_of(scene.apply()) == ["started", "unknown", "summary"]
    assert len(scene.sent) == 1


@pytest.mark.parametrize(("offer", "quantity"), [(E3, 26), (E3, 25)])
def test_something_new_of_the_target_offer_keeps_it_from_being_sent_again(
    scene: Scene, offer: str, quantity: int
) -> None:
    """A second one that fits may be ours; and somebody may have resized ours."""
    scene.want("contoso/office", E3)
    scene.arm(FaultKind.DROPPED_BEFORE)
    new = [Sold(id=other_id(number), offer=offer, quantity=quantity) for number in (1, 2)]
    scene.on("POST", "/upgrades", lambda _: scene.somebody_buys(*new))
    assert types_of(scene.apply()) == ["started", "unknown", "summary"]
    assert len(scene.sent) == 1


def test_somebody_who_writes_state_meanwhile_keeps_it_from_being_sent_again(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    scene.arm(FaultKind.DROPPED_BEFORE)
    scene.on("POST", "/upgrades", lambda _: scene.somebody_writes_state())
    assert types_of(scene.apply()) == ["started", "unknown", "summary"]
    assert len(scene.sent) == 1


def test_what_another_run_has_settled_meanwhile_is_not_sent_again(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    scene.arm(FaultKind.DROPPED_BEFORE)
    scene.on("POST", "/upgrades", lambda _: scene.settle_as_not_done("contoso/office"))
    events = scene.apply()
    assert (types_of(events), only(events, "stale").sent) == (["started", "stale", "summary"], True)
    assert (len(scene.sent), scene.state().pending) == (1, {})


def test_too_many_failures_keep_it_from_being_sent_again(tmp_path: Path) -> None:
    scene = a_scene(tmp_path, office=Sold(offer=BUSINESS, quantity=25), branch=Sold(offer=BUSINESS, quantity=25))
    scene.settings = replace(scene.settings, limits=replace(scene.settings.limits, stop_after_failures=1))
    scene.want("contoso/branch", E3)
    scene.arm(FaultKind.DROPPED_BEFORE, times=2)
    assert types_of(scene.apply()) == ["started", "unknown", "summary"]
    assert len(scene.sent) == 2


def assert_offers_what_can_work(events: Iterable[Event], *, performed: bool) -> None:
    """Of a change that the log has as done, no step calls it not done, and no time settles it."""
    steps = [step for event in events if isinstance(event, Unknown) for step in event.next]
    assert any("--not-done" in step.run for step in steps) is not performed
    assert any("From " in step.text for step in steps) is not performed


@pytest.mark.parametrize("kind", [*PERFORMED, *NOT_PERFORMED])
def test_no_later_run_sends_it_while_its_owner_may_be_at_work(scene: Scene, kind: FaultKind) -> None:
    """The audit log tells of what was performed, though it does not show."""
    with scene.changed() as world:
        world.behaviour.visible_after = 7200
    scene.want("contoso/office", E3)
    scene.arm(kind, method="POST", times=2)
    scene.apply()
    sent = len(scene.sent)
    assert sent == (1 if kind in PERFORMED else 2)
    for _ in range(3):
        events = scene.apply()
        assert "unknown" in types_of(events)
        assert_offers_what_can_work(events, performed=kind in PERFORMED)
    plan = scene.plan()
    remedies = (plan.pending[0].remedy, plan.blocked[0].reasons[0].remedy)
    offered = [step.run for remedy in remedies for step in remedy.steps]
    assert any("--not-done" in run for run in offered) is (kind in NOT_PERFORMED)
    assert ("apply", "--settle") in offered or kind in NOT_PERFORMED
    assert len(scene.sent) == sent


@pytest.mark.parametrize("kind", PERFORMED)
def test_the_next_run_records_what_shows_by_then(scene: Scene, kind: FaultKind) -> None:
    with scene.changed() as world:
        world.behaviour.visible_after = 7200
    scene.want("contoso/office", E3)
    scene.arm(kind, method="POST")
    scene.apply()
    scene.clock.sleep(7200)
    assert [change.outcome for change in scene.plan().pending] == ["recovered"]
    assert types_of(scene.apply()) == ["recovered", "summary"]
    assert scene.plan().unchanged == 1


def test_the_same_plan_applied_again_tells_of_what_was_done_once(scene: Scene) -> None:
    """The job is run again, as one does: what the first run bought is recovered, and nothing is stale."""
    with scene.changed() as world:
        world.behaviour.visible_after = 7200
    scene.want("contoso/office", E3)
    plan = scene.plan()
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED, method="POST")
    scene.apply(plan)
    scene.clock.sleep(7200)
    assert types_of(scene.apply(plan)) == ["recovered", "summary"]


def test_planning_says_that_nothing_is_sent_until_it_is_settled(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    scene.arm(FaultKind.DROPPED_BEFORE, times=2)
    scene.apply()
    plan = scene.plan()
    assert [reason.code for blocked in plan.blocked for reason in blocked.reasons] == ["outcome_unknown"]
    assert ([change.outcome for change in plan.pending], plan.changes) == (["unknown"], ())


@pytest.mark.parametrize(("audited_after", "outcome"), [(0, "recovered"), (86_400, "unknown")])
def test_of_two_that_could_be_the_target_only_the_audit_log_can_tell(
    scene: Scene, audited_after: float, outcome: str
) -> None:
    scene.want("contoso/office", E3)
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED)
    with scene.changed() as world:
        world.behaviour.visible_after, world.behaviour.audited_after = 20, audited_after
        soon = scene.clock.utc() + timedelta(seconds=20)
        world.customers[0].subscriptions.append(Sold(id=other_id(1), offer=E3, quantity=25, visible_from=soon))
    assert types_of(scene.apply()) == ["started", outcome, "summary"]
    assert types_of(scene.apply()) == (["summary"] if outcome == "recovered" else ["unknown", "summary"])


@pytest.mark.parametrize(("offer", "quantity"), [(E3, 26), (PROPLUS, 25)])
def test_a_new_subscription_of_another_offer_or_size_is_not_the_target(scene: Scene, offer: str, quantity: int) -> None:
    scene.want("contoso/office", E3)
    scene.arm(FaultKind.DROPPED_BEFORE, times=2)
    scene.apply()
    scene.somebody_buys(Sold(id=other_id(1), offer=offer, quantity=quantity))
    assert types_of(scene.apply()) == ["unknown", "summary"]


def test_one_new_subscription_for_two_pending_changes_is_nobodys(two_offices: Scene) -> None:
    """Had the second change taken it for its own, the first would look undone, and be bought again."""
    scene = two_offices
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED, method="POST", times=2)
    scene.arm(FaultKind.DROPPED_BEFORE, method="POST", skip=2, times=2)
    assert types_of(scene.apply()) == ["started", "unknown", "started", "unknown", "summary"]
    scene.clock.sleep(7200)
    assert types_of(scene.apply()) == ["unknown", "unknown", "summary"]
    assert set(scene.state().pending) == {"branch", "office"}


def test_once_one_of_two_is_settled_the_other_is_found(two_offices: Scene) -> None:
    scene = two_offices
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED, method="POST", times=4)
    scene.apply()
    scene.clock.sleep(7200)
    with scene.commerce() as commerce:
        resolve_outcome(scene.repair(), Address("contoso/branch"), scene.ledger[0].target, commerce)
    assert types_of(scene.apply()) == ["recovered", "summary"]
    assert scene.state().subscriptions["office"].id == scene.ledger[1].target


def test_a_pending_change_is_settled_though_its_entry_was_edited(scene: Scene) -> None:
    """The upgrade that was bought is recorded first, then the seats that the manifest asks for now are added."""
    late(scene)
    scene.want("contoso/office", E3, 30)
    assert types_of(scene.apply()) == ["recovered", "started", "succeeded", "summary"]
    assert scene.state().subscriptions["office"].quantity == 30
    assert [entry.quantity for entry in scene.ledger] == [25, 30]


@pytest.mark.parametrize("remove", [lambda scene: scene.manifests.clear(), lambda scene: scene.leave_only("frontline")])
def test_a_pending_change_is_settled_though_its_entry_was_removed(
    tmp_path: Path, remove: Callable[[Scene], object]
) -> None:
    scene = a_scene(tmp_path, office=Sold(offer=BUSINESS, quantity=25), frontline=Sold(offer=BUSINESS, quantity=1))
    late(scene)
    remove(scene)
    assert types_of(scene.apply()) == ["recovered", "summary"]
    assert scene.state().subscriptions["office"].id == scene.ledger[0].target
    assert "contoso/office" in scene.plan().undeclared


def late(scene: Scene) -> None:
    """An upgrade to E3 that was performed, whose answer was lost, and that shows only after the run."""
    with scene.changed() as world:
        world.behaviour.visible_after = 7200
    scene.want("contoso/office", E3)
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED)
    assert "unknown" in types_of(scene.apply())
    scene.clock.sleep(7200)


@pytest.fixture
def two_offices(tmp_path: Path) -> Scene:
    """Two addresses of a customer that want the same offer and as many seats; what is bought shows after two hours."""
    offices = {name: Sold(offer=BUSINESS, quantity=25) for name in ("branch", "office")}
    scene = a_scene(tmp_path, Behaviour(visible_after=7200, audited_after=86_400), **offices)
    for name in offices:
        scene.want(f"contoso/{name}", PROPLUS)
    return scene


def other_id(number: int) -> str:
    return f"0abcdef0-0000-4000-8000-{number:012}"
