"""Another number of seats for a subscription."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import exits
from reconciler.model.errors import worst
from reconciler.model.pending import Reply
from reconciler.model.result import Outcome
from reconciler.model.term import FewerSeats
from reconciler.sandbox import FaultKind, Sold
from reconciler.sandbox.catalogue import F1
from tests.applying.scenes import Scene, a_scene, only, types_of

UNDOCUMENTED = {"costCentre": {"code": "4711", "approvedBy": None}}
ANSWER_LOST = (FaultKind.PERFORMED_THEN_DROPPED, FaultKind.HTTP_500_AFTER, FaultKind.HTML_BODY, FaultKind.EMPTY_BODY)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Contoso, whose manifest wants 12 seats of the 10 it has."""
    scene = a_scene(tmp_path, frontline=Sold(offer=F1, quantity=10, extra=UNDOCUMENTED))
    scene.want("contoso/frontline", quantity=12)
    return scene


def quantity(scene: Scene) -> int:
    return scene.world.find(scene.id_of("contoso/frontline")).quantity


def test_a_resize_is_recorded_and_the_next_plan_is_empty(scene: Scene) -> None:
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert [result.outcome for result in scene.state().results] == [Outcome.SUCCEEDED]
    assert scene.state().subscriptions["frontline"].quantity == quantity(scene) == 12
    assert (scene.plan().changes, scene.plan().drift) == ((), ())


def test_the_whole_subscription_is_sent_back_with_only_the_quantity_changed(scene: Scene) -> None:
    read: list[Any] = []
    with scene.commerce() as commerce:
        read.append(commerce.subscription(scene.tenant(), scene.id_of("contoso/frontline")).body)
    scene.apply()
    sent = json.loads(scene.sent[0].body)
    assert sent == {**read[0], "quantity": 12}
    assert sent["costCentre"] == UNDOCUMENTED["costCentre"]


def test_the_etag_is_the_one_of_a_moment_ago_not_the_plans(scene: Scene) -> None:
    plan = scene.plan()
    scene.somebody_changes("contoso/frontline", name="Renamed")
    assert types_of(scene.apply(plan)) == ["started", "succeeded", "summary"]
    assert json.loads(scene.sent[0].body)["friendlyName"] == "Renamed"


def test_a_change_at_the_same_moment_is_stale_and_undoes_nothing(scene: Scene) -> None:
    scene.on("PATCH", "", lambda _: scene.somebody_changes("contoso/frontline", quantity=11))
    events = scene.apply()
    assert types_of(events) == ["started", "stale", "summary"]
    assert quantity(scene) == 11
    assert (scene.state().results[0].outcome, scene.state().pending) == (Outcome.NOT_DONE, {})
    assert worst(map(exits.of_event, events)) == 6


def test_after_a_stale_resize_the_next_run_makes_it(scene: Scene) -> None:
    scene.on("PATCH", "", lambda _: scene.somebody_changes("contoso/frontline", name="Renamed"))
    scene.apply()
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert quantity(scene) == 12


def test_an_accepted_resize_is_watched_until_it_shows(scene: Scene) -> None:
    scene.arm(FaultKind.PATCH_202, seconds=25)
    events = scene.apply()
    assert types_of(events) == ["started", "succeeded", "summary"]
    assert sum(event.type == "waiting" for event in events) == 3
    assert scene.state().subscriptions["frontline"].quantity == 12


def test_an_accepted_resize_that_does_not_show_is_unknown_until_it_does(scene: Scene) -> None:
    scene.arm(FaultKind.PATCH_202, seconds=7200)
    assert types_of(scene.apply()) == ["started", "unknown", "summary"]
    assert scene.state().pending_of("frontline")[0].reply is Reply.ACCEPTED
    assert types_of(scene.apply()) == ["unknown", "summary"]
    scene.clock.sleep(timedelta(hours=2).total_seconds())
    assert types_of(scene.apply()) == ["recovered", "summary"]
    assert len(scene.sent) == 1


@pytest.mark.parametrize("kind", ANSWER_LOST)
def test_a_resize_whose_answer_was_lost_is_recovered_where_the_quantity_shows(scene: Scene, kind: FaultKind) -> None:
    scene.arm(kind, method="PATCH")
    assert types_of(scene.apply()) == ["started", "recovered", "summary"]
    bound = scene.state().subscriptions["frontline"]
    assert (bound.quantity, bound.previous_ids) == (12, ())
    assert scene.plan().unchanged == 1


@pytest.mark.parametrize("kind", [FaultKind.DROPPED_BEFORE, FaultKind.HTTP_500_BEFORE])
def test_a_resize_that_was_not_done_is_sent_again_with_the_old_etag(scene: Scene, kind: FaultKind) -> None:
    scene.arm(kind)
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    first, second = scene.sent
    assert (first.body, first.request_id) == (second.body, second.request_id)
    assert [entry.quantity for entry in scene.ledger] == [12]


@pytest.mark.parametrize("kind", [FaultKind.DROPPED_BEFORE, FaultKind.HTTP_500_BEFORE])
def test_a_resize_that_never_shows_is_unknown_and_sent_no_third_time(scene: Scene, kind: FaultKind) -> None:
    scene.arm(kind, times=3)
    assert types_of(scene.apply()) == ["started", "unknown", "summary"]
    assert types_of(scene.apply()) == ["unknown", "summary"]
    assert len(scene.sent) == 2


def test_a_resize_overtaken_by_somebody_elses_change_is_stale(scene: Scene) -> None:
    scene.arm(FaultKind.DROPPED_BEFORE)
    scene.on("PATCH", "", lambda _: scene.somebody_changes("contoso/frontline", name="Renamed"))
    events = scene.apply()
    assert (types_of(events), only(events, "stale").sent) == (["started", "stale", "summary"], True)
    assert (len(scene.sent), scene.state().pending) == (1, {})
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]


def test_a_refused_resize_is_failed_with_the_services_own_code(scene: Scene) -> None:
    scene.on("PATCH", "", lambda _: scene.somebody_changes("contoso/frontline", status="suspended", version=0))
    failed = only(scene.apply(), "failed")
    assert failed.code == "2001"
    assert scene.state().results[0].outcome is Outcome.FAILED


def test_seats_are_removed_where_the_manifest_allows_it(scene: Scene) -> None:
    scene.want("contoso/frontline", quantity=4, fewer_seats=FewerSeats.NOW)
    assert types_of(scene.apply(overridden=["max_seats_removed"])) == [
        "guard_loosened",
        "started",
        "succeeded",
        "summary",
    ]
    assert quantity(scene) == 4


def test_a_sign_in_refused_while_the_subscription_is_read_again_ends_the_run_as_such(scene: Scene) -> None:
    scene.arm(FaultKind.UNAUTHORIZED, path=scene.id_of("contoso/frontline"))
    failed = only(scene.apply(), "failed")
    assert failed.code == "authentication_failed"
    assert (scene.sent, scene.state().results, scene.state().pending) == ([], (), {})
