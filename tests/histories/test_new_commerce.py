"""Any history of a subscription of new commerce over its terms: rules of what may happen, and what always holds."""

import os
import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from reconciler.documents.plan import fingerprint
from reconciler.model.errors import ReconcilerError
from reconciler.model.event import Event
from reconciler.model.renewal import EndOfTerm
from reconciler.model.run import Process as Identity
from reconciler.model.subscription import Live
from reconciler.model.term import Billing, FewerSeats, Renew, Term
from reconciler.operations.apply import ApplySettings, apply_plan
from reconciler.operations.plan import plan_estate
from reconciler.sandbox import Entry, Fault, FaultKind
from tests.applying.scenes import EVERYTHING, Stop
from tests.histories.book import OFFICE, Book, calm
from tests.histories.mortality import Killed, MortalCommerce, MortalStore, Process
from tests.sandbox.modern import BASIC, STANDARD

UNASKED = 15
"""Seats that a colleague schedules, and that no manifest of these histories ever asks for."""

NOTHING: dict[str, Any] = {"term": None, "billing": None, "renew": None}
EDITS = st.one_of(
    st.fixed_dictionaries({"quantity": st.sampled_from([20, 25, 30]), "fewer_seats": st.sampled_from(FewerSeats)}),
    st.fixed_dictionaries({"offer": st.sampled_from([BASIC, STANDARD])}),
    st.sampled_from(
        [
            NOTHING,
            {**NOTHING, "term": Term.MONTHLY, "billing": Billing.MONTHLY},
            {**NOTHING, "term": Term.ANNUAL, "billing": Billing.ANNUAL},
            {**NOTHING, "renew": Renew.AUTO},
            {**NOTHING, "renew": Renew.END},
        ]
    ),
)
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


