"""An entry is renamed while nobody knows what became of its first change: it is one subscription all the same."""

from pathlib import Path

import pytest

from reconciler.model.address import Address
from reconciler.model.errors import InvalidInput
from reconciler.operations.repair.move import move_address
from reconciler.sandbox import Behaviour, FaultKind, Sold, SourceFate
from reconciler.sandbox.catalogue import BUSINESS, PROPLUS
from tests.applying.scenes import Scene, a_scene, types_of

OFFICE, DESK = Address("contoso/office"), Address("contoso/desk")
HOUR, NEVER = 3600, 365 * 86400


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """The very first apply bought for the office, without an answer; it shows in an hour. The office is a desk now."""
    slow = Behaviour(source_fate=SourceFate.STAYS_ACTIVE, audited_after=NEVER, visible_after=HOUR)
    scene = a_scene(tmp_path, slow, office=Sold(offer=BUSINESS, quantity=25))
    scene.want(OFFICE, PROPLUS)
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED, method="POST")
    scene.arm(FaultKind.DROPPED_BEFORE, method="POST")
    assert types_of(scene.apply()) == ["started", "unknown", "summary"]
    scene.rename(OFFICE, DESK)
    return scene


def test_the_new_name_is_blocked_and_told_to_move_what_is_remembered(scene: Scene) -> None:
    (blocked,) = scene.plan().blocked
    (reason,) = blocked.reasons
    assert (blocked.address, reason.code) == (DESK, "id_conflicts_with_state")
    assert "reconciler state mv contoso/office contoso/desk" in "\n".join(step.plain for step in reason.remedy.steps)


def test_nothing_is_bought_under_the_new_name(scene: Scene) -> None:
    scene.apply()
    scene.clock.sleep(HOUR)
    assert types_of(scene.apply()) == ["recovered", "summary"]
    assert len(scene.ledger) == 1


def test_moved_as_told_the_new_name_has_what_was_bought(scene: Scene) -> None:
    move_address(scene.repair(), OFFICE, DESK)
    scene.clock.sleep(HOUR)
    assert types_of(scene.apply()) == ["recovered", "summary"]
    assert scene.state().subscriptions["desk"].id == scene.ledger[0].target
    assert scene.plan().unchanged == 1


def test_what_was_given_up_and_forgotten_is_not_bought_under_the_new_name_either(scene: Scene) -> None:
    entry = scene.manifests.pop(DESK)
    scene.clock.sleep(HOUR / 2)
    assert types_of(scene.apply()) == ["not_done", "summary"]
    with pytest.raises(InvalidInput, match="may still show until"):
        scene.forget(OFFICE)
    scene.clock.sleep(24 * HOUR)
    scene.forget(OFFICE)
    scene.manifests[DESK] = entry
    assert scene.plan().changes == ()
    move_address(scene.repair(), OFFICE, DESK)
    assert scene.state().subscriptions["desk"].id == entry.subscription_id
