"""State surgery: what each repair does, and what it refuses. None of them writes to the service."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.model.address import Address
from reconciler.model.customer import Customer
from reconciler.model.errors import InvalidInput, LockHeld, ReconcilerError, StateMissing, WrongLineage
from reconciler.model.renewal import AtRenewal
from reconciler.model.result import Outcome
from reconciler.operations.repair.adopt import adopt_subscription
from reconciler.operations.repair.forget import tracked
from reconciler.operations.repair.move import move_address
from reconciler.operations.repair.resolve import resolve_outcome
from reconciler.sandbox import Behaviour, FaultKind, Sold, SourceFate
from reconciler.sandbox.catalogue import BUSINESS, E1, E3, F1
from tests.applying.scenes import LINEAGE, Scene, a_scene, types_of
from tests.worlds import new_tenant

OFFICE = Address("contoso/office")
FRONTLINE = Address("contoso/frontline")
HEADQUARTERS = Address("contoso/headquarters")
NEW_OFFICE = "0abcdef0-0000-4000-8000-000000000001"
NOT_OURS = "0abcdef0-0000-4000-8000-000000000002"
NOBODYS = "0abcdef0-0000-4000-8000-000000000003"


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Contoso with an office and a front line, both remembered; and a new office that no address means."""
    scene = a_scene(tmp_path, office=Sold(offer=BUSINESS, quantity=25), frontline=Sold(offer=F1, quantity=10))
    scene.apply()
    with scene.changed() as world:
        world.customers[0].subscriptions.append(Sold(id=NEW_OFFICE, offer=BUSINESS, quantity=30))
        world.customers.append(new_tenant("litware", office=Sold(id=NOT_OURS, offer=BUSINESS)))
    return scene


@pytest.fixture
def pending(scene: Scene) -> Scene:
    """An upgrade of the office was sent, its answer lost, and nothing was done."""
    scene.want(OFFICE, E3)
    scene.arm(FaultKind.DROPPED_BEFORE, times=2)
    assert types_of(scene.apply()) == ["started", "unknown", "summary"]
    return scene


@pytest.fixture
def bought(scene: Scene) -> Scene:
    """An upgrade of the office was sent and its answer lost; the target showed after the run."""
    with scene.changed() as world:
        world.behaviour = Behaviour(visible_after=7200)
    scene.want(OFFICE, E3)
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED)
    assert types_of(scene.apply()) == ["started", "unknown", "summary"]
    scene.clock.sleep(7200)
    return scene


def adopt(scene: Scene, address: Address, subscription_id: str) -> str:
    with scene.commerce() as commerce:
        return adopt_subscription(scene.repair(), address, subscription_id, commerce)


def resolve(scene: Scene, address: Address, succeeded: str | None) -> str:
    with scene.commerce() as commerce:
        return "\n".join(resolve_outcome(scene.repair(), address, succeeded, commerce))


def remedy(refused: pytest.ExceptionInfo[ReconcilerError]) -> str:
    return refused.value.problems[0].remedy


def test_adopt_binds_an_address_to_what_is_live(scene: Scene) -> None:
    said = adopt(scene, OFFICE, NEW_OFFICE.upper())
    bound = scene.state().subscriptions["office"]
    assert (bound.id, bound.quantity) == (NEW_OFFICE, 30)
    assert "Office 365 Business, 30 seats" in said
    assert scene.sent == []


def test_the_manifest_may_name_the_earlier_id_after_an_adoption(scene: Scene) -> None:
    adopt(scene, OFFICE, NEW_OFFICE)
    scene.want(OFFICE, quantity=30)
    plan = scene.plan()
    assert scene.state().subscriptions["office"].previous_ids == (scene.id_of(OFFICE),)
    assert (plan.blocked, plan.unchanged) == ((), 2)


def test_a_manifest_that_names_the_adopted_id_leaves_the_earlier_one_behind(scene: Scene) -> None:
    scene.want(OFFICE, quantity=30, subscription_id=NEW_OFFICE)
    assert [reason.code for blocked in scene.plan().blocked for reason in blocked.reasons] == [
        "id_conflicts_with_state"
    ]
    adopt(scene, OFFICE, NEW_OFFICE)
    assert scene.state().subscriptions["office"].previous_ids == ()
    assert scene.plan().blocked == ()


