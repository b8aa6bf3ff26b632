"""A rescued state is taken into the stored one: nothing is lost of either, and what contradicts is refused."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.applying.merging import merged
from reconciler.model.address import Address
from reconciler.model.customer import Customer
from reconciler.model.errors import InvalidInput, WrongLineage
from reconciler.model.result import Outcome
from reconciler.model.state import CustomerState
from reconciler.operations.push import Push
from reconciler.operations.repair.adopt import adopt_subscription
from reconciler.sandbox import Sold
from reconciler.sandbox.catalogue import BUSINESS, E3, F1
from reconciler.state import LocalStore, LockWait
from tests.applying.scenes import LINEAGE, Scene, a_scene
from tests.state import states

OFFICE = Address("contoso/office")
FRONTLINE = Address("contoso/frontline")
ELSEWHERE = "aaaaaaaa-0000-4000-8000-000000000009"

OBSERVED = states.a_state().bind("office", states.a_bound())
INTENDED = OBSERVED.begin("office", states.a_pending())
MOVED = replace(states.a_bound(previous_ids=(states.OFFICE,)), id=states.UPGRADED)
UPGRADED = INTENDED.finish("office", states.a_result(), MOVED)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Contoso with an office and a front line, both remembered."""
    scene = a_scene(tmp_path, office=Sold(offer=BUSINESS, quantity=25), frontline=Sold(offer=F1, quantity=10))
    scene.apply()
    return scene


def rescued(scene: Scene) -> CustomerState:
    """The office was upgraded; what says so could not be stored, and the location was restored from a backup."""
    backup = scene.state()
    scene.want(OFFICE, E3)
    scene.apply()
    file = scene.state()
    (scene.state_directory / "contoso.json").unlink()
    scene.store.write(backup, None)
    return file


def test_a_rescued_result_is_taken_in_beside_what_others_recorded_since(scene: Scene) -> None:
    file = rescued(scene)
    scene.manifests.pop(OFFICE)
    scene.want(FRONTLINE, quantity=12)
    scene.clock.sleep(60)
    scene.apply()
    target = file.subscriptions["office"].id
    assert scene.push(file).endswith(f"Taken in: 1 result, contoso/office is {target}.")
    assert [result.address for result in scene.state().results] == [OFFICE, FRONTLINE]
    assert scene.state().subscriptions["office"].chain == (scene.ledger[0].source, target)
    assert scene.state().subscriptions["frontline"].quantity == 12


def test_pushing_twice_changes_nothing_the_second_time(scene: Scene) -> None:
    file = rescued(scene)
    scene.push(file)
    before = scene.state()
    assert scene.push(file) == f"All of it is in the state of contoso already, serial {before.serial}."
    assert scene.state() == before


def test_the_serial_never_goes_back(scene: Scene) -> None:
    file = replace(rescued(scene), serial=40)
    scene.push(file)
    assert scene.state().serial == 40


def test_an_empty_location_takes_the_file_as_it_is(scene: Scene) -> None:
    state = scene.state()
    scene.state_directory = scene.path / "restored"
    assert scene.push(state) == "The state of contoso is written, serial 1."
    assert (scene.store.lineage(), scene.state()) == (LINEAGE, state)


def test_what_is_merged_with_is_what_is_there_under_the_lock(scene: Scene) -> None:
    file, held = rescued(scene), ExitStack()
    held.enter_context(scene.store.lock("contoso", "apply", scene.run()))

    def finish(_: float) -> bool:
        scene.somebody_writes_state()
        held.close()
        return False

    store = LocalStore(scene.state_directory, scene.clock.utc, LockWait(seconds=5, pause=finish))
    Push(store=store, run=scene.run())(file)
    assert len(scene.state().results) == 1


def test_a_result_settles_what_is_stored_as_pending() -> None:
    assert merged(INTENDED, UPGRADED) == UPGRADED


def test_what_is_known_to_be_done_is_not_pending_again() -> None:
    assert merged(UPGRADED, INTENDED) is UPGRADED


def test_an_intent_that_the_stored_state_lost_is_pending_again() -> None:
    assert merged(OBSERVED, INTENDED) == INTENDED


def test_that_it_was_done_counts_more_than_that_it_was_given_up() -> None:
    given_up = replace(states.a_result(), outcome=Outcome.NOT_DONE, target_subscription_id=None)
    after = merged(INTENDED.finish("office", given_up), UPGRADED)
    assert after.subscriptions["office"] == MOVED
    assert after.results[-1].outcome.performed


