"""Several changes of one address, two of them of kinds that exist only here: order, failures, crashes, late answers."""

import pytest

from reconciler import changes
from reconciler.model.event import Event
from reconciler.model.result import Outcome
from tests.changes.service import KINDS, SOURCE, TARGET, BillRequest, RenewRequest, Scene, changes_for
from tests.requested import an_upgrade

UPGRADE = an_upgrade("e3", 5, way="upgrade_only")
BILL = BillRequest(billing="monthly")
RENEW = RenewRequest(name="twenty")
ALL = changes_for(RENEW, BILL, UPGRADE)


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    """The office is to be upgraded, billed by the month, and to renew otherwise."""
    for name, kind in KINDS.items():
        monkeypatch.setitem(changes.KINDS, name, kind)
    return Scene()


def codes_of(events: list[Event]) -> list[str]:
    codes = (getattr(event, "code", "") for event in events)
    return [
        code or event.type
        for event, code in zip(events, codes, strict=True)
        if event.type not in {"waiting", "sent_again"}
    ]


def outcomes(scene: Scene) -> list[tuple[str, Outcome]]:
    return [(result.action, result.outcome) for result in scene.state.results]


def test_each_is_carried_out_in_its_kinds_order_where_the_earlier_ones_left_the_address(scene: Scene) -> None:
    assert codes_of(scene.apply(*ALL)) == ["started", "succeeded"] * 3 + ["summary"]
    assert scene.service.written == [("upgrade", SOURCE), ("bill", TARGET), ("renew", TARGET)]
    assert outcomes(scene) == [(action, Outcome.SUCCEEDED) for action in ("upgrade", "bill", "renew")]
    assert len({ticket.request_id for ticket in scene.service.tickets}) == 3
    bound = scene.state.subscriptions["office"]
    assert (bound.chain, scene.state.pending) == ((SOURCE, TARGET), {})


def test_what_follows_one_that_failed_is_skipped_except_what_stands_alone(scene: Scene) -> None:
    scene.service.accidents[1] = "refused"
    events = codes_of(scene.apply(*ALL))
    assert events == ["started", "800090", "earlier_change_failed", "started", "succeeded", "summary"]
    assert scene.service.written == [("upgrade", SOURCE), ("renew", SOURCE)]


def test_what_stands_alone_waits_as_well_while_an_earlier_one_is_pending(scene: Scene) -> None:
    scene.service.accidents |= {1: "dropped", 2: "dropped"}
    events = codes_of(scene.apply(*ALL))
    assert events == ["started", "unknown", "earlier_change_failed", "earlier_change_failed", "summary"]
    assert [pending.action for pending in scene.state.pending_of("office")] == ["upgrade"]
    assert scene.service.written == [("upgrade", SOURCE)] * 2


@pytest.mark.parametrize("accident", ["lost", "dropped"])
@pytest.mark.parametrize("write", [1, 2])
def test_a_lost_answer_is_recovered_or_sent_again_and_the_later_ones_go_on(
    scene: Scene, write: int, accident: str
) -> None:
    scene.service.accidents[write] = accident
    events = codes_of(scene.apply(*ALL))
    assert events.count("recovered") == (accident == "lost")
    assert [action for action, outcome in outcomes(scene) if outcome.performed] == ["upgrade", "bill", "renew"]
    assert len(scene.service.lives) == 2


@pytest.mark.parametrize("serial", range(1, 7))
def test_after_a_crash_the_same_plan_does_what_is_left_and_nothing_twice(scene: Scene, serial: int) -> None:
    """The process dies at any write of state; the next run of the plan goes on, once nobody can be at work any more."""
    scene.store.crash_at = serial
    with pytest.raises(KeyboardInterrupt):
        scene.apply(*ALL)
    scene.store.crash_at = 0
    for _ in range(3):
        scene.service.sleep(3600)
        scene.apply(*ALL, run="later")
    performed = [action for action, outcome in outcomes(scene) if outcome.performed]
    assert sorted(performed) == ["bill", "renew", "upgrade"]
    assert [what for what, _ in scene.service.written].count("upgrade") == 1
    live = scene.service.lives[TARGET]
    assert (live.billing, live.friendly_name, scene.state.pending) == ("monthly", "twenty", {})


def test_a_binding_that_another_plans_result_moved_is_stale(scene: Scene) -> None:
    scene.apply(*changes_for(UPGRADE), fingerprint="sha256:another")
    assert codes_of(scene.apply(*changes_for(BILL))) == ["stale", "summary"]


def test_accepted_work_that_is_not_finished_stays_pending_under_its_operation(scene: Scene) -> None:
    scene.service.works_for = 3600
    assert codes_of(scene.apply(*changes_for(RENEW))) == ["started", "unknown", "summary"]
    (pending,) = scene.state.pending_of("office")
    assert (pending.action, pending.operation) == ("renew", f"operation of {SOURCE}")
    scene.service.sleep(3600)
    assert codes_of(scene.apply(run="later")) == ["succeeded", "summary"]
    assert (outcomes(scene), scene.state.pending) == ([("renew", Outcome.SUCCEEDED)], {})
    assert scene.state.results[0].operation == f"operation of {SOURCE}"


def test_accepted_work_that_fails_is_failed_in_the_run_that_sees_it(scene: Scene) -> None:
    assert codes_of(scene.apply(*changes_for(RenewRequest(name="impossible")))) == ["started", "other", "summary"]
    assert (outcomes(scene), scene.state.pending) == ([("renew", Outcome.FAILED)], {})


def test_accepted_work_that_fails_after_its_run_is_failed_by_a_later_one(scene: Scene) -> None:
    scene.service.works_for = 3600
    scene.apply(*changes_for(RenewRequest(name="impossible")))
    scene.service.sleep(3600)
    assert codes_of(scene.apply(run="later")) == ["other", "summary"]
    assert (outcomes(scene), scene.state.pending) == ([("renew", Outcome.FAILED)], {})
