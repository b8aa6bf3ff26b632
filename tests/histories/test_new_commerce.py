"""Any history of a book of new commerce over its terms: rules of what may happen, and what always holds."""

import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from reconciler.documents.plan import fingerprint
from reconciler.model.address import Address
from reconciler.model.change import Blocked, Change
from reconciler.model.errors import ReconcilerError
from reconciler.model.event import Event
from reconciler.model.plan import Plan
from reconciler.model.renewal import EndOfTerm
from reconciler.model.run import Process as Identity
from reconciler.model.term import ChangeTerm, Renew
from reconciler.model.unsettled import Unsettled
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import plan_estate
from reconciler.operations.repair.resolve import resolve_outcome
from reconciler.sandbox import Fault, FaultKind
from tests.applying.scenes import EVERYTHING, Stop
from tests.histories.book import calm
from tests.histories.mortality import Killed, MortalCommerce, MortalStore, Process
from tests.histories.people import ADDRESSES, ANY, EDITS, NOTHING, People
from tests.histories.permitted import Permitted, undeclared
from tests.sandbox.modern import STANDARD
from tests.thoroughness import examples

FAULTS = st.builds(
    Fault,
    kind=st.sampled_from(
        [
            FaultKind.PERFORMED_THEN_DROPPED,
            FaultKind.DROPPED_BEFORE,
            FaultKind.HTTP_500_AFTER,
            FaultKind.HALF_BODY,
            FaultKind.THROTTLE_429,
            FaultKind.TRANSITION_FAILS,
            FaultKind.TRANSITION_FAILS_AT_ONCE,
            FaultKind.LICENSES_FAIL,
            FaultKind.PENDING_OPERATION,
        ]
    ),
    times=st.integers(1, 3),
    skip=st.integers(0, 1),
)
_OVER = {"deleted", "expired", "disabled"}
_GOES_ON = {EndOfTerm.LAPSES, EndOfTerm.EXTENDED_TERM}