def test_results_stand_in_the_order_in_which_they_ended() -> None:
    later = replace(states.a_result(2), finished_at=states.NOON + timedelta(hours=1))
    stored = OBSERVED.finish("office", later)
    assert [result.request_id for result in merged(stored, UPGRADED).results] == [states.REQUEST, later.request_id]


def test_a_renamed_address_keeps_its_new_name() -> None:
    after = merged(INTENDED.move({"office": "headquarters"}), UPGRADED)
    assert (after.subscriptions, after.pending) == ({"headquarters": MOVED}, {})


def test_an_address_that_moved_on_further_stays_where_it_is() -> None:
    further = UPGRADED.bind("office", replace(MOVED, id=ELSEWHERE, previous_ids=MOVED.chain))
    assert merged(further, UPGRADED) is further


def test_an_address_that_moved_elsewhere_is_refused_with_the_way_out() -> None:
    adopted = OBSERVED.bind("office", replace(MOVED, id=ELSEWHERE))
    with pytest.raises(InvalidInput, match=f"contoso/office means {ELSEWHERE} now") as refused:
        merged(adopted, UPGRADED)
    assert f"\nreconciler adopt contoso/office {states.UPGRADED}" in refused.value.problems[0].remedy
    both = adopted.bind("office", replace(MOVED, previous_ids=(states.OFFICE, ELSEWHERE)))
    assert merged(both, UPGRADED).results == UPGRADED.results


def test_an_old_file_pushed_again_undoes_no_adoption(scene: Scene) -> None:
    """A person bound the address back to what it was before; the purchase is known all the same."""
    file = rescued(scene)
    scene.push(file)
    source, target = scene.id_of(OFFICE), file.subscriptions["office"].id
    scene.clock.sleep(60)
    with scene.commerce() as commerce:
        adopt_subscription(scene.repair(), OFFICE, source, commerce)
    scene.push(file)
    assert scene.state().subscriptions["office"].chain == (target, source)


def test_an_old_file_pushed_again_brings_nothing_back_that_was_forgotten(scene: Scene) -> None:
    file = rescued(scene)
    scene.push(file)
    scene.leave_only("frontline")
    scene.forget(OFFICE)
    said = scene.push(file)
    assert "All else is in the state" in said
    assert "Left out, since it was forgotten after the file was written: contoso/office." in said
    assert set(scene.state().subscriptions) == {"frontline"}


def test_a_newer_file_brings_an_adoption_into_a_restored_state(scene: Scene) -> None:
    backup = scene.state()
    scene.clock.sleep(60)
    scene.somebody_buys(Sold(id=ELSEWHERE, offer=BUSINESS, quantity=30))
    with scene.commerce() as commerce:
        adopt_subscription(scene.repair(), OFFICE, ELSEWHERE, commerce)
    file = scene.state()
    (scene.state_directory / "contoso.json").unlink()
    scene.store.write(backup, None)
    scene.push(file)
    assert scene.state().subscriptions["office"].chain == (scene.id_of(OFFICE), ELSEWHERE)


def test_what_would_leave_two_addresses_with_one_subscription_is_refused() -> None:
    frontline = replace(states.a_bound(), id=ELSEWHERE, previous_ids=())
    stored = states.a_state().bind("office", states.a_bound()).bind("frontline", frontline)
    pushed = states.a_state().bind("office", replace(states.a_bound(), previous_ids=(ELSEWHERE,)))
    with pytest.raises(InvalidInput, match="would be of"):
        merged(stored, pushed)


def test_no_file_is_taken_into_a_place_that_the_settings_do_not_mean(scene: Scene) -> None:
    file = scene.state()
    scene.settings = replace(scene.settings, lineage=LINEAGE)
    scene.state_directory = scene.path / "mistyped"
    with pytest.raises(WrongLineage, match="is empty"):
        scene.push(file)


def test_two_changes_that_are_pending_for_one_address_are_refused() -> None:
    another = replace(states.a_pending(), request_id=ELSEWHERE)
    with pytest.raises(InvalidInput, match="Two changes of contoso/office are pending"):
        merged(OBSERVED.begin("office", another), INTENDED)


def test_another_lineage_and_another_tenant_are_refused(scene: Scene) -> None:
    state = scene.state()
    with pytest.raises(WrongLineage, match="of lineage another"):
        scene.push(replace(state, lineage="another"))
    with pytest.raises(WrongLineage, match="of tenant"):
        scene.push(replace(state, customer=Customer(name="contoso", tenant=ELSEWHERE)))
    assert scene.state() == state
