"""A customer leaves in the midst of something: the others go on, and printed commands bring what is left to rest."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from reconciler.model.address import Address
from reconciler.model.errors import InvalidInput, LimitExceeded
from reconciler.model.event import Event, Unknown
from reconciler.model.pending import Reply
from reconciler.model.settings import Wait
from reconciler.operations.repair.resolve import resolve_outcome
from reconciler.sandbox import Behaviour, FaultKind, Sold, SourceFate
from reconciler.sandbox.catalogue import BUSINESS, E3, F1
from tests.applying.scenes import Scene, a_scene, only
from tests.test_surgery import (
    BRANCH,
    HOUR,
    NEVER,
    OFFICE,
    at_rest,
    competing,
    given_up,
    invisible,
    never_arrived,
    pending,
)
from tests.worlds import new_tenant

KIOSKS = Address("litware/kiosks")
EMPTIED = ("max_customers_emptied",)


def refused(scene: Scene, status: str, code: int) -> None:
    tenant = scene.tenant()
    body = json.dumps({"code": code, "description": "No."}).encode()
    scene.counter.refusal = status
    scene.counter.forbid = lambda request: body if tenant in request.path.lower() else None


def gone(scene: Scene) -> None:
    refused(scene, "404 Not Found", 1000)


def unreadable(scene: Scene) -> None:
    refused(scene, "403 Forbidden", 900150)


def moved_to_another_partner(scene: Scene) -> None:
    refused(scene, "403 Forbidden", 20002)


def deleted(scene: Scene) -> None:
    """The customer is there, and none of its subscriptions is."""
    with scene.changed() as world:
        world.customers[0].subscriptions.clear()


@pytest.mark.parametrize(
    ("state", "leave"),
    [
        *((state, gone) for state in (at_rest, pending, never_arrived, given_up, invisible, competing)),
        *(
            (state, leave)
            for state in (pending, competing)
            for leave in (unreadable, moved_to_another_partner, deleted)
        ),
    ],
)
def test_a_customer_who_leaves_holds_nobody_up_and_is_brought_to_rest(
    tmp_path: Path, state: Callable[[Scene], None], leave: Callable[[Scene], None]
) -> None:
    scene = left_behind(tmp_path, state, leave)
    scene.want(KIOSKS, quantity=6)
    events = scene.apply()
    assert only(events, "succeeded").address == KIOSKS
    settled_by_hand(scene, events)
    scene.manifests = {address: entry for address, entry in scene.manifests.items() if address == KIOSKS}
    forgotten(scene)
    scene.want(KIOSKS, quantity=7)
    assert [event.type for event in scene.apply()] == ["started", "succeeded", "summary"]
    plan = scene.plan()
    assert (plan.blocked, plan.pending, plan.undeclared, plan.errored) == ((), (), (), False)


@pytest.mark.parametrize("state", [pending, given_up, competing])
def test_a_customer_whose_entries_went_first_holds_nobody_up_either(
    tmp_path: Path, state: Callable[[Scene], None]
) -> None:
    scene = left_behind(tmp_path, state, gone)
    scene.manifests = {address: entry for address, entry in scene.manifests.items() if address == KIOSKS}
    scene.want(KIOSKS, quantity=6)
    with pytest.raises(LimitExceeded, match="contoso"):
        scene.apply()
    events = scene.apply(overridden=EMPTIED)
    assert only(events, "succeeded").address == KIOSKS
    settled_by_hand(scene, events)
    forgotten(scene)
    assert scene.plan().pending == ()


def left_behind(path: Path, state: Callable[[Scene], None], leave: Callable[[Scene], None]) -> Scene:
    slow = Behaviour(source_fate=SourceFate.STAYS_ACTIVE, audited_after=NEVER, visible_after=HOUR)
    contoso = new_tenant("contoso", **{name: Sold(offer=BUSINESS, quantity=25) for name in ("branch", "office")})
    scene = Scene(path, contoso, new_tenant("litware", kiosks=Sold(offer=F1, quantity=5)), behaviour=slow)
    scene.settings = replace(scene.settings, wait=Wait(timeout_seconds=10, interval_seconds=10))
    scene.apply()
    state(scene)
    leave(scene)
    return scene


def settled_by_hand(scene: Scene, events: list[Event]) -> None:
    """A person follows what the run printed: nothing of it was done, as far as anybody can see."""
    told = {event.address: event.next for event in events if isinstance(event, Unknown)}
    assert told.keys() == {scene.state().address(name) for name in scene.state().pending}
    for address, steps in told.items():
        assert ("state", "resolve", address, "--not-done") in {step.run for step in steps}
        with scene.commerce() as commerce:
            resolve_outcome(scene.repair(), address, None, commerce)
    assert not scene.state().pending


def forgotten(scene: Scene) -> None:
    """Each address that a plan calls undeclared is forgotten; a refusal names the command or the time."""
    for address in (BRANCH, OFFICE):
        assert address in scene.plan().undeclared
        try:
            scene.forget(address)
        except InvalidInput as held:
            follow(scene, held.problems[0].remedy, address)
            scene.forget(address)
    assert not scene.state().subscriptions


def follow(scene: Scene, remedy: str, address: Address) -> None:
    if f"reconciler state resolve {address} --not-done" in remedy:
        with scene.commerce() as commerce:
            said = resolve_outcome(scene.repair(), address, None, commerce)
            if "say so again" in " ".join(said):
                resolve_outcome(scene.repair(), address, None, commerce)
    else:
        (moment,) = re.findall(r"Do it from (.{16}) UTC on", remedy)
        scene.clock.back_to(datetime.fromisoformat(f"{moment}Z"))


@pytest.mark.parametrize("heard", ["earlier", "now"])
def test_what_the_log_says_was_done_is_not_offered_to_be_called_not_done(tmp_path: Path, heard: str) -> None:
    """Not where the customer can't be read, and not where the log can't be read any more."""
    scene = a_scene(tmp_path, office=Sold(offer=BUSINESS, quantity=25))
    scene.behave(visible_after=20 * HOUR, audited_after=HOUR)
    scene.want(OFFICE, E3)
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED, method="POST", times=2)
    scene.apply()
    scene.clock.sleep(2 * HOUR)
    if heard == "earlier":
        only(scene.apply(), "unknown")
        scene.counter.refusal, scene.counter.forbid = "403 Forbidden", lambda _: b'{"code": 2000, "description": "No."}'
    else:
        gone(scene)

    told = only(scene.apply(), "unknown")

    assert [step.run[:2] for step in told.next if step.run] == [("apply", "--settle"), ("state", "resolve")]
    assert "--succeeded" in told.next[-1].run
    assert "audit log says that it was done" in told.description
    assert scene.state().pending_of("office")[0].reply is Reply.LOGGED
    with scene.commerce() as commerce, pytest.raises(InvalidInput, match="audit log says"):
        resolve_outcome(scene.repair(), OFFICE, None, commerce)