def test_adopting_the_present_subscription_again_changes_no_chain(scene: Scene) -> None:
    adopt(scene, OFFICE, scene.id_of(OFFICE))
    assert scene.state().subscriptions["office"].chain == (scene.id_of(OFFICE),)


@pytest.mark.parametrize("wanted", [NOT_OURS, NOBODYS])
def test_adopt_refuses_what_the_customer_does_not_have(scene: Scene, wanted: str) -> None:
    with pytest.raises(InvalidInput, match="has no subscription"):
        adopt(scene, OFFICE, wanted)
    assert scene.state().serial == 1


def test_adopt_refuses_what_another_address_has(scene: Scene) -> None:
    with pytest.raises(InvalidInput, match="bound to contoso/frontline") as refused:
        adopt(scene, OFFICE, scene.id_of(FRONTLINE))
    assert "reconciler state mv contoso/frontline contoso/office" in remedy(refused)


def test_adopt_refuses_what_another_address_had(scene: Scene) -> None:
    scene.want(OFFICE, E3)
    scene.apply()
    with pytest.raises(InvalidInput, match="bound to contoso/office"):
        adopt(scene, FRONTLINE, scene.id_of(OFFICE))


def test_adopt_refuses_what_another_entry_declares(scene: Scene) -> None:
    """The other address is not bound yet; with the first apply both would mean one subscription."""
    entry = scene.manifests[FRONTLINE]
    scene.leave_only("office")
    scene.forget(FRONTLINE)
    scene.manifests[FRONTLINE] = entry
    with pytest.raises(InvalidInput, match="declared as contoso/frontline"):
        adopt(scene, OFFICE, scene.id_of(FRONTLINE))


def test_adopt_refuses_while_what_was_given_up_may_still_show(pending: Scene) -> None:
    resolve(pending, OFFICE, None)
    with pytest.raises(InvalidInput, match="may still show until") as refused:
        adopt(pending, OFFICE, NEW_OFFICE)
    assert "reconciler state resolve contoso/office --not-done" in remedy(refused)
    resolve(pending, OFFICE, None)
    assert adopt(pending, OFFICE, NEW_OFFICE).startswith("contoso/office now means")


def test_what_shows_after_an_adoption_is_recorded_and_takes_nothing_over(scene: Scene) -> None:
    """It was looked for too late: a day had passed, and a person had bound the address to something else."""
    scene.behave(visible_after=2 * 86400, source_fate=SourceFate.STAYS_ACTIVE, audited_after=365 * 86400)
    scene.want(OFFICE, E3)
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED)
    scene.arm(FaultKind.DROPPED_BEFORE)
    scene.apply()
    resolve(scene, OFFICE, None)
    scene.clock.sleep(1.5 * 86400)
    scene.want(OFFICE, BUSINESS, quantity=30, subscription_id=NEW_OFFICE)
    adopt(scene, OFFICE, NEW_OFFICE)
    scene.clock.sleep(86400)
    assert types_of(scene.apply()) == ["recovered", "summary"]
    bound = scene.state().subscriptions["office"]
    assert (bound.id, scene.ledger[0].target in bound.previous_ids) == (NEW_OFFICE, True)
    assert any(scene.ledger[0].target in alarm.description for alarm in scene.plan().warnings)
    assert types_of(scene.apply()) == ["summary"]


def test_adopt_refuses_what_a_given_up_change_may_have_bought_though_somebody_resized_it(bought: Scene) -> None:
    with bought.changed() as world:
        world.find(bought.ledger[0].target).quantity = 31
    with pytest.raises(InvalidInput, match="may be what a request without an answer bought for contoso/office"):
        adopt(bought, FRONTLINE, bought.ledger[0].target)


