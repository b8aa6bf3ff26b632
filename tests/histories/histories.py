"""Any history of an estate: the rules of what may happen, and what holds whatever happens."""

import shutil
import tempfile
from pathlib import Path
from typing import ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from reconciler.model.address import Address
from reconciler.model.plan import Plan
from reconciler.sandbox import Fault, FaultKind, Sold, SourceFate, User
from reconciler.sandbox.catalogue import BUSINESS_PREMIUM, E1, E3, E5, M365_E3, PROPLUS
from reconciler.sandbox.tenants import derived_id
from tests.applying.scenes import WRITES, Stop
from tests.histories.mortality import Process
from tests.histories.reseller import Reseller
from tests.thoroughness import examples

NAMES = ("contoso/branch", "contoso/office", "fabrikam/office", "litware/frontline", "litware/mail")
ADDRESSES = st.sampled_from([Address(name) for name in NAMES])
OFFERS = st.sampled_from([E3, E1, M365_E3, PROPLUS, BUSINESS_PREMIUM, E5])
QUANTITIES = st.sampled_from([10, 25, 26])
Wishes = list[tuple[Address, str | None, int, bool]]


def both_offices(offer: str, quantity: int) -> Wishes:
    """Declares two addresses: what is bought for the one looks like what is bought for the other."""
    return [(Address(name), offer, quantity, True) for name in NAMES[:2]]


WISHES: st.SearchStrategy[Wishes] = st.one_of(
    st.lists(st.tuples(ADDRESSES, st.one_of(OFFERS, OFFERS, st.none()), QUANTITIES, st.booleans()), max_size=3),
    st.builds(both_offices, OFFERS, QUANTITIES),
)
ANN = User(object_id="aaaaaaaa-0000-4000-8000-000000000001")
FAULTS = st.builds(
    Fault,
    kind=st.sampled_from([kind for kind in FaultKind if kind is not FaultKind.SLOW_VISIBILITY]),
    times=st.integers(min_value=1, max_value=4),
    method=st.sampled_from(["", "GET", "POST", "PATCH"]),
    skip=st.integers(min_value=0, max_value=2),
    seconds=st.sampled_from([5, 7200]),
)
TOUCHES = st.one_of(
    st.fixed_dictionaries({"quantity": QUANTITIES}),
    st.fixed_dictionaries({"status": st.sampled_from(["active", "active", "suspended"])}),
    st.fixed_dictionaries({"refusal": st.sampled_from(["", "", "Not today."])}),
    st.fixed_dictionaries({"stuck_users": st.sampled_from([[], [ANN]])}),
    st.just({"name": "Renamed"}),
)
NEVER = 365 * 86_400
REQUESTS = st.integers(min_value=1, max_value=12)