class Modern(People):
    """Beside what people do, runs come and go, and some of them badly. In the end the world is calm, and terms end."""

    @rule()
    def the_next_term_ends(self) -> None:
        """The renewal does what a plan without a word promised."""
        self.pass_the_next_end(self.book.plan())

    # Runs

    @rule()
    def apply(self) -> None:
        self.run()

    @rule(address=ANY)
    def apply_and_accept_drift(self, address: Address) -> None:
        self.run(accepted=frozenset({address}))

    @rule(faults=st.lists(FAULTS, min_size=1, max_size=2))
    def apply_while_the_service_fails(self, faults: list[Fault]) -> None:
        self.book.arm(*faults)
        self.run()

    @rule(
        address=ANY,
        kind=st.sampled_from([FaultKind.PERFORMED_THEN_DROPPED, FaultKind.DROPPED_BEFORE, FaultKind.HTTP_500_AFTER]),
    )
    def upgrade_and_lose_the_answer(self, address: Address, kind: FaultKind) -> None:
        self.the_manifest_is_edited(address, {"offer": STANDARD})
        self.book.arm(Fault(kind=kind, method="POST", path="/transitions"))
        self.run()

    @rule(address=ANY, edit=EDITS)
    def apply_after_a_colleague_scheduled_fewer_seats(self, address: Address, edit: dict[str, Any]) -> None:
        self.a_colleague_schedules(address, "seats")
        self.the_manifest_is_edited(address, edit)
        self.run()

    @rule(steps=st.integers(0, 40))
    def apply_and_die(self, steps: int) -> None:
        self.run(Process(steps=steps))

    @rule()
    def settle(self) -> None:
        with suppress(ReconcilerError):
            self.book.settled()

    @rule(address=ANY, edit=EDITS, hours=st.sampled_from([1, 24 * 8, 24 * 30]))
    def apply_a_saved_plan_later(self, address: Address, edit: dict[str, Any], hours: int) -> None:
        self.the_manifest_is_edited(address, edit)
        with suppress(ReconcilerError):
            plan = self.book.plan()
            self.book.later(hours=hours)
            self.guarded(lambda: self.book.apply(plan))

    def run(self, process: Process | None = None, accepted: frozenset[Address] = frozenset()) -> None:
        process, book = process or Process(), self.book
        book.process = Identity(host="runner", booted_at=0.0, pid=book.runs + 1, started_at=float(book.runs))
        with suppress(Killed, ReconcilerError):
            self.guarded(lambda: self._applied(process, accepted), accepted)
        if process.dead:
            book.dead_processes.append(book.process)
            for customer in book.customers:
                held = book.store.held(customer)
                if held:
                    book.store.unlock(customer, held.id)

    def _applied(self, process: Process, accepted: frozenset[Address]) -> list[Event]:
        book = self.book
        with book.commerce() as commerce:
            store = MortalStore(process, book.store, book.state_directory)
            found = book.workspace_of(MortalCommerce(process, commerce), store, Stop(book.clock))
            workspace = replace(found, accepted=accepted)
            planned = plan_estate(workspace, EVERYTHING)
            return list(apply_plan(workspace, planned, ApplySettings(fingerprint=fingerprint(planned.plan))))

    def guarded(self, run: Callable[[], object], accepted: frozenset[Address] = frozenset()) -> None:
        """Holds what a run may do, by the ledger, and by what was there before it. What is scheduled goes with an
        immediate change: that is no request of its own.
        """
        known = len(self.book.ledger)
        permitted = {
            self.book.id_of(address): Permitted(
                desired=self.book.manifests[address],
                sold=self.sold(address),
                bound=self.bound(address),
                others_added=self.others_added[address],
                accepted=address in accepted,
            )
            for address in ADDRESSES
        }
        try:
            run()
        finally:
            ours = [entry for entry in self.book.ledger[known:] if not entry.actor]
            immediate = {entry.request_id for entry in ours if entry.kind != "schedule"}
            for entry in ours:
                deleted = entry.kind == "schedule" and entry.request_id in immediate
                if not deleted:
                    permitted[entry.source].hold(entry)

    # What always holds

    @invariant()
    def no_transition_is_sent_or_made_twice(self) -> None:
        posts = Counter(request.request_id for request in self.book.sent if "/transitions" in request.path)
        posts.subtract(self.book.counter.throttled)
        assert max(posts.values(), default=0) <= 1, "a transition was posted twice"
        made = [entry for entry in self.book.ledger if entry.kind == "transition" and not entry.actor]
        assert len({entry.request_id for entry in made}) == len(made), "a transition was made twice"

    # In the end

    def teardown(self) -> None:
        try:
            with self.book.changed() as world:
                world.faults = []
            self.book.behave(transitioned_after=60)
            self.book.later(days=3)
            self.comes_to_rest()
            self.pass_the_next_end(self.book.plan())
            self.people_give_in()
            for _ in range(2):
                self.pass_the_next_end(self.book.plan(), gave_in=True)
        finally:
            shutil.rmtree(self.path)

    def comes_to_rest(self) -> None:
        """Without an edit nothing is left to do or to settle; what is blocked waits for a person."""
        for attempt in range(9):
            self.run()
            self.book.later(hours=26)
            plan = self.book.plan()
            if not plan.changes and not plan.pending:
                return
            if attempt > 1:
                self.resolve()
        raise AssertionError(_mentioned(plan))

    def resolve(self) -> None:
        """A person says truthfully what became of a request whose subscription others have changed since."""
        book, made = self.book, {entry.request_id for entry in self.book.ledger}
        for address in ADDRESSES:
            state = self.state(address)
            for pending in state.pending_of(address.name) if state else ():
                target = book.id_of(address) if pending.request_id in made else None
                with book.commerce() as commerce, suppress(ReconcilerError):
                    resolve_outcome(book.repair(), address, target, commerce)

    def people_give_in(self) -> None:
        """The manifests ask for what is there, and what others arranged is withdrawn. Then nothing is to be done."""
        for address in ADDRESSES:
            if undeclared(self.sold(address), self.book.manifests[address]):
                self._give_in(address)
        for _ in range(4):
            self.run()
            self.book.later(hours=26)
            plan = self.book.plan()
            if calm(plan):
                return
            for address in {blocked.address for blocked in plan.blocked}:
                self._give_in(address)
        raise AssertionError(_mentioned(plan))

    def _give_in(self, address: Address) -> None:
        if self.sold(address).status == "suspended":
            self.book.colleague.reactivate(self.book.id_of(address))
        live = self.live(address)
        if live.active:
            self.book.colleague.set_auto_renew(live.id, on=True)
            self.book.colleague.unschedule(live.id)
            self.book.want(address, live.offer.id, live.quantity, **NOTHING, change_term=ChangeTerm.AT_RENEWAL)
        elif address in self.book.manifests:
            self.book.want(address, live.offer.id, live.quantity, **{**NOTHING, "renew": Renew.END})

    def pass_the_next_end(self, plan: Plan, *, gave_in: bool = False) -> None:
        """Lets the next term end. What a plan did not mention comes as the manifest asks, and then nothing is to do."""
        ends: dict[Address, datetime] = {}
        for address in ADDRESSES:
            live = self.live(address)
            if live.active and live.commitment and live.commitment.ends_at:
                ends[address] = live.commitment.ends_at
        if not ends:
            return
        address = min(ends, key=lambda address: (ends[address], address))
        before, wanted = self.live(address), self.book.manifests[address]
        assert before.commitment
        then, strange = before.commitment.renewal.outcome, undeclared(self.sold(address), wanted)
        mentioned = address in {item.address for item in _mentioned(plan)}
        self.book.before_the_end(ends[address], hours=-3)
        after = self.live(address)
        goes_on = then in {*_GOES_ON, EndOfTerm.ENDS} and wanted.renew is not Renew.END
        if mentioned or strange or goes_on or "Extended" in before.offer.name:
            return
        if wanted.renew is Renew.END:
            assert after.status in _OVER, "a declared end did not come"
            return
        assert after.commitment
        assert (after.offer.id, after.quantity) == (wanted.offer.id, wanted.quantity), "a schedule of ours was lost"
        assert wanted.term in {None, after.commitment.term}, "a term was lost"
        assert wanted.billing in {None, after.billing}, "a billing cycle was lost"
        plan = self.book.plan()
        also_ended = {other for other, end in ends.items() if end <= ends[address] + timedelta(hours=3)} - {address}
        left = [
            item for item in _mentioned(plan) if item.address == address or (gave_in and item.address not in also_ended)
        ]
        assert not left, left


def _mentioned(plan: Plan) -> list[Change | Blocked | Unsettled]:
    return [*plan.changes, *plan.blocked, *plan.pending]


TestModern = Modern.TestCase
TestModern.settings = settings(
    max_examples=examples(5),
    stateful_step_count=14,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
"""The same histories every time, in bounded time; `.ci/crash` plays more."""
