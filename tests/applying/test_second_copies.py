"""A gateway sends a write twice: the second copy meets what the first one did, and its answer is no "no"."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.cli import exits
from reconciler.model.address import Address
from reconciler.model.audit import AuditRecord
from reconciler.model.errors import InvalidInput, ServiceRefused, worst
from reconciler.model.evidence import Log, logged
from reconciler.model.pending import Reply
from reconciler.model.result import Outcome
from reconciler.model.run import Process
from reconciler.operations.repair.resolve import resolve_outcome
from reconciler.sandbox import Behaviour, Sold, SourceFate
from reconciler.sandbox.catalogue import BUSINESS, E3, PROPLUS
from tests.applying.scenes import NOON, Scene, SecondCopy, a_scene, codes, only, types_of


def own(code: str) -> bytes:
    return json.dumps({"code": code, "description": "No.", "data": [], "source": "PartnerFD"}).encode()


HTML = b"<html><title>Gateway</title></html>"
OPEN = [
    (409, own("800014")),
    (409, own("900278")),
    (409, HTML),
    (400, own("800082")),
    (400, HTML),
    (401, b""),
    (403, b'{"message": "No rights."}'),
    (404, b""),
    (412, HTML),
    (425, own("1")),
    (499, b""),
]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """A service that keeps its promise to answer a repeated request with its first answer."""
    behaviour = Behaviour(source_fate=SourceFate.STAYS_ACTIVE, audited_after=30 * 86_400)
    return a_scene(tmp_path, behaviour, office=Sold(offer=BUSINESS, quantity=25))


@pytest.fixture(params=["upgrade", "resize"])
def wished(request: pytest.FixtureRequest, scene: Scene) -> Scene:
    scene.want("contoso/office", E3 if request.param == "upgrade" else None, 30)
    return scene


@pytest.mark.parametrize(("status", "body"), OPEN)
def test_what_was_done_is_found(wished: Scene, status: int, body: bytes) -> None:
    wished.second_copies(SecondCopy(status=status, body=body))
    assert types_of(wished.apply()) == ["started", "recovered", "summary"]
    assert (len(wished.sent), len(wished.ledger)) == (1, 1)


@pytest.mark.parametrize(("status", "body"), OPEN)
def test_what_shows_only_after_the_run_is_bought_once(scene: Scene, status: int, body: bytes) -> None:
    scene.want("contoso/office", E3)
    scene.behave(visible_after=7200)
    scene.second_copies(SecondCopy(status=status, body=body), SecondCopy(status=status, body=body, performed=False))
    events = scene.apply()
    assert not any("Nothing was changed" in str(event) for event in events)
    for _ in range(4):
        scene.clock.sleep(3600)
        scene.apply()
    assert len(scene.ledger) == 1
    assert scene.state().subscriptions["office"].id == scene.ledger[0].target


@pytest.mark.parametrize(("status", "body"), OPEN[3:6])
def test_what_was_not_done_is_sent_once_more_under_the_same_id(wished: Scene, status: int, body: bytes) -> None:
    wished.second_copies(SecondCopy(status=status, body=body, performed=False))
    assert types_of(wished.apply()) == ["started", "succeeded", "summary"]
    first, second = wished.sent
    assert (first.request_id, first.body, len(wished.ledger)) == (second.request_id, second.body, 1)


def test_a_conflict_of_which_nothing_shows_for_the_whole_wait_is_not_done(wished: Scene) -> None:
    """Asked again, it goes under the same id: were it done after all, the service would say so."""
    conflict = SecondCopy(status=409, body=own("800014"), performed=False)
    wished.second_copies(conflict, conflict)
    events = wished.apply()
    assert (types_of(events), codes(events)) == (["started", "failed", "summary"], ["800014"])
    assert only(events, "failed").in_doubt
    (result,) = wished.state().results
    assert (result.outcome, result.unanswered is not None, wished.state().pending) == (Outcome.NOT_DONE, True, {})
    assert types_of(wished.apply()) == ["started", "succeeded", "summary"]
    assert len({request.request_id for request in wished.sent}) == 1


@pytest.mark.parametrize("answers", [(409, 504), (504, 409)])
def test_a_conflict_says_nothing_of_another_attempt_that_got_no_answer(wished: Scene, answers: tuple[int, int]) -> None:
    wished.second_copies(*(SecondCopy(status=status, body=own("1"), performed=False) for status in answers))
    assert types_of(wished.apply()) == ["started", "unknown", "summary"]


def test_an_operation_that_the_service_is_at_work_on_holds_the_address_for_a_day(wished: Scene) -> None:
    wished.second_copies(SecondCopy(status=409, body=own("900278"), performed=False))
    events = wished.apply()
    assert (types_of(events), worst(map(exits.of_event, events))) == (["started", "unknown", "summary"], 9)
    pending = wished.state().pending_of("office")[0]
    assert pending.hold_until
    assert pending.reply is Reply.HELD
    assert f"{pending.hold_until:%Y-%m-%d %H:%M:%S} UTC" in only(events, "unknown").next[0].text
    wished.clock.sleep(timedelta(hours=23).total_seconds())
    assert types_of(wished.apply()) == ["unknown", "summary"]
    wished.clock.sleep(timedelta(hours=2).total_seconds())
    assert types_of(wished.apply()) == ["not_done", "summary"]
    assert len(wished.sent) == 1


def test_that_its_run_is_gone_ends_no_such_day(tmp_path: Path) -> None:
    scene = a_scene(tmp_path, office=Sold(offer=BUSINESS, quantity=25))
    scene.process = Process(host="runner", booted_at=0, pid=1, started_at=0)
    scene.want("contoso/office", PROPLUS)
    scene.second_copies(SecondCopy(status=409, body=own("900278"), performed=False))
    scene.apply()
    scene.dead_processes.append(scene.process)
    assert types_of(scene.apply()) == ["unknown", "summary"]


@pytest.mark.parametrize(("status", "code"), [(400, "400030"), (404, "1000"), (403, "2000")])
def test_a_refusal_of_the_repeated_request_says_nothing_of_the_first(scene: Scene, status: int, code: str) -> None:
    """It was performed and shows after 20 hours: until the day is over, no new id is taken."""
    scene.want("contoso/office", E3)
    scene.behave(visible_after=20 * 3600)
    scene.second_copies(SecondCopy(status=500, body=b""), SecondCopy(status=500, body=b"", performed=False))
    assert types_of(scene.apply()) == ["started", "unknown", "summary"]
    scene.clock.sleep(3600)
    assert types_of(scene.apply()) == ["not_done", "summary"]
    scene.second_copies(SecondCopy(status=status, body=own(code), performed=False))
    assert types_of(scene.apply()) == ["started", "failed", "summary"]
    for _ in range(4):
        scene.clock.sleep(6 * 3600)
        scene.apply()
    assert len(scene.ledger) == 1
    assert scene.state().subscriptions["office"].id == scene.ledger[0].target


@pytest.mark.parametrize(("status", "code"), [(412, "2055"), (400, "2055")])
def test_a_stale_etag_of_the_second_copy_is_looked_into(scene: Scene, status: int, code: str) -> None:
    scene.want("contoso/office", quantity=40)
    scene.second_copies(SecondCopy(status=status, body=own(code)))
    assert types_of(scene.apply()) == ["started", "recovered", "summary"]
    assert (scene.state().subscriptions["office"].quantity, scene.plan().drift) == (40, ())


@pytest.mark.parametrize("body", [HTML, b""])
def test_a_gateways_404_does_not_say_that_a_customer_left(scene: Scene, body: bytes) -> None:
    scene.want("contoso/office", E3)
    scene.second_copies(SecondCopy(status=500, body=b""), SecondCopy(status=500, body=b"", performed=False))
    scene.behave(visible_after=3600)
    scene.apply()
    scene.counter.refusal, scene.counter.forbid = "404 Not Found", lambda _: body
    with scene.commerce() as commerce, pytest.raises(ServiceRefused):
        resolve_outcome(scene.repair(), Address("contoso/office"), None, commerce)
    assert "office" in scene.state().pending


def test_of_a_customer_who_left_no_other_address_can_be_named(scene: Scene) -> None:
    scene.want("contoso/office", quantity=40)
    scene.second_copies(*[SecondCopy(status=500, body=b"", performed=False)] * 2)
    scene.apply()
    scene.counter.refusal, scene.counter.forbid = "403 Forbidden", lambda _: own("20002")
    with scene.commerce() as commerce, pytest.raises(InvalidInput, match="can't be what"):
        resolve_outcome(scene.repair(), Address("contoso/office"), "11111111-2222-4333-8444-555555555555", commerce)


def test_the_logs_refusal_of_the_second_copy_says_nothing_of_the_first(scene: Scene) -> None:
    """The log lists the second copy's refusal at once, and the purchase by the first copy only later."""
    scene.want("contoso/office", E3)
    scene.behave(visible_after=3600)
    scene.second_copies(SecondCopy(status=409, body=own("900278")))
    scene.apply()
    pending = scene.state().pending_of("office")[0]
    refusal = AuditRecord(
        operation="upgrade_subscription",
        status="failed",
        at=pending.started_at,
        correlation_id=pending.correlation_id,
    )
    assert logged(pending, scene.state(), [refusal])[0] is Log.SILENT


