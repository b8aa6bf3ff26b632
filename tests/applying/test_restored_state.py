"""State that was restored from before a change: whoever asks the very same again asks under the same request id."""

from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.model.address import Address
from reconciler.model.term import FewerSeats
from reconciler.sandbox import Behaviour, Sold, SourceFate
from reconciler.sandbox.catalogue import BUSINESS, E3
from tests.applying.scenes import Scene, a_scene, types_of

OFFICE = Address("contoso/office")
NEVER = 365 * 86400


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """An observed office whose source stays active, and whose successor shows in an hour."""
    slow = Behaviour(source_fate=SourceFate.STAYS_ACTIVE, audited_after=NEVER, visible_after=3600)
    scene = a_scene(tmp_path, slow, office=Sold(offer=BUSINESS, quantity=25))
    scene.settings = replace(scene.settings, limits=replace(scene.settings.limits, max_seats_removed=10))
    scene.apply()
    return scene


def restore(scene: Scene, backup: bytes) -> None:
    (scene.state_directory / "contoso.json").write_bytes(backup)


def backup_of(scene: Scene) -> bytes:
    return (scene.state_directory / "contoso.json").read_bytes()


def test_the_same_plan_applied_again_gets_the_first_answer_and_buys_nothing(scene: Scene) -> None:
    backup = backup_of(scene)
    scene.want(OFFICE, E3)
    plan = scene.plan()
    for _ in range(2):
        assert types_of(scene.apply(plan)) == ["started", "succeeded", "summary"]
        restore(scene, backup)
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert len(scene.ledger) == 1
    assert scene.state().subscriptions["office"].id == scene.ledger[0].target


def test_a_refusal_that_was_forgotten_is_answered_again_and_holds_for_a_day(scene: Scene) -> None:
    """The service gives it for the old request id and not when it is asked whether it would: so it may be wrong."""
    backup = backup_of(scene)
    scene.want(OFFICE, E3)
    scene.on("POST", "/upgrades", lambda _: scene.somebody_changes(OFFICE, refusal="Not today."))
    assert types_of(scene.apply()) == ["started", "failed", "summary"]
    restore(scene, backup)
    scene.somebody_changes(OFFICE, refusal="")
    for _ in range(2):
        assert types_of(scene.apply()) == ["started", "failed", "summary"]
    assert len({request.request_id for request in scene.sent}) == 1
    assert types_of(scene.apply()) == ["summary"]
    scene.clock.sleep(25 * 3600)
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]


def test_a_resize_back_and_forth_is_no_repetition(scene: Scene) -> None:
    """The first answer to the first resize would say that the third was done."""
    backup = backup_of(scene)
    for quantity in (30, 25):
        scene.want(OFFICE, quantity=quantity, fewer_seats=FewerSeats.NOW)
        scene.apply()
    restore(scene, backup)
    scene.want(OFFICE, quantity=30)
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert [entry.quantity for entry in scene.ledger] == [30, 25, 30]


def test_every_result_leads_on_to_another_request_id(scene: Scene) -> None:
    scene.want(OFFICE, E3)
    scene.somebody_changes(OFFICE, refusal="")
    for _ in range(3):
        scene.on("POST", "/upgrades", lambda _: scene.somebody_changes(OFFICE, refusal="Not today."))
        scene.apply()
        scene.somebody_changes(OFFICE, refusal="")
    assert len({request.request_id for request in scene.sent}) == len(scene.sent) == 3