def test_move_refuses_a_name_under_which_something_may_still_show(pending: Scene) -> None:
    pending.clock.sleep(3600)
    resolve(pending, OFFICE, None)
    pending.clock.sleep(2 * 86400)
    pending.leave_only("frontline")
    pending.forget(OFFICE)
    with pytest.raises(InvalidInput, match="there already"):
        move_address(pending.repair(), FRONTLINE, OFFICE)


def test_adopt_refuses_while_a_change_is_pending(pending: Scene) -> None:
    with pytest.raises(InvalidInput, match="is pending") as refused:
        adopt(pending, OFFICE, NEW_OFFICE)
    assert "reconciler state resolve contoso/office --not-done" in remedy(refused)


def test_adopt_refuses_what_a_pending_change_of_another_address_is_of(pending: Scene) -> None:
    """The entry of that other address is gone, and its change is not settled."""
    source = pending.id_of(OFFICE)
    pending.leave_only("frontline")
    with pytest.raises(InvalidInput, match="bound to contoso/office"):
        adopt(pending, FRONTLINE, source)


def test_adopt_refuses_a_customer_that_no_manifest_declares(scene: Scene) -> None:
    with pytest.raises(InvalidInput, match="litware"):
        adopt(scene, Address("litware/office"), NOT_OURS)


def test_the_first_adoption_gives_the_location_its_lineage(tmp_path: Path) -> None:
    scene = a_scene(tmp_path, office=Sold(offer=BUSINESS))
    adopt(scene, OFFICE, scene.id_of(OFFICE))
    assert scene.store.lineage() == scene.state().lineage == LINEAGE


def test_forget_stops_tracking_what_is_not_declared_any_more(scene: Scene) -> None:
    scene.leave_only("frontline")
    assert scene.plan().undeclared == (OFFICE,)
    scene.forget(OFFICE)
    assert set(scene.state().subscriptions) == {"frontline"}
    assert scene.plan().undeclared == ()


def test_forget_refuses_while_any_change_may_still_show_and_names_what_never_was_known(scene: Scene) -> None:
    scene.want(OFFICE, quantity=30)
    scene.arm(FaultKind.DROPPED_BEFORE, times=2)
    scene.apply()
    scene.leave_only("frontline")
    scene.clock.sleep(3600)
    assert types_of(scene.apply()) == ["not_done", "summary"]
    with pytest.raises(InvalidInput, match=r"\(resize to 30 seats\) was given up as not done") as refused:
        scene.forget(OFFICE)
    assert "it counts the second time only" not in remedy(refused)
    assert "reconciler state resolve contoso/office --not-done" in remedy(refused)
    scene.clock.sleep(2 * 86400)
    assert "The outcome of the request of 2026-03-02 (resize to 30 seats) was never determined" in scene.forget(OFFICE)
    assert tracked(scene.repair(), ["*"]) == (FRONTLINE,)


def test_forget_keeps_the_results(scene: Scene) -> None:
    scene.want(OFFICE, E3)
    scene.apply()
    scene.leave_only("frontline")
    scene.forget(OFFICE)
    assert [result.address for result in scene.state().results] == [OFFICE]


@pytest.mark.parametrize(
    ("outcome", "ours", "said"),
    [
        ("ends", True, " No manifest declares it any more, and its end stays scheduled"),
        ("renews_changed", True, " No manifest declares it any more, and what is scheduled"),
        ("renews", True, ""),
        ("ends", False, ""),
    ],
)
def test_forget_says_what_this_estate_scheduled_and_nobody_withdraws(
    scene: Scene, outcome: str, ours: bool, said: str
) -> None:
    found = scene.store.read("contoso")
    assert found
    then, by = AtRenewal(outcome=outcome, quantity=20), "request" if ours else None
    bound = replace(found.state.subscriptions["office"], renewal=then, scheduled_by=by)
    scene.store.write(replace(found.state.bind("office", bound), serial=found.state.serial + 1), found.version)
    scene.leave_only("frontline")
    after = scene.forget(OFFICE).partition("Nothing was changed in Partner Center.")[2]
    assert after.startswith(said) if said else after == ""