def test_what_is_sent_once_more_was_looked_at_just_before(scene: Scene) -> None:
    """A colleague adds seats while the audit log is asked: sent again, the upgrade would take them away."""
    scene.want("contoso/office", E3)
    scene.second_copies(SecondCopy(status=500, body=b"", performed=False))
    scene.on("GET", "auditrecords", lambda _: scene.somebody_changes("contoso/office", quantity=35))
    assert types_of(scene.apply()) == ["started", "unknown", "summary"]
    assert (len(scene.sent), scene.ledger) == (1, [])


REFUSED_INSIDE = json.dumps(
    {
        "upgradeType": "upgrade_only",
        "upgradeErrors": [{"code": "subscription_status_not_active", "description": "Not active."}],
    }
).encode()


def test_errors_inside_a_success_that_the_service_does_not_give_when_asked_leave_the_change_in_doubt(
    scene: Scene,
) -> None:
    """They answered the second copy: the first was carried out, and shows hours later. It is asked under one id."""
    scene.want("contoso/office", E3)
    scene.behave(visible_after=7200)
    scene.second_copies(SecondCopy(status=200, body=REFUSED_INSIDE))
    failed = only(scene.apply(), "failed")
    assert failed.code == "subscription_status_not_active"
    assert [doubt.request_id for doubt in scene.state().doubts()] == [scene.sent[0].request_id]
    for _ in range(4):
        scene.clock.sleep(1800)
        scene.apply()
    assert len(scene.ledger) == len({request.request_id for request in scene.sent}) == 1
    assert scene.state().subscriptions["office"].id == scene.ledger[0].target


