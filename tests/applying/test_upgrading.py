"""An upgrade that is answered."""

from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.cli import exits
from reconciler.documents.state import dump, load
from reconciler.model.address import canonical
from reconciler.model.errors import worst
from reconciler.model.result import Outcome, UnassignedUser
from reconciler.model.state import CustomerState
from reconciler.sandbox import Behaviour, FaultKind, Sold, SourceFate, User
from reconciler.sandbox.catalogue import BUSINESS, E3, E5, M365_E3
from tests.applying.scenes import Request, Scene, a_scene, only, types_of

ANN = User(object_id="aaaaaaaa-0000-4000-8000-000000000001", name="Ann Droid", email="ann@contoso.example")


def test_the_intent_is_in_the_state_file_before_the_request_arrives(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    found: list[CustomerState] = []
    file = scene.state_directory / "contoso.json"
    scene.on("POST", "/upgrades", lambda _: found.append(load(file.read_text("utf-8"), "contoso.json")))
    scene.apply()
    pending = found[0].pending_of("office")[0]
    assert pending.request_id == scene.sent[0].request_id
    assert (pending.subscription_id, pending.offer.id) == (scene.id_of("contoso/office"), canonical(E3))


def test_a_result_is_recorded_and_nothing_stays_pending(scene: Scene) -> None:
    scene.want("contoso/office", E3, 30)
    events = scene.apply()
    (result,) = scene.state().results
    assert types_of(events) == ["started", "succeeded", "summary"]
    assert (result.outcome, result.request.new_quantity, result.run.id) == (Outcome.SUCCEEDED, 30, "run-1")
    assert result.target_subscription_id == scene.ledger[0].target
    assert scene.state().pending == {}


@pytest.mark.parametrize("fate", SourceFate)
def test_the_address_follows_the_target_and_the_next_plan_is_empty(tmp_path: Path, fate: SourceFate) -> None:
    office = Sold(offer=BUSINESS, quantity=25)
    scene = a_scene(tmp_path, Behaviour(source_fate=fate), office=office)
    scene.want("contoso/office", E3)
    scene.apply()
    bound, plan = scene.state().subscriptions["office"], scene.plan()
    assert (bound.id, bound.previous_ids) == (scene.ledger[0].target, (office.id,))
    assert (plan.changes, plan.blocked, plan.pending, plan.drift, plan.unchanged) == ((), (), (), (), 1)


def test_a_second_upgrade_lengthens_the_chain(scene: Scene) -> None:
    for offer in (E3, M365_E3):
        scene.want("contoso/office", offer)
        scene.apply()
    first, second = (entry.target for entry in scene.ledger)
    bound = scene.state().subscriptions["office"]
    assert bound.chain == (scene.id_of("contoso/office"), first, second)


def test_errors_inside_a_200_mean_not_done(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    scene.on("POST", "/upgrades", lambda _: scene.somebody_changes("contoso/office", status="suspended"))
    failed = only(scene.apply(), "failed")
    (result,) = scene.state().results
    assert failed.code == "subscription_status_not_active"
    assert (result.outcome, [upgrade_error.number for upgrade_error in result.upgrade_errors]) == (Outcome.FAILED, [2])
    assert (scene.state().pending, scene.ledger) == ({}, [])


def test_what_was_refused_is_planned_again_once_it_is_eligible(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    scene.on("POST", "/upgrades", lambda _: scene.somebody_changes("contoso/office", refusal="Not today."))
    scene.apply()
    scene.somebody_changes("contoso/office", refusal="")
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert [result.outcome for result in scene.state().results] == [Outcome.FAILED, Outcome.SUCCEEDED]


def test_licence_errors_mean_done_with_work_left(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    scene.somebody_changes("contoso/office", stuck_users=[ANN])
    events = scene.apply()
    (result,) = scene.state().results
    assert result.outcome is Outcome.SUCCEEDED_WITH_LICENSE_ERRORS
    assert result.license_errors == (UnassignedUser(user_object_id=ANN.object_id, codes=("60000",)),)
    assert worst(map(exits.of_event, events)) == 4
    assert only(events, "summary").with_license_errors == 1


def test_what_was_done_already_says_again_what_it_left_to_do(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    scene.somebody_changes("contoso/office", stuck_users=[ANN])
    plan = scene.plan()
    scene.apply(plan)
    again = only(scene.apply(plan), "skipped")
    assert again.left_to_do == ("The licences of 1 user did not move. Assign them by hand.",)
    assert "Nothing of it is left" not in again.description


def test_names_and_addresses_of_users_reach_the_licence_report_only(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    scene.somebody_changes("contoso/office", stuck_users=[ANN])
    events = scene.apply()
    assert only(events, "succeeded").license_errors[0].email == ANN.email
    for text in (dump(scene.state()), *map(repr, events)):
        assert ANN.name not in text
        assert ANN.email not in text


def test_an_upgrade_with_licence_errors_is_never_sent_again(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    scene.somebody_changes("contoso/office", stuck_users=[ANN])
    scene.apply()
    assert scene.plan().changes == ()
    assert types_of(scene.apply()) == ["summary"]
    assert len(scene.sent) == 1


def test_a_refused_connection_is_tried_again_under_the_same_id(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    scene.on("POST", "/upgrades", refuse)
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    first, second = scene.sent
    assert first.request_id == second.request_id == scene.ledger[0].request_id


def test_a_connection_refused_every_time_means_not_done(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    for _ in range(3):
        scene.on("POST", "/upgrades", refuse)
    failed = only(scene.apply(), "failed")
    assert failed.code == "service_unreachable"
    assert (scene.state().results[0].outcome, scene.state().pending) == (Outcome.FAILED, {})
    assert scene.ledger == []


def test_throttling_is_waited_for_and_the_change_is_made_once(scene: Scene) -> None:
    scene.want("contoso/office", E3)
    scene.arm(FaultKind.THROTTLE_429, method="POST", seconds=20)
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert len(scene.ledger) == 1


def test_verification_waits_until_the_target_shows(tmp_path: Path) -> None:
    scene = a_scene(tmp_path, Behaviour(visible_after=25), office=Sold(offer=BUSINESS, quantity=25))
    scene.want("contoso/office", E3)
    events = scene.apply()
    assert [event.type for event in events] == ["started", "waiting", "waiting", "waiting", "succeeded", "summary"]
    assert only(events, "succeeded").visible
    assert scene.state().subscriptions["office"].visible


def test_a_target_that_does_not_show_in_time_is_done_all_the_same(tmp_path: Path) -> None:
    scene = a_scene(tmp_path, Behaviour(visible_after=7200), office=Sold(offer=BUSINESS, quantity=25))
    scene.want("contoso/office", E3)
    succeeded = only(scene.apply(), "succeeded")
    assert (succeeded.visible, succeeded.result.outcome) == (False, Outcome.SUCCEEDED)
    assert not scene.state().subscriptions["office"].visible


def test_what_was_bought_and_does_not_show_is_waited_for_and_not_bought_again(tmp_path: Path) -> None:
    fate = Behaviour(visible_after=7200, source_fate=SourceFate.STAYS_ACTIVE)
    scene = a_scene(tmp_path, fate, office=Sold(offer=BUSINESS, quantity=25))
    scene.want("contoso/office", E3)
    scene.apply()
    assert [change.outcome for change in scene.plan().pending] == ["waiting"]
    assert types_of(scene.apply()) == ["summary"]
    scene.clock.sleep(timedelta(hours=2).total_seconds())
    assert (scene.plan().pending, scene.plan().unchanged) == ((), 1)
    assert len(scene.ledger) == 1


def test_a_target_that_shows_at_last_is_recorded_as_visible(tmp_path: Path) -> None:
    scene = a_scene(tmp_path, Behaviour(visible_after=7200), office=Sold(offer=BUSINESS, quantity=25))
    scene.want("contoso/office", E3)
    scene.apply()
    scene.clock.sleep(7200)
    scene.apply()
    assert scene.state().subscriptions["office"].visible


def refuse(_request: Request) -> None:
    raise ConnectionRefusedError


@pytest.mark.parametrize("change", [{"quantity": 20}, {"offer": E5}], ids=["other seats", "another offer"])
def test_what_the_service_shows_otherwise_than_asked_is_told_and_recorded_as_it_is(
    scene: Scene, change: dict[str, object]
) -> None:
    """It ignored what was asked, or somebody changed it at once."""
    scene.want("contoso/office", E3)

    def meddle(_: object) -> None:
        if scene.ledger and scene.ledger[0].target:
            with scene.changed() as world:
                for name, value in change.items():
                    setattr(world.find(scene.ledger[0].target), name, value)

    scene.counter.watchers.append(meddle)
    events = scene.apply()
    done, found = only(events, "succeeded"), scene.state().subscriptions["office"]
    assert (done.visible, bool(done.otherwise), worst(map(exits.of_event, events))) == (False, True, 4)
    wanted = {"offer": E3, "quantity": 25, **change}
    assert (canonical(found.offer_id), found.quantity) == (canonical(str(wanted["offer"])), wanted["quantity"])
