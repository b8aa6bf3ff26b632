"""The contract of every state store. A store's test module subclasses `StateStoreContract` and gives the two fixtures:

store      a store at a location that is empty so far, and that `open_store(store.location)` reaches too
another    a second handle on the same location, as another machine would have

`rounds` is how often each of several threads writes, where many writes are wanted.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

import pytest

from reconciler.model.errors import InvalidInput, LockHeld, StateConflict, StateMissing
from reconciler.model.state import CustomerState
from reconciler.model.state_store import StateStore
from tests.state.racing import answer, go, race, racer
from tests.state.states import LINEAGE, RUN, TENANT, a_bound, a_full_state, a_large_state, a_state


def _wins(store: StateStore, state: CustomerState, expected: str | None) -> bool:
    try:
        store.write(state, expected)
    except StateConflict:
        return False
    return True


def _serial(store: StateStore) -> int:
    found = store.read("contoso")
    assert found is not None
    return found.state.serial


def _counted(store: StateStore) -> bool:
    """Returns True if the serial could be raised by one."""
    found = store.read("contoso")
    return found is not None and _wins(store, a_state(serial=found.state.serial + 1), found.version)


class StateStoreContract:
    rounds = 25

    def test_an_empty_location_knows_nobody_and_says_so_without_an_error(self, store: StateStore) -> None:
        assert store.customers() == ()
        assert store.read("contoso") is None
        assert store.lineage() is None
        assert store.held("contoso") is None

    def test_what_was_written_is_what_is_read(self, store: StateStore, another: StateStore) -> None:
        version = store.write(a_full_state(), None)
        found = another.read("contoso")
        assert found is not None
        assert found.version == version
        assert found.state.results == tuple(
            replace(result, run=replace(result.run, process=None)) for result in a_full_state().results
        )
        assert replace(found.state, results=()) == replace(a_full_state(), results=())

    def test_serial_lineage_and_tenant_are_kept_as_given(self, store: StateStore) -> None:
        store.write(a_state(serial=7), None)
        found = store.read("contoso")
        assert found is not None
        assert (found.state.serial, found.state.lineage, found.state.customer.tenant) == (7, LINEAGE, TENANT)

    def test_the_version_read_is_the_one_that_the_next_write_names(self, store: StateStore) -> None:
        store.write(a_state(serial=1), None)
        found = store.read("contoso")
        assert found is not None
        store.write(a_state(serial=2), found.version)
        assert store.read("contoso") != found

    def test_a_write_over_a_stale_version_is_refused_and_changes_nothing(self, store: StateStore) -> None:
        stale = store.write(a_state(serial=1), None)
        current = store.write(a_state(serial=2), stale)
        with pytest.raises(StateConflict):
            store.write(a_state(serial=3), stale)
        found = store.read("contoso")
        assert found is not None
        assert (found.state.serial, found.version) == (2, current)

    def test_creating_what_is_there_already_is_refused_even_with_the_same_content(self, store: StateStore) -> None:
        store.write(a_state(), None)
        with pytest.raises(StateConflict):
            store.write(a_state(), None)

    def test_a_write_over_a_state_that_is_not_there_is_refused(self, store: StateStore) -> None:
        version = store.write(a_state("contoso"), None)
        with pytest.raises(StateConflict):
            store.write(a_state("fabrikam"), version)
        assert store.read("fabrikam") is None

    def test_of_many_threads_that_write_over_one_version_exactly_one_wins(self, store: StateStore) -> None:
        version = store.write(a_state(serial=1), None)
        states = [a_state(serial=serial) for serial in range(2, 10)]
        with ThreadPoolExecutor(len(states)) as pool:
            won = list(pool.map(lambda state: _wins(store, state, version), states))
        found = store.read("contoso")
        assert found is not None
        assert [state for state, winner in zip(states, won, strict=True) if winner] == [found.state]

    def test_no_write_that_won_is_ever_lost_to_another(self, store: StateStore) -> None:
        store.write(a_state(serial=0), None)

        def count_up(times: int) -> int:
            return sum(_counted(store) for _ in range(times))

        with ThreadPoolExecutor(6) as pool:
            won = sum(pool.map(count_up, [self.rounds] * 6))
        assert _serial(store) == won

    def test_a_reader_never_sees_half_a_write(self, store: StateStore) -> None:
        with racer("rewrite", store.location, "300") as writer:
            go(writer)
            for _ in range(5):
                assert " " in answer(writer)
                found = [store.read("contoso") for _ in range(6)]
                assert {len(item.state.results) for item in found if item is not None} == {300}

    def test_of_many_processes_that_create_one_state_exactly_one_wins(self, store: StateStore) -> None:
        serials = ["1", "2", "3"]
        outcomes = race("create", store.location, serials)
        found = store.read("contoso")
        assert found is not None
        assert sorted(outcomes) == ["lost", "lost", "won"]
        assert serials[outcomes.index("won")] == str(found.state.serial)

    def test_a_location_keeps_the_first_lineage_that_it_was_given(self, store: StateStore, another: StateStore) -> None:
        assert store.establish("first") == "first"
        assert another.establish("second") == "first"
        assert store.lineage() == another.lineage() == "first"

    def test_processes_that_race_for_the_lineage_all_get_the_same(self, store: StateStore) -> None:
        outcomes = race("establish", store.location, ["one", "two", "three"])
        assert set(outcomes) == {store.lineage()}

    def test_the_last_order_of_each_tenant_is_noted_beside_the_lineage(
        self, store: StateStore, another: StateStore
    ) -> None:
        store.establish(LINEAGE)
        assert store.last_orders() == {}
        for tenant, key in (("a", "first"), ("b", "other"), ("a", "second"), ("b", None)):
            store.note_order(tenant, key)
        assert (another.last_orders(), another.lineage()) == ({"a": "second"}, LINEAGE)

    def test_threads_that_note_orders_at_once_lose_none(self, store: StateStore) -> None:
        store.establish(LINEAGE)
        tenants = [f"tenant {number}" for number in range(4)]
        with ThreadPoolExecutor(len(tenants)) as pool:
            list(pool.map(lambda tenant: store.note_order(tenant, "key"), tenants))
        assert store.last_orders() == dict.fromkeys(tenants, "key")

    def test_customers_are_listed_sorted_and_nothing_else_is(self, store: StateStore) -> None:
        for name in ("fabrikam", "contoso", "a-b", "0", "estate", "state", "lock"):
            store.write(a_state(name), None)
        store.establish(LINEAGE)
        with store.lock("tailspin", "apply", RUN):
            assert store.customers() == ("0", "a-b", "contoso", "estate", "fabrikam", "lock", "state")

    def test_a_customer_called_estate_is_kept_apart_from_the_estate(self, store: StateStore) -> None:
        store.establish(LINEAGE)
        store.write(a_state("estate"), None)
        found = store.read("estate")
        assert found is not None
        assert (found.state.customer.name, store.lineage()) == ("estate", LINEAGE)

    def test_names_in_any_script_survive(self, store: StateStore) -> None:
        name = "Microsoft 365 商业版 \N{EN DASH} “Ünïcode” \N{GRINNING FACE}\u202e\x1b[31m\u2028"
        store.write(a_state().bind("office", a_bound(offer_name=name)), None)
        found = store.read("contoso")
        assert found is not None
        assert found.state.subscriptions["office"].offer_name == name

    def test_a_state_of_five_thousand_results_is_written_and_read(self, store: StateStore) -> None:
        store.write(a_large_state(5_000), None)
        found = store.read("contoso")
        assert found is not None
        assert len({result.request_id for result in found.state.results}) == 5_000

    def test_a_lock_keeps_everybody_else_out_and_names_its_holder(self, store: StateStore, another: StateStore) -> None:
        with store.lock("contoso", "apply", RUN) as lock:
            assert another.held("contoso") == lock
            with pytest.raises(LockHeld) as refused, another.lock("contoso", "adopt", RUN):
                pass
        problem = refused.value.problems[0]
        assert all(word in problem.what for word in ("alice", "build-7", "4711", "apply", "https://ci.example/run/1"))
        assert problem.remedy.splitlines()[-1] == f"reconciler unlock contoso {lock.id}"

    def test_a_lock_keeps_other_processes_out(self, store: StateStore) -> None:
        with racer("lock", store.location) as holder:
            go(holder)
            assert answer(holder) == "locked"
            with pytest.raises(LockHeld), store.lock("contoso", "apply", RUN):
                pass
            go(holder)
            assert answer(holder) == "released"
        assert store.held("contoso") is None

    def test_of_many_threads_that_take_one_lock_exactly_one_gets_it(self, store: StateStore) -> None:
        with ExitStack() as held, ThreadPoolExecutor(8) as pool:

            def take(_: int) -> bool:
                try:
                    held.enter_context(store.lock("contoso", "apply", RUN))
                except LockHeld:
                    return False
                return True

            assert sum(pool.map(take, range(8))) == 1

    def test_locks_of_two_customers_have_nothing_to_do_with_each_other(self, store: StateStore) -> None:
        with store.lock("contoso", "apply", RUN) as item, store.lock("fabrikam", "apply", RUN) as two:
            assert (store.held("contoso"), store.held("fabrikam")) == (item, two)

    def test_a_lock_is_released_when_the_work_within_fails(self, store: StateStore) -> None:
        with pytest.raises(ZeroDivisionError), store.lock("contoso", "apply", RUN):
            raise ZeroDivisionError
        assert store.held("contoso") is None

    def test_a_lock_can_be_taken_again_once_it_was_released(self, store: StateStore) -> None:
        with store.lock("contoso", "apply", RUN) as first:
            pass
        with store.lock("contoso", "apply", RUN) as second:
            assert first.id != second.id

    def test_releasing_a_lock_that_was_broken_leaves_its_successor(
        self, store: StateStore, another: StateStore
    ) -> None:
        with ExitStack() as later:
            with store.lock("contoso", "apply", RUN) as broken:
                another.unlock("contoso", broken.id)
                successor = later.enter_context(another.lock("contoso", "apply", RUN))
            assert store.held("contoso") == successor

    def test_a_lock_is_broken_by_its_id(self, store: StateStore, another: StateStore) -> None:
        with store.lock("contoso", "apply", RUN) as lock:
            another.unlock("contoso", lock.id)
            assert store.held("contoso") is None

    def test_a_lock_is_not_broken_by_another_id(self, store: StateStore, another: StateStore) -> None:
        with store.lock("contoso", "apply", RUN) as lock:
            with pytest.raises(LockHeld) as refused:
                another.unlock("contoso", "11111111-2222-4333-8444-555555555555")
            assert store.held("contoso") == lock
        assert refused.value.problems[0].remedy.splitlines()[-1] == f"reconciler unlock contoso {lock.id}"

    def test_breaking_a_lock_that_is_not_there_says_so(self, store: StateStore) -> None:
        store.write(a_state(), None)
        with pytest.raises(StateMissing):
            store.unlock("contoso", "11111111-2222-4333-8444-555555555555")

    def test_a_lock_does_not_stand_in_the_way_of_reading(self, store: StateStore, another: StateStore) -> None:
        store.write(a_state(), None)
        with store.lock("contoso", "apply", RUN):
            assert another.read("contoso") == store.read("contoso") is not None

    def test_held_locks_are_listed_and_released_ones_are_not(self, store: StateStore, another: StateStore) -> None:
        with store.lock("fabrikam", "apply", RUN), store.lock("con", "apply", RUN) as device:
            with store.lock("contoso", "apply", RUN) as lock:
                assert another.locks() == (device, lock, store.held("fabrikam"))
            assert [held.customer for held in another.locks()] == ["con", "fabrikam"]
        assert another.locks() == ()

    def test_a_removed_state_is_gone_and_can_be_written_anew(self, store: StateStore, another: StateStore) -> None:
        store.remove("contoso", store.write(a_full_state(), None))
        assert (another.read("contoso"), another.customers()) == (None, ())
        another.write(a_state(serial=9), None)
        found = store.read("contoso")
        assert found is not None
        assert found.state.serial == 9

    def test_a_state_that_was_written_meanwhile_is_not_removed(self, store: StateStore, another: StateStore) -> None:
        stale = store.write(a_state(serial=1), None)
        another.write(a_state(serial=2), stale)
        with pytest.raises(StateConflict):
            store.remove("contoso", stale)
        assert _serial(store) == 2

    def test_a_state_is_removed_once(self, store: StateStore, another: StateStore) -> None:
        version = store.write(a_state(), None)
        store.remove("contoso", version)
        with pytest.raises(StateConflict):
            another.remove("contoso", version)

    def test_a_name_that_no_customer_can_have_is_never_a_path(self, store: StateStore) -> None:
        for name in ("", "..", "../contoso", "a/b", "Contoso", "con toso", ".hidden", "a\n", "a\0"):
            for operation in (store.read, store.held, lambda name: store.write(a_state(name), None)):
                with pytest.raises(InvalidInput, match="not a customer's name"):
                    operation(name)