BOUNDED = settings(
    max_examples=examples(8),
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
"""The same histories every time, in bounded time; `.ci/crash` plays more. A failing one is shown as it was found, since
shrinking takes minutes (add `Phase.shrink` to have it done).
"""

APPLIES_TO_REST = 12
"""In so many applies, with a person following up what is blocked, any estate comes to rest."""


class Histories(RuleBasedStateMachine):
    """An estate to which anything may happen. In the end the world is healed, and the estate comes to rest.

    The reseller's guard looks at every write as it arrives; the invariants look at what is left after every step.
    """

    idempotent: ClassVar[bool]
    plans: Bundle[Plan] = Bundle("plans")

    def __init__(self) -> None:
        super().__init__()
        self.path = Path(tempfile.mkdtemp(prefix="histories-"))
        self.reseller = Reseller(self.path, idempotent=self.idempotent)

    # The manifests are edited

    def _want(self, wishes: Wishes) -> None:
        for address, offer, quantity, twice in wishes:
            if address in self.reseller.manifests:
                self.reseller.want(address, offer, quantity, allow_duplicate_offer=twice)

    @rule(target=plans, wishes=WISHES)
    def save_a_plan(self, wishes: Wishes) -> Plan | MultipleResults[Plan]:
        self._want(wishes)
        return self.reseller.plan_once() or multiple()

    @rule(address=ADDRESSES)
    def remove_or_restore_an_entry(self, address: Address) -> None:
        present, absent = self.reseller.manifests, self.reseller.removed
        if address in absent:
            present, absent = absent, present
        absent[address] = present.pop(address)

    # Somebody else changes things

    @rule(address=ADDRESSES, values=TOUCHES)
    def somebody_changes(self, address: Address, values: dict[str, object]) -> None:
        self.reseller.somebody_touches(address, **values)

    @rule(address=ADDRESSES, offer=OFFERS)
    def somebody_upgrades_in_the_portal(self, address: Address, offer: str) -> None:
        self.reseller.portal_upgrade(address, offer)

    @rule(offer=OFFERS, quantity=QUANTITIES, customer=st.integers(min_value=0, max_value=2))
    def somebody_buys(self, offer: str, quantity: int, customer: int) -> None:
        with self.reseller.changed() as world:
            sold = world.customers[customer].subscriptions
            identity = derived_id("elsewhere", customer, len(sold))
            sold.append(Sold(id=identity, order=identity, offer=offer, quantity=quantity))

    # The service behaves in its own ways

    @initialize(late=st.sampled_from([0, 15, 7200, 7200]), audited=st.sampled_from([0, 3600, NEVER]))
    def the_service_lets_a_second_purchase_pass(self, late: float, audited: float) -> None:
        """The source stays active, and what was bought is not seen yet: nothing but the program prevents another.

        Where the service does not honour request ids either, its log must tell: else nothing at all would.
        """
        with self.reseller.changed() as world:
            world.behaviour.source_fate = SourceFate.STAYS_ACTIVE
            world.behaviour.visible_after = late
            world.behaviour.audited_after = audited if self.idempotent else 0

    @rule(fate=st.sampled_from(SourceFate), late=st.sampled_from([0, 15, 7200]), slow=st.sampled_from([0, 7200]))
    def the_service_behaves_otherwise(self, fate: SourceFate, late: float, slow: float) -> None:
        with self.reseller.changed() as world:
            world.behaviour.source_fate = fate
            world.behaviour.visible_after = late
            world.behaviour.provisioned_after = slow

    @rule(seconds=st.sampled_from([30, 3600, 86_400]))
    def time_passes(self, seconds: int) -> None:
        self.reseller.clock.sleep(seconds)

    # Runs

    @rule(wishes=WISHES)
    def apply(self, wishes: Wishes) -> None:
        self._want(wishes)
        self.reseller.run_once()

    @rule(plan=plans)
    def apply_a_saved_plan(self, plan: Plan) -> None:
        self.reseller.run_once(plan=plan)

    @rule(wishes=WISHES, faults=st.lists(FAULTS, min_size=1, max_size=3))
    def apply_while_the_service_fails(self, wishes: Wishes, faults: list[Fault]) -> None:
        with self.reseller.changed() as world:
            world.faults.extend(faults)
        self._want(wishes)
        self.reseller.run_once()

    @rule(wishes=WISHES, steps=st.integers(min_value=0, max_value=40))
    def apply_and_die(self, wishes: Wishes, steps: int) -> None:
        self._want(wishes)
        self.reseller.run_once(Process(steps=steps))

    @rule(wishes=WISHES, writes=st.integers(min_value=0, max_value=5), pushed=st.booleans())
    def apply_while_the_disk_is_full(self, wishes: Wishes, writes: int, pushed: bool) -> None:
        self._want(wishes)
        self.reseller.run_once(Process(writes=writes))
        if pushed:
            self.reseller.push_rescued()

    @rule(wishes=WISHES, request=REQUESTS)
    def apply_and_be_stopped(self, wishes: Wishes, request: int) -> None:
        self._want(wishes)
        self.reseller.run_once(at={request: Stop.set})

    @rule(plan=st.one_of(st.none(), plans), wishes=WISHES, request=REQUESTS)
    def apply_while_a_colleague_does(self, plan: Plan | None, wishes: Wishes, request: int) -> None:
        """The colleague believes the other run to be dead and breaks its lock."""
        self._want(wishes)
        self.reseller.run_once(plan=plan, at={request: lambda _: self.reseller.colleague_applies()})

    @rule(wishes=WISHES, request=REQUESTS, faults=st.lists(FAULTS, max_size=2), seconds=st.sampled_from([100, 3600]))
    def apply_stands_still_while_a_colleague_does(
        self, wishes: Wishes, request: int, faults: list[Fault], seconds: int
    ) -> None:
        """The run is frozen for a while; a colleague breaks its lock and applies; then it goes on as if nothing was."""
        with self.reseller.changed() as world:
            world.faults.extend(faults)
        self._want(wishes)

        def frozen(_stop: Stop) -> None:
            self.reseller.clock.sleep(seconds)
            self.reseller.colleague_applies()

        self.reseller.run_once(at={request: frozen})

    @rule(wishes=WISHES, request=REQUESTS, times=st.integers(1, 3), seconds=st.sampled_from([30, 80, 100]))
    def apply_is_held_up_while_a_colleague_does(self, wishes: Wishes, request: int, times: int, seconds: int) -> None:
        """The service lets the run's writes wait, for as long as a run may wait or longer."""
        with self.reseller.changed() as world:
            throttled = FaultKind.THROTTLE_429
            world.faults.extend(Fault(kind=throttled, times=times, seconds=seconds, method=write) for write in WRITES)
        self._want(wishes)
        self.reseller.run_once(at={request: lambda _: self.reseller.colleague_applies()})

    @precondition(lambda self: self.idempotent)
    @rule(wishes=WISHES)
    def state_is_restored_from_before_an_apply(self, wishes: Wishes) -> None:
        """Nothing but the service's memory of request ids prevents a second purchase then."""
        with self.reseller.changed() as world:
            world.faults.clear()
        self._want(wishes)
        plan = self.reseller.plan_once()
        if plan:
            self.reseller.run_twice_from_one_state(plan)

    @rule(customer=st.sampled_from(["contoso", "litware"]))
    def apply_with_a_customer_renamed(self, customer: str) -> None:
        """It is refused: under another name nothing of what was bought would be known."""
        if self.reseller.store.read(customer):
            self.reseller.run_renamed(customer)

    @rule(address=ADDRESSES, moved=st.booleans(), wishes=WISHES)
    def apply_with_an_entry_renamed(self, address: Address, moved: bool, wishes: Wishes) -> None:
        """Renames a customer, with or without moving its state, and gives the old name back."""
        self._want(wishes)
        if address in self.reseller.manifests:
            self.reseller.run_with_an_entry_renamed(address, moved=moved)

    # People look after it

    @rule()
    def somebody_breaks_the_locks(self) -> None:
        self.reseller.break_locks()

    @rule(pushed=st.booleans())
    def somebody_settles_what_is_left(self, pushed: bool) -> None:
        if pushed:
            self.reseller.push_rescued()
        for address, pending in list(self.reseller.pendings()):
            self.reseller.resolve(address, pending)

    @rule(address=ADDRESSES)
    def somebody_adopts_a_successor(self, address: Address) -> None:
        if address in self.reseller.manifests:
            self.reseller.adopt_successor(address)

    # What holds

    @invariant()
    def nothing_is_bought_twice_and_nothing_is_forgotten(self) -> None:
        self.reseller.check()

    def teardown(self) -> None:
        try:
            self.reseller.heal()
            self.comes_to_rest()
        finally:
            shutil.rmtree(self.path)

    def comes_to_rest(self) -> None:
        for _ in range(APPLIES_TO_REST):
            self.reseller.run_once()
            self.reseller.settle_all()
            plan = self.reseller.plan()
            if not (plan.changes or plan.blocked or plan.pending):
                break
            for blocked in plan.blocked:
                self.reseller.follow_up(blocked)
        plan = self.reseller.plan()
        restless = [*plan.changes, *plan.blocked, *plan.pending]
        assert not restless, restless
        self.reseller.check()
