"""Later runs settle what earlier ones left, and send none of it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.cli import exits
from reconciler.model.address import Address
from reconciler.model.errors import InvalidInput, worst
from reconciler.model.event import Event
from reconciler.model.result import Outcome
from reconciler.model.settings import Wait
from reconciler.model.upgrade import UpgradeResult
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.drift import find_drift
from reconciler.operations.imports import Importer
from reconciler.operations.plan import plan_estate
from reconciler.operations.repair.adopt import adopt_subscription
from reconciler.operations.repair.resolve import resolve_outcome
from reconciler.partner_center.client import PartnerCenter
from reconciler.planning import Globs
from reconciler.sandbox import Behaviour, FaultKind, Sold, SourceFate
from reconciler.sandbox.catalogue import BUSINESS, E1, E3, F1, PROPLUS
from reconciler.sandbox.records import Answered
from tests.applying.scenes import EVERYTHING, Request, Scene, Stop, a_scene, types_of

OFFICES = ("branch", "office")
BRANCH, OFFICE = Address("contoso/branch"), Address("contoso/office")
NEVER = 365 * 86_400
NOBODYS = "0abcdef0-0000-4000-8000-000000000009"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Two offices whose upgrades were lost, twice each, and not performed; sources stay as they are."""
    sold = {name: Sold(offer=BUSINESS, quantity=20 + number) for number, name in enumerate(OFFICES)}
    scene = a_scene(tmp_path, Behaviour(source_fate=SourceFate.STAYS_ACTIVE, audited_after=NEVER), **sold)
    for name in OFFICES:
        scene.want(f"contoso/{name}", PROPLUS)
    scene.arm(FaultKind.DROPPED_BEFORE, method="POST", times=4)
    assert types_of(scene.apply()) == ["started", "unknown"] * 2 + ["summary"]
    return scene


def over(scene: Scene) -> None:
    """The time is over in which the run that sent them can be at work on them."""
    scene.clock.sleep(scene.settings.wait.owned_seconds)


def test_all_that_is_pending_for_a_customer_is_watched_in_one_wait(scene: Scene) -> None:
    over(scene)
    before = scene.clock.utc()
    events = scene.apply()
    assert types_of(events) == ["not_done", "not_done", "summary"]
    assert scene.clock.utc() - before < timedelta(seconds=2 * scene.settings.wait.timeout_seconds)
    assert len(scene.sent) == 4


def test_what_was_given_up_is_planned_afresh_by_the_next_run(scene: Scene) -> None:
    over(scene)
    events = scene.apply()
    assert worst(map(exits.of_event, events)) == 6
    assert [result.outcome for result in scene.state().results] == [Outcome.NOT_DONE] * 2
    scene.leave_only("office")
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert len({request.request_id for request in scene.sent if scene.id_of(OFFICE) in request.path.lower()}) == 1


def test_a_second_attempt_counts_from_when_it_was_sent(scene: Scene) -> None:
    office = scene.state().pending_of("office")[0]
    first = office.started_at + timedelta(seconds=scene.settings.wait.owned_seconds)
    scene.clock.sleep((first - scene.clock.utc()).total_seconds() + 1)
    assert types_of(scene.apply()) == ["not_done", "unknown", "summary"]


@pytest.mark.parametrize("change", [{"name": "Renamed"}, {"status": "suspended"}])
def test_a_source_that_changes_during_the_wait_is_not_given_up(scene: Scene, change: dict[str, object]) -> None:
    over(scene)
    looks = iter(range(9))

    def somebody(_request: object) -> None:
        if next(looks, 0) == 4:
            scene.somebody_changes(OFFICE, **change)

    scene.counter.watchers.append(somebody)
    assert types_of(scene.apply()) == ["not_done", "unknown", "summary"]


def test_a_run_that_is_stopped_gives_nothing_up(scene: Scene) -> None:
    over(scene)
    stop = Stop(scene.clock)
    scene.on("GET", "/subscriptions", lambda _: scene.on("GET", "/subscriptions", lambda _: stop.set()))
    assert types_of(scene.apply(stop=stop)) == ["unknown", "unknown", "summary"]


def test_a_log_that_can_not_be_read_now_may_know_more(scene: Scene) -> None:
    over(scene)
    scene.arm(FaultKind.HTTP_500_BEFORE, method="GET", path="auditrecords", times=-1)
    assert types_of(scene.apply()) == ["unknown", "unknown", "summary"]


def test_what_another_run_settles_during_the_wait_is_left_to_it(scene: Scene) -> None:
    over(scene)
    scene.on("GET", "/auditrecords", lambda _: scene.settle_as_not_done(OFFICE))
    events = scene.apply()
    assert types_of(events) == ["not_done", "summary"]
    assert len(scene.state().results) == 2


