"""Faults that can be switched on, and how often they happen."""

from pathlib import Path

import pytest

from reconciler.model.errors import InvalidInput
from reconciler.sandbox import ALWAYS, Fault, FaultKind
from reconciler.sandbox.catalogue import E3
from tests.sandbox.emulated import Emulated, emulated

ONE = "750fd5ea-904b-4c3e-b476-60d0feacab0d"


def _with(path: Path, kind: FaultKind) -> Emulated:
    return emulated(path, faults=(Fault(kind=kind),))


def test_a_connection_dropped_before_has_done_nothing(tmp_path: Path) -> None:
    service = _with(tmp_path, FaultKind.DROPPED_BEFORE)
    with pytest.raises(ConnectionResetError):
        service.upgrade(E3)
    assert service.world.ledger == []


def test_a_connection_dropped_afterwards_has_bought_and_the_repeated_request_says_so(tmp_path: Path) -> None:
    service = _with(tmp_path, FaultKind.PERFORMED_THEN_DROPPED)
    with pytest.raises(ConnectionResetError):
        service.upgrade(E3, request_id=ONE)
    (entry,) = service.world.ledger
    assert service.upgrade(E3, request_id=ONE).body["targetSubscriptionId"] == entry.target
    assert len(service.world.ledger) == 1


@pytest.mark.parametrize(("kind", "bought"), [(FaultKind.HTTP_500_BEFORE, 0), (FaultKind.HTTP_500_AFTER, 1)])
def test_a_500_comes_before_or_after_the_purchase(tmp_path: Path, kind: FaultKind, bought: int) -> None:
    service = _with(tmp_path, kind)
    assert service.get().status == 200
    assert service.upgrade(E3).code == (500, "800003")
    assert len(service.world.ledger) == bought


@pytest.mark.parametrize("kind", [FaultKind.HTML_BODY, FaultKind.HALF_BODY, FaultKind.EMPTY_BODY])
def test_an_unreadable_200_has_bought(tmp_path: Path, kind: FaultKind) -> None:
    service = emulated(tmp_path, faults=(Fault(kind=kind, method="POST"),))
    reply = service.upgrade(E3)
    assert (reply.status, reply.body) == (200, None)
    assert len(service.world.ledger) == 1


def test_a_throttled_request_gets_the_gateways_own_answer(tmp_path: Path) -> None:
    service = emulated(tmp_path, faults=(Fault(kind=FaultKind.THROTTLE_429, seconds=57),))
    reply = service.get()
    assert (reply.status, reply.headers["Retry-After"]) == (429, "57")
    assert set(reply.body) == {"statusCode", "message"}
    assert "MS-RequestId" not in reply.headers
    assert service.get().status == 200


def test_unauthorized_is_an_empty_401(tmp_path: Path) -> None:
    reply = _with(tmp_path, FaultKind.UNAUTHORIZED).get()
    assert (reply.status, reply.content) == (401, b"")


def test_an_application_alone_can_be_refused_whatever_it_asks(tmp_path: Path) -> None:
    service = emulated(tmp_path, faults=(Fault(kind=FaultKind.APP_ONLY_REFUSED, times=2),))
    assert service.get().code == (403, "900329")
    assert service.upgrade(E3).code == (403, "900329")
    assert service.world.ledger == []


def test_an_unavailable_service_answers_with_a_page_and_a_time(tmp_path: Path) -> None:
    reply = emulated(tmp_path, faults=(Fault(kind=FaultKind.UNAVAILABLE_503, seconds=7),)).get()
    assert (reply.status, reply.headers["Retry-After"], reply.content[:9]) == (503, "7", b"<!DOCTYPE")


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [(FaultKind.WRONG_CONTENT_TYPE, "text/html; charset=utf-8"), (FaultKind.NO_CONTENT_TYPE, None)],
)
def test_a_mislabelled_answer_is_otherwise_whole(tmp_path: Path, kind: FaultKind, content_type: str | None) -> None:
    service = emulated(tmp_path, faults=(Fault(kind=kind),))
    reply = service.upgrade(E3)
    assert reply.headers.get("Content-Type") == content_type
    assert reply.body["targetSubscriptionId"] == service.world.ledger[0].target


def test_somebody_else_can_be_faster_with_a_412(tmp_path: Path) -> None:
    service = _with(tmp_path, FaultKind.PRECONDITION_412)
    assert service.upgrades()
    assert service.patch(quantity=30).code == (412, "2055")
    assert service.first.quantity == 25
    assert service.patch(quantity=30).status == 200


def test_a_slow_answer_is_held_back_after_the_work_is_done(tmp_path: Path) -> None:
    service = emulated(tmp_path, faults=(Fault(kind=FaultKind.SLOW_ANSWER, method="POST", seconds=45),))
    assert service.get().status == 200
    assert service.upgrade(E3).status == 200
    assert service.paused == [45]


def test_an_order_can_be_processed_slowly(tmp_path: Path) -> None:
    service = emulated(tmp_path, faults=(Fault(kind=FaultKind.SLOW_PROVISIONING, seconds=20),))
    path = f"/{service.upgrade(E3).body['targetSubscriptionId']}/provisioningstatus"
    assert service.get(path).body["status"] == "pending"
    service.later(20)
    assert service.get(path).body["status"] == "success"


def test_no_bom_is_a_habit(tmp_path: Path) -> None:
    service = _with(tmp_path, FaultKind.NO_BOM)
    assert [service.get().content[:1] for _ in range(2)] == [b"{", b"{"]


def test_a_fault_hits_as_often_as_told_and_lets_the_first_ones_pass(tmp_path: Path) -> None:
    service = emulated(tmp_path, faults=(Fault(kind=FaultKind.UNAUTHORIZED, times=2, skip=1),))
    assert [service.get().status for _ in range(5)] == [200, 401, 401, 200, 200]


def test_a_fault_hits_only_the_method_and_path_it_names(tmp_path: Path) -> None:
    fault = Fault(kind=FaultKind.UNAUTHORIZED, times=ALWAYS, method="GET", path="/upgrades")
    service = emulated(tmp_path, faults=(fault,))
    assert service.get().status == 200
    assert service.upgrade(E3).status == 200
    assert service.get(f"/{service.first.id}/upgrades").status == 401


def test_faults_armed_later_count_too(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    assert service.get().status == 200
    service.arm(Fault(kind=FaultKind.UNAUTHORIZED))
    assert service.get().status == 401


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("no_bom", Fault(kind=FaultKind.NO_BOM, times=ALWAYS)),
        ("throttle_429:3", Fault(kind=FaultKind.THROTTLE_429, times=3)),
        ("html_body:always:post", Fault(kind=FaultKind.HTML_BODY, times=ALWAYS, method="POST")),
        (
            "performed_then_dropped:1:POST:upgrades",
            Fault(kind=FaultKind.PERFORMED_THEN_DROPPED, times=1, method="POST", path="upgrades"),
        ),
    ],
)
def test_faults_can_be_written_as_text(text: str, fault: Fault) -> None:
    assert Fault.parse(text) == fault


@pytest.mark.parametrize("text", ["", "meteor", "no_bom:many", "no_bom:-1", "no_bom:²", "no_bom:1:GET:x:y"])
def test_other_texts_are_refused_with_the_kinds_there_are(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Fault.parse(text)
    assert "performed_then_dropped" in caught.value.problems[0].remedy