def test_forget_refuses_what_is_still_declared(scene: Scene) -> None:
    with pytest.raises(InvalidInput, match="still declared"):
        scene.forget(OFFICE)


def test_forget_refuses_while_a_change_is_pending(pending: Scene) -> None:
    pending.leave_only("frontline")
    with pytest.raises(InvalidInput, match="is pending"):
        pending.forget(OFFICE)


def test_what_was_bought_and_never_shows_may_be_forgotten_after_a_day(scene: Scene) -> None:
    scene.behave(visible_after=7 * 86400)
    scene.want(OFFICE, E3)
    scene.apply()
    scene.leave_only("frontline")
    with pytest.raises(InvalidInput, match="was not seen at the service yet") as refused:
        scene.forget(OFFICE)
    assert re.search(r"Do it from 2026-03-03 12:\d\d UTC on\.", remedy(refused))
    scene.clock.sleep(86400)
    assert scene.forget(OFFICE).startswith("contoso/office is not tracked any more.")


@pytest.mark.parametrize("address", ["contoso/nothing", "litware/office"])
def test_forget_says_when_there_is_nothing_to_forget(scene: Scene, address: str) -> None:
    with pytest.raises(StateMissing):
        scene.forget(Address(address))


def test_forget_names_the_entry_of_another_customer_that_declares_the_same_and_suggests_no_move(scene: Scene) -> None:
    entry = scene.manifests.pop(OFFICE)
    litware = Customer(name="litware", tenant=scene.world.customers[1].tenant)
    scene.manifests[Address("litware/office")] = replace(entry, address=Address("litware/office"), customer=litware)
    with pytest.raises(InvalidInput, match="litware/office declares the same subscription") as refused:
        scene.forget(OFFICE)
    assert "state mv" not in refused.value.problems[0].remedy


def test_what_was_upgraded_and_forgotten_is_not_bought_again_by_the_old_entry(scene: Scene) -> None:
    entry = scene.manifests[OFFICE]
    scene.want(OFFICE, E3)
    scene.apply()
    scene.leave_only("frontline")
    scene.forget(OFFICE)
    scene.manifests[OFFICE] = entry
    scene.want(OFFICE, E3)
    assert scene.plan().changes == ()


def test_move_renames_an_address_with_all_it_remembers(scene: Scene) -> None:
    scene.want(OFFICE, E3)
    scene.apply()
    before = scene.state().subscriptions["office"]
    move_address(scene.repair(), OFFICE, HEADQUARTERS)
    assert scene.state().subscriptions["headquarters"] == before
    scene.rename(OFFICE, HEADQUARTERS)
    assert scene.plan().unchanged == 2


def test_move_takes_what_is_pending_along(bought: Scene) -> None:
    move_address(bought.repair(), OFFICE, HEADQUARTERS)
    bought.rename(OFFICE, HEADQUARTERS)
    assert types_of(bought.apply()) == ["recovered", "summary"]
    assert bought.state().subscriptions["headquarters"].id == bought.ledger[0].target


def test_move_refuses_another_customer(scene: Scene) -> None:
    with pytest.raises(InvalidInput, match="different customers"):
        move_address(scene.repair(), OFFICE, Address("litware/office"))


def test_move_refuses_a_name_that_is_taken(scene: Scene) -> None:
    with pytest.raises(InvalidInput, match="there already"):
        move_address(scene.repair(), OFFICE, FRONTLINE)


@pytest.mark.parametrize("address", ["contoso/nothing", "litware/office"])
def test_move_says_when_there_is_nothing_to_move(scene: Scene, address: str) -> None:
    with pytest.raises(StateMissing):
        move_address(scene.repair(), Address(address), Address(f"{Address(address).customer}/elsewhere"))


def test_resolve_as_not_done_lets_the_change_be_planned_again(pending: Scene) -> None:
    said = resolve(pending, OFFICE, None)
    assert said.startswith("contoso/office is settled as not done. What was sent may still show until 2026-03-03 12:")
    assert said.endswith("reconciler state resolve contoso/office --not-done")
    assert [result.outcome for result in pending.state().results] == [Outcome.NOT_DONE]
    assert types_of(pending.apply()) == ["started", "succeeded", "summary"]
    assert len(pending.ledger) == 1