def test_how_long_a_run_owns_its_change_is_its_own_word(scene: Scene) -> None:
    """A later run with shorter settings gives up nothing of one that may still be at work."""
    scene.settings = replace(scene.settings, wait=Wait(timeout_seconds=5, interval_seconds=5, request_seconds=5))
    assert types_of(scene.apply()) == ["unknown", "unknown", "summary"]
    scene.clock.sleep(300)
    assert types_of(scene.apply()) == ["not_done", "not_done", "summary"]


def lost_and_given_up(tmp_path: Path, **behaviour: object) -> Scene:
    """An upgrade that was performed, does not show for three hours, and was given up."""
    scene = a_scene(tmp_path, office=Sold(offer=BUSINESS, quantity=25))
    scene.behave(source_fate=SourceFate.STAYS_ACTIVE, visible_after=3 * 3600, audited_after=NEVER, **behaviour)
    scene.want(OFFICE, E3)
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED, method="POST", times=2)
    scene.apply()
    scene.clock.sleep(3600)
    assert types_of(scene.apply()) == ["not_done", "summary"]
    return scene


def test_the_same_asked_again_is_answered_with_what_was_bought(tmp_path: Path) -> None:
    scene = lost_and_given_up(tmp_path)
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert len(scene.ledger) == 1
    assert scene.state().subscriptions["office"].id == scene.ledger[0].target


@pytest.mark.parametrize(
    ("asked", "then"),
    [((E1, 25), ["recovered", "summary"]), ((E3, 26), ["recovered", "started", "succeeded", "summary"])],
    ids=["another offer", "more seats"],
)
def test_something_else_asked_waits_until_a_purchase_would_show(
    tmp_path: Path, asked: tuple[str, int], then: list[str]
) -> None:
    scene = lost_and_given_up(tmp_path)
    scene.want(OFFICE, *asked)
    (blocked,) = scene.plan().blocked
    assert "reconciler state resolve contoso/office --not-done" in "\n".join(
        step.plain for step in blocked.reasons[0].remedy.steps
    )
    assert "Ask for the same again" in "\n".join(step.plain for step in blocked.reasons[0].remedy.steps)
    scene.clock.sleep(3 * 3600)
    assert types_of(scene.apply()) == then
    assert [entry.offer for entry in scene.ledger] == [E3] * (len(then) // 2)


@pytest.mark.parametrize("hours", [3, 80])
def test_what_shows_after_all_is_recorded_though_nobody_asks_for_it_any_more(tmp_path: Path, hours: int) -> None:
    scene = lost_and_given_up(tmp_path)
    scene.manifests.clear()
    scene.clock.sleep(hours * 3600)
    assert types_of(scene.apply()) == ["recovered", "summary"]
    assert [result.outcome for result in scene.state().results] == [Outcome.NOT_DONE, Outcome.RECOVERED]


def test_after_a_day_anything_may_be_asked(scene: Scene) -> None:
    over(scene)
    scene.apply()
    scene.want(BRANCH, E1)
    scene.leave_only("branch")
    scene.clock.sleep(24 * 3600)
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]


def test_a_person_who_has_looked_and_says_it_twice_may_ask_for_anything_at_once(scene: Scene) -> None:
    over(scene)
    scene.apply()
    scene.want(BRANCH, E1)
    with scene.commerce() as commerce:
        resolve_outcome(scene.repair(), BRANCH, None, commerce)
        assert [change.address for change in scene.plan().changes] == [OFFICE]
        resolve_outcome(scene.repair(), BRANCH, None, commerce)
    assert [doubt.subscription_id for doubt in scene.state().doubts()] == [scene.id_of("contoso/office")]
    assert [change.address for change in scene.plan().changes] == [BRANCH, OFFICE]


def test_what_an_open_change_may_have_bought_is_not_adopted_elsewhere(tmp_path: Path) -> None:
    scene = lost_and_given_up(tmp_path)
    scene.clock.sleep(3 * 3600)
    with scene.commerce() as commerce, pytest.raises(InvalidInput, match="may be what a request without an answer"):
        adopt_subscription(scene.repair(), OFFICE, scene.ledger[0].target, commerce)