class Modern(RuleBasedStateMachine):
    """One subscription to which anything may happen. In the end the world is calm, and terms come and go."""

    def __init__(self) -> None:
        super().__init__()
        self.path = Path(tempfile.mkdtemp(prefix="terms-"))
        self.book = Book(self.path)
        lifted = {"max_ended": 9, "max_seats_removed": 9999, "max_seats_removed_at_renewal": 9999}
        self.book.settings = replace(
            self.book.settings,
            limits=replace(self.book.settings.limits, **lifted),
            wait=replace(self.book.settings.wait, timeout_seconds=20),
        )

    @initialize(
        slow=st.sampled_from([0, 60, 2160, 18_000]),
        listed=st.booleans(),
        shown=st.sampled_from(["as_written", "actions", "both"]),
        idempotent=st.booleans(),
    )
    def the_service_is_like_this(self, slow: float, listed: bool, shown: str, idempotent: bool) -> None:
        self.book.behave(
            transitioned_after=slow, schedules_in_lists=listed, schedule_shown=shown, idempotent=idempotent
        )

    # The manifest, and people

    @rule(values=EDITS)
    def the_manifest_is_edited(self, values: dict[str, Any]) -> None:
        self.book.want(OFFICE, **values)

    @rule(seats=st.sampled_from([3, 10]))
    def a_colleague_buys_seats(self, seats: int) -> None:
        if self.live.active:
            self.book.colleague.add_seats(self.book.office, seats)

    @rule(what=st.sampled_from(["unschedule", "off", "on", "end", "extend"]))
    def a_colleague_arranges_the_end_of_the_term(self, what: str) -> None:
        colleague, office = self.book.colleague, self.book.office
        if not self.live.active:
            return
        match what:
            case "unschedule":
                colleague.unschedule(office)
            case "end":
                colleague.end_at_term(office)
            case "extend":
                colleague.extend_at_term(office)
            case _:
                colleague.set_auto_renew(office, on=what == "on")

    # Time

    @rule(hours=st.sampled_from([1, 6, 25, 24 * 8, 24 * 40]))
    def time_passes(self, hours: int) -> None:
        self.book.later(hours=hours)

    @rule(hours=st.sampled_from([12, 48, 24 * 5]))
    def the_end_of_the_term_draws_near(self, hours: int) -> None:
        ends = self.live.commitment.ends_at if self.live.commitment else None
        if ends and (ends - self.book.here).total_seconds() > hours * 3600:
            self.book.before_the_end(ends, hours=hours)

    @rule()
    def the_term_ends(self) -> None:
        """The renewal does what a plan without a word promised."""
        self.pass_the_end(promised=calm(self.book.plan()))

    def pass_the_end(self, *, promised: bool) -> None:
        before, wanted = self.live, self.book.manifests[OFFICE]
        commitment = before.commitment
        if commitment is None or commitment.ends_at is None or not before.active or before.is_trial:
            return
        then = commitment.renewal
        unasked = then.outcome == EndOfTerm.ENDS and wanted.renew is not Renew.END
        unasked = unasked or (then.outcome == EndOfTerm.RENEWS_CHANGED and then.quantity == UNASKED)
        lapses = then.outcome in {EndOfTerm.LAPSES, EndOfTerm.EXTENDED_TERM} and wanted.renew is None
        self.book.before_the_end(commitment.ends_at, hours=-3)
        after = self.live
        if not promised or unasked or lapses or then.outcome == EndOfTerm.EXTENDED_TERM:
            return
        if wanted.renew is Renew.END:
            assert after.status in _OVER, "a declared end did not come"
            return
        assert after.commitment
        assert (after.offer.id, after.quantity) == (wanted.offer.id, wanted.quantity), "a schedule of ours was lost"
        assert wanted.term in {None, after.commitment.term}, "a term was lost"
        assert wanted.billing in {None, after.billing}, "a billing cycle was lost"

    # Runs

    @rule()
    def apply(self) -> None:
        self.run()

    @rule(faults=st.lists(FAULTS, min_size=1, max_size=2))
    def apply_while_the_service_fails(self, faults: list[Fault]) -> None:
        self.book.arm(*faults)
        self.run()

    @rule(kind=st.sampled_from([FaultKind.PERFORMED_THEN_DROPPED, FaultKind.DROPPED_BEFORE, FaultKind.HTTP_500_AFTER]))
    def upgrade_and_lose_the_answer(self, kind: FaultKind) -> None:
        self.book.want(OFFICE, offer=STANDARD)
        self.book.arm(Fault(kind=kind, method="POST", path="/transitions"))
        self.run()

    @rule(edit=EDITS)
    def apply_after_a_colleague_scheduled_fewer_seats(self, edit: dict[str, Any]) -> None:
        if self.live.active:
            self.book.colleague.schedule(self.book.office, UNASKED)
            self.book.want(OFFICE, **edit)
            self.run()

    @rule(steps=st.integers(0, 30))
    def apply_and_die(self, steps: int) -> None:
        self.run(Process(steps=steps))

    @rule()
    def settle(self) -> None:
        with suppress(ReconcilerError):
            self.book.settled()

    @rule(edit=EDITS, hours=st.sampled_from([1, 24 * 30]))
    def apply_a_saved_plan_later(self, edit: dict[str, Any], hours: int) -> None:
        self.book.want(OFFICE, **edit)
        with suppress(ReconcilerError):
            plan = self.book.plan()
            self.book.later(hours=hours)
            self.guarded(lambda: self.book.apply(plan))

    def run(self, process: Process | None = None) -> None:
        process = process or Process()
        book = self.book
        book.process = Identity(host="runner", booted_at=0.0, pid=book.runs + 1, started_at=float(book.runs))
        with suppress(Killed, ReconcilerError):
            self.guarded(lambda: self._applied(process))
        if process.dead and book.process is not None:
            book.dead_processes.append(book.process)
            held = book.store.held("contoso")
            if held:
                book.store.unlock("contoso", held.id)

    def _applied(self, process: Process) -> list[Event]:
        book = self.book
        with book.commerce() as commerce:
            store = MortalStore(process, book.store, book.state_directory)
            workspace = book.workspace_of(MortalCommerce(process, commerce), store, Stop(book.clock))
            planned = plan_estate(workspace, EVERYTHING)
            return list(apply_plan(workspace, planned, ApplySettings(fingerprint=fingerprint(planned.plan))))

    def guarded(self, run: Any) -> None:
        """Holds what a run may do, by the ledger and by the manifest that it read."""
        before, known, wanted = self.live, len(self.book.ledger), self.book.manifests[OFFICE]
        arranged = before.commitment.renewal if before.commitment else None
        try:
            run()
        finally:
            ours = [entry for entry in self.book.ledger[known:] if not entry.actor]
            for entry in ours:
                self.allowed(entry, wanted.fewer_seats, wanted.quantity)
            if arranged and arranged.outcome == EndOfTerm.RENEWS_CHANGED and arranged.quantity == UNASKED:
                assert not ours, "an undeclared schedule was deleted or replaced"

    def allowed(self, entry: Entry, fewer: FewerSeats, quantity: int) -> None:
        """Holds that seats go only as far as the manifest permits."""
        if entry.kind == "resize" and entry.quantity < entry.before:
            assert fewer is not FewerSeats.REFUSE, "seats were removed that no manifest allowed"
            assert entry.quantity >= quantity, "more seats were removed than the manifest allowed"
        if entry.kind == "schedule" and entry.then == "renews" and entry.quantity < entry.before:
            assert fewer is FewerSeats.AT_RENEWAL, "seats were scheduled away that no manifest allowed"
            assert entry.quantity >= quantity, "more seats were scheduled away than the manifest allowed"

    # What always holds

    @invariant()
    def no_transition_is_sent_or_made_twice(self) -> None:
        posts = Counter(request.request_id for request in self.book.sent if "/transitions" in request.path)
        posts.subtract(self.book.counter.throttled)
        assert max(posts.values(), default=0) <= 1, "a transition was posted twice"
        made = [entry for entry in self.book.ledger if entry.kind == "transition" and not entry.actor]
        assert len({entry.request_id for entry in made}) == len(made), "a transition was made twice"

    @property
    def live(self) -> Live:
        with self.book.changed() as world:
            faults, world.faults = world.faults, []
        try:
            return self.book.live()
        finally:
            with self.book.changed() as world:
                world.faults = faults

    # In the end

    def teardown(self) -> None:
        try:
            with self.book.changed() as world:
                world.faults = []
            self.book.behave(transitioned_after=60)
            self.book.later(days=3)
            self.comes_to_rest()
            for _ in range(2):
                self.another_term()
        finally:
            shutil.rmtree(self.path)

    def comes_to_rest(self) -> None:
        for attempt in range(8):
            self.run()
            self.book.later(hours=26)
            plan = self.book.plan()
            if calm(plan):
                return
            if attempt > 1 and plan.blocked:
                self.resolve()
                self.follow_up()
        raise AssertionError([*plan.changes, *plan.blocked, *plan.pending])

    def resolve(self) -> None:
        """A person says truthfully what became of a request whose subscription others have changed since."""
        book, made = self.book, {entry.request_id for entry in self.book.ledger}
        for pending in book.state().pending_of(OFFICE.name):
            target = book.office if pending.request_id in made else None
            with book.commerce() as commerce, suppress(ReconcilerError):
                book.repair().resolve(OFFICE, target, commerce)

    def follow_up(self) -> None:
        """A person gives in: the manifest asks for what is there, and what others arranged is withdrawn."""
        live = self.live
        if live.active:
            self.book.colleague.set_auto_renew(self.book.office, on=True)
            self.book.colleague.unschedule(self.book.office)
        self.book.want(OFFICE, live.offer.id, live.quantity, **NOTHING)

    def another_term(self) -> None:
        """In a calm world a term comes and goes without an edit, and nothing is to do afterwards."""
        self.pass_the_end(promised=calm(self.book.plan()))
        plan = self.book.plan()
        live = self.live
        if live.active and live.commitment and "Extended" not in live.offer.name:
            wanted = self.book.manifests[OFFICE]
            undeclared = live.quantity == UNASKED and wanted.quantity != UNASKED
            assert calm(plan) or undeclared, [*plan.changes, *plan.blocked, *plan.pending]


TestModern = Modern.TestCase
TestModern.settings = settings(
    max_examples=int(os.environ.get("HISTORIES", "12")),
    stateful_step_count=14,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
"""The same histories every time, in bounded time; `.ci/crash` plays more."""