def test_resolve_as_not_done_is_refused_where_the_target_is_there(bought: Scene) -> None:
    with pytest.raises(InvalidInput, match="was done") as refused:
        resolve(bought, OFFICE, None)
    assert f"--succeeded {bought.ledger[0].target}" in remedy(refused)
    assert "office" in bought.state().pending


def test_resolve_as_not_done_is_refused_where_the_log_has_it_as_done_and_it_does_not_show_yet(bought: Scene) -> None:
    bought.clock.back_to(bought.state().pending_of("office")[0].sent_at + timedelta(minutes=30))
    with pytest.raises(InvalidInput, match="audit log says that the change of contoso/office was done"):
        resolve(bought, OFFICE, None)
    assert "office" in bought.state().pending


@pytest.fixture
def accepted(scene: Scene) -> Scene:
    """12 seats of the front line were accepted, and do not show for an hour."""
    scene.want(FRONTLINE, quantity=12)
    scene.arm(FaultKind.PATCH_202, seconds=3600)
    assert types_of(scene.apply()) == ["started", "unknown", "summary"]
    return scene


def test_resolve_as_succeeded_is_refused_where_what_was_before_still_shows(accepted: Scene) -> None:
    with pytest.raises(InvalidInput, match="as it was before the change of contoso/frontline: 10 seats"):
        resolve(accepted, FRONTLINE, accepted.id_of(FRONTLINE))
    assert "frontline" in accepted.state().pending


def test_resolve_as_succeeded_is_refused_where_the_offer_of_before_still_shows(tmp_path: Path) -> None:
    scene = a_scene(tmp_path, office=Sold(offer="CFQ7TTC0LH18:0001:CFQ7TTC0K971", quantity=25))
    scene.want(OFFICE, "CFQ7TTC0LDPB:0001")
    scene.behave(transitioned_after=3600)
    scene.apply()
    with pytest.raises(InvalidInput, match="as it was before the change of contoso/office: "):
        resolve(scene, OFFICE, scene.id_of(OFFICE))


def test_resolve_as_succeeded_says_what_shows_where_that_is_neither_and_the_next_plan_tells_it(accepted: Scene) -> None:
    accepted.somebody_changes(FRONTLINE, quantity=11, upcoming=None)
    said = resolve(accepted, FRONTLINE, accepted.id_of(FRONTLINE))
    assert "It was to be: resize to 12 seats. Partner Center shows 11 seats now" in said
    (change,) = accepted.plan().changes
    assert "1 seat was removed outside (12 -> 11)" in change.warnings[0].description


def test_resolve_as_succeeded_moves_the_address(bought: Scene) -> None:
    target = bought.ledger[0].target
    resolve(bought, OFFICE, target.upper())
    assert bought.state().subscriptions["office"].chain == (bought.id_of(OFFICE), target)
    assert [result.outcome for result in bought.state().results] == [Outcome.RECOVERED]
    assert (bought.state().pending, bought.plan().unchanged) == ({}, 2)


def test_resolve_as_succeeded_takes_a_persons_word_for_the_quantity(bought: Scene) -> None:
    """Somebody changed it meanwhile, so that no run would have known it again."""
    with bought.changed() as world:
        world.find(bought.ledger[0].target).quantity = 31
    resolve(bought, OFFICE, bought.ledger[0].target)
    assert bought.state().subscriptions["office"].quantity == 31


@pytest.mark.parametrize(
    "named",
    [NEW_OFFICE, NOT_OURS, "0abcdef0-0000-4000-8000-00000000dead"],
    ids=["another offer", "others'", "nobody's"],
)
def test_resolve_as_succeeded_refuses_what_can_not_be_the_target(bought: Scene, named: str) -> None:
    with pytest.raises(InvalidInput, match="can't be what the pending change"):
        resolve(bought, OFFICE, named)
    assert "office" in bought.state().pending