def test_while_two_compete_for_one_neither_is_called_not_done(tmp_path: Path) -> None:
    scene = a_scene(tmp_path, **{name: Sold(offer=BUSINESS, quantity=25) for name in OFFICES})
    scene.behave(visible_after=3600, audited_after=NEVER)
    for name in OFFICES:
        scene.want(f"contoso/{name}", E3)
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED, method="POST", times=1)
    scene.arm(FaultKind.DROPPED_BEFORE, method="POST", times=3)
    scene.apply()
    scene.clock.sleep(3600)
    with scene.commerce() as commerce:
        with pytest.raises(InvalidInput, match=r"by the change of contoso/office or by that of contoso/branch"):
            resolve_outcome(scene.repair(), OFFICE, None, commerce)
        resolve_outcome(scene.repair(), BRANCH, scene.ledger[0].target, commerce)
        resolve_outcome(scene.repair(), OFFICE, None, commerce)
    assert scene.state().pending == {}


def test_what_somebody_else_bought_keeps_nothing_open(scene: Scene) -> None:
    """It looks like what a change made; a person knows better."""
    scene.somebody_buys(Sold(id=NOBODYS, offer=PROPLUS, quantity=20))
    with scene.commerce() as commerce:
        with pytest.raises(InvalidInput) as refused:
            resolve_outcome(scene.repair(), BRANCH, None, commerce)
        resolve_outcome(scene.repair(), BRANCH, None, commerce, [NOBODYS.upper()])
    assert f"contoso/branch --not-done --not-ours {NOBODYS}" in refused.value.problems[0].remedy
    assert NOBODYS in scene.state().pending_of("office")[0].known_subscription_ids


def test_only_a_subscription_of_the_customer_can_be_somebody_elses(scene: Scene) -> None:
    with scene.commerce() as commerce, pytest.raises(InvalidInput, match="has no subscription"):
        resolve_outcome(scene.repair(), BRANCH, None, commerce, [NOBODYS])


def test_an_answer_that_names_a_subscription_of_before_is_no_answer(tmp_path: Path) -> None:
    """A service that answers one request with the answer to another binds no address to what is not its own."""
    scene = a_scene(tmp_path, office=Sold(offer=BUSINESS, quantity=25), other=Sold(offer=F1, quantity=25))
    scene.want(OFFICE, E3)

    def mixed_up(request: Request) -> None:
        document = {"targetSubscriptionId": scene.id_of("contoso/other"), "upgradeErrors": [], "licenseErrors": []}
        with scene.changed() as world:
            key = f"{request.request_id} POST {request.path.lower()}"
            world.answered[key] = Answered(status=200, headers={}, document=document)

    scene.on("POST", "/upgrades", mixed_up)
    assert types_of(scene.apply()) == ["started", "unknown", "summary"]
    assert scene.state().claimed_by(scene.id_of("contoso/other")) == "other"


def test_a_fault_of_the_program_leaves_what_was_begun_and_skips_the_rest(scene: Scene) -> None:
    """The error comes last, after an event for every change."""
    over(scene)
    scene.apply()
    events: list[Event] = []

    class Broken(PartnerCenter):
        def upgrade(self, *_given: object, **_more: object) -> UpgradeResult:
            raise ZeroDivisionError

    with scene.commerce() as commerce:
        commerce.__class__ = Broken
        workspace = scene.workspace_of(commerce, scene.store)
        told_one_by_one = apply_plan(workspace, plan_estate(workspace, Globs()), ApplySettings())
        with pytest.raises(ZeroDivisionError):
            events.extend(told_one_by_one)
    assert types_of(events) == ["started", "unknown", "skipped", "summary"]
    assert scene.state().pending.keys() == {"branch"}


def test_what_our_own_request_made_is_neither_drift_nor_anybody_elses(tmp_path: Path) -> None:
    """Given up as not done; then it shows, and its source is suspended."""
    late = Behaviour(visible_after=86_000, audited_after=NEVER)
    scene = a_scene(tmp_path, late, office=Sold(offer=BUSINESS, quantity=25))
    scene.apply()
    scene.want("contoso/office", E3)
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED, method="POST")
    scene.arm(FaultKind.DROPPED_BEFORE, method="POST")
    scene.apply()
    scene.settle_as_not_done("contoso/office", in_doubt=True)
    scene.clock.sleep(86_000)
    with scene.workspace() as workspace:
        drift, plan = find_drift(workspace), plan_estate(workspace, EVERYTHING).plan
        commerce, store, settings = workspace.commerce, workspace.store, workspace.settings
        importer = Importer(commerce=commerce, store=store, settings=settings, known=None)
        draft = b"".join(importer.bring_in(None).files.values()).decode()
    assert (drift.has_drift, plan.drift) == (False, ())
    assert [item.outcome for item in (*drift.pending, *plan.pending)] == ["recovered", "recovered"]
    assert "a request for contoso/office bought it or may have" in draft