def test_errors_inside_a_success_of_what_shows_in_time_are_those_of_a_second_copy(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    scene.behave(visible_after=20)
    scene.second_copies(SecondCopy(status=200, body=REFUSED_INSIDE))
    assert types_of(scene.apply()) == ["started", "recovered", "summary"]
    assert len(scene.ledger) == 1


def test_a_resize_that_was_accepted_and_whose_second_copy_met_its_etag_is_watched_for(scene: Scene) -> None:
    scene.want("contoso/office", quantity=30)
    scene.second_copies(SecondCopy(status=412, body=own("2055"), performed=False))

    def carried_out(_request: object) -> None:
        scene.on("GET", "subscriptions", lambda _: scene.somebody_changes("contoso/office", quantity=30))

    scene.on("PATCH", "", lambda _: scene.somebody_changes("contoso/office"))
    scene.on("PATCH", "", lambda _: scene.on("GET", "subscriptions", carried_out))
    assert types_of(scene.apply()) == ["started", "recovered", "summary"]
    assert scene.state().subscriptions["office"].quantity == 30


def test_a_resize_that_somebody_overtook_with_other_seats_may_have_been_done_before(scene: Scene) -> None:
    scene.want("contoso/office", quantity=30)
    scene.second_copies(SecondCopy(status=500))
    scene.on(
        "PATCH", "", lambda _: scene.on("GET", "", lambda _: scene.somebody_changes("contoso/office", quantity=35))
    )
    assert types_of(scene.apply()) == ["started", "unknown", "summary"]
    assert len(scene.state().pending_of("office")) == 1


def test_a_resize_that_was_not_ready_is_asked_under_another_id_once_the_day_of_doubt_is_over(tmp_path: Path) -> None:
    """The service remembers its refusal under the first id, and would answer with it for ever."""
    scene = a_scene(tmp_path, office=Sold(offer=BUSINESS, quantity=25, provisioned_from=NOON + timedelta(hours=1)))
    scene.want("contoso/office", quantity=30)
    scene.apply()
    scene.clock.sleep(timedelta(hours=3).total_seconds())
    scene.apply()
    scene.clock.sleep(timedelta(days=2).total_seconds())
    scene.apply()
    first, second, third = (result.request_id for result in scene.state().results)
    assert first == second != third
    assert scene.state().results[-1].outcome.performed