def test_resolve_as_succeeded_refuses_what_was_there_before(pending: Scene) -> None:
    with pending.changed() as world:
        world.find(NEW_OFFICE).offer = E3
    with pytest.raises(InvalidInput, match="was not there before"):
        resolve(pending, OFFICE, NEW_OFFICE)


def test_resolve_settles_a_resize_by_its_own_subscription_only(scene: Scene) -> None:
    scene.want(FRONTLINE, quantity=12)
    scene.arm(FaultKind.DROPPED_BEFORE, times=2)
    scene.apply()
    with pytest.raises(InvalidInput):
        resolve(scene, FRONTLINE, NEW_OFFICE)
    scene.somebody_changes(FRONTLINE, quantity=12)
    resolve(scene, FRONTLINE, scene.id_of(FRONTLINE))
    assert scene.state().subscriptions["frontline"].chain == (scene.id_of(FRONTLINE),)


def test_resolve_says_when_nothing_is_pending(scene: Scene) -> None:
    with pytest.raises(StateMissing, match=r"Nothing of contoso/office is pending"):
        resolve(scene, OFFICE, None)
    with pytest.raises(StateMissing, match="Nothing is remembered of litware"):
        resolve(scene, Address("litware/office"), None)


def test_resolved_as_not_done_something_else_waits_until_nothing_can_show_any_more(pending: Scene) -> None:
    resolve(pending, OFFICE, None)
    pending.want(OFFICE, E1)
    assert [reason.code for item in pending.plan().blocked for reason in item.reasons] == ["outcome_unknown"]
    assert resolve(pending, OFFICE, None) == "contoso/office is settled as not done."
    assert [change.address for change in pending.plan().changes] == [OFFICE]


def test_resolved_as_not_done_and_asked_again_what_shows_late_is_not_bought_twice(tmp_path: Path) -> None:
    scene = a_scene(tmp_path, Behaviour(source_fate=SourceFate.STAYS_ACTIVE), office=Sold(offer=BUSINESS, quantity=25))
    scene.behave(visible_after=7200, audited_after=7200)
    scene.want(OFFICE, E3)
    scene.arm(FaultKind.PERFORMED_THEN_DROPPED, times=2)
    scene.apply()
    resolve(scene, OFFICE, None)
    assert types_of(scene.apply()) == ["started", "succeeded", "summary"]
    assert len(scene.ledger) == 1


def test_resolve_a_third_time_says_that_nothing_is_left(pending: Scene) -> None:
    resolve(pending, OFFICE, None)
    resolve(pending, OFFICE, None)
    with pytest.raises(StateMissing):
        resolve(pending, OFFICE, None)


def test_every_surgery_respects_the_lock(pending: Scene) -> None:
    state = pending.state()
    with pending.store.lock("contoso", "apply", pending.run()):
        with pytest.raises(LockHeld):
            adopt(pending, FRONTLINE, NEW_OFFICE)
        with pytest.raises(LockHeld):
            move_address(pending.repair(), OFFICE, HEADQUARTERS)
        with pytest.raises(LockHeld):
            resolve(pending, OFFICE, None)
        with pytest.raises(LockHeld):
            pending.push(state)
    assert pending.state() == state


def test_a_location_that_lost_its_lineage_is_not_given_another(scene: Scene) -> None:
    (scene.state_directory / "estate.json").unlink()
    with pytest.raises(WrongLineage, match=r"no estate\.json"):
        adopt(scene, OFFICE, NEW_OFFICE)
    assert scene.store.lineage() is None


def test_what_a_run_gave_up_stays_in_doubt_until_a_person_has_said_it_twice(pending: Scene) -> None:
    pending.settle_as_not_done(OFFICE, in_doubt=True)
    with pytest.raises(InvalidInput) as refused:
        adopt(pending, OFFICE, NEW_OFFICE)
    assert "it counts the second time only" in remedy(refused)
    assert "say so again" in resolve(pending, OFFICE, None)
    assert pending.state().doubts()
    assert resolve(pending, OFFICE, None) == "contoso/office is settled as not done."
    assert not pending.state().doubts()
