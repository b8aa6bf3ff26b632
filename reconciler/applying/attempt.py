"""One attempt at a change: its intent, and the record of how it ended."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from reconciler import advice, changes
from reconciler.advice import sentence
from reconciler.applying import recording
from reconciler.applying.context import ApplyContext, Breaker
from reconciler.applying.journal import Journal
from reconciler.applying.request_id import request_id
from reconciler.changes import Kind, View
from reconciler.model.binding import Bound
from reconciler.model.change import Before, Change
from reconciler.model.errors import (
    AuthenticationFailed,
    ClocksDisagree,
    CustomerHeld,
    Overtaken,
    PartnerRefused,
    RelationshipMissing,
    ServiceError,
    ServiceRefused,
    TooManyRequests,
)
from reconciler.model.event import Failed, Held, Recovered, Stale, Started, Succeeded, Unknown
from reconciler.model.evidence import Evidence, Log, may_show
from reconciler.model.order import order_key
from reconciler.model.pending import SHOWS_WITHIN, Pending, Reply
from reconciler.model.result import Licenses, Outcome, Result, UnassignedUser, ended
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Live
from reconciler.model.support import Support
from reconciler.model.upgrade import LicenseError, UpgradeError
from reconciler.system.clock import Moment


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A change, the journal it is written to, and the id that this attempt at it has in the service's log."""

    change: Change
    context: ApplyContext
    journal: Journal
    breaker: Breaker
    correlation_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    _noted: list[Pending] = field(default_factory=list, repr=False)

    @property
    def name(self) -> str:
        """The name within the customer that has the change now: somebody may rename the address meanwhile."""
        state = self.journal.state
        names = (name for name, pending in state.all_pending() if pending.correlation_id == self.correlation_id)
        return next(names, None) or state.claimed_by(self.change.subscription_id) or self.change.address.name

    @property
    def kind(self) -> Kind:
        """Returns the kind of change, which is asked wherever kinds differ."""
        return changes.of(self.change.request)

    @property
    def pending(self) -> Pending:
        """The intent as it stands in state; as it was noted, where another run has settled it meanwhile."""
        everything = (pending for _, pending in self.journal.state.all_pending())
        own = (pending for pending in everything if pending.correlation_id == self.correlation_id)
        return next(own, None) or self._noted[-1]

    @property
    def moved(self) -> bool:
        """Returns True if the change was made, or may have been: what was seen of the address before is out of date."""
        own = (result for result in self.journal.state.results if result.correlation_id == self.correlation_id)
        return self.name in self.journal.state.pending or any(result.outcome.performed for result in own)

    def overdue(self, since: Moment) -> bool:
        """Returns True if an intent that was noted at this moment is too old for its request to leave.

        The process stood still meanwhile, and others may have given it up by now.
        """
        return self.context.clock.seconds_since(since) > self.context.wait.sendable_seconds

    def begin(self, before: Live, known_ids: Iterable[str], view: View) -> Started:
        """Makes the intent durable. Raises StateConflict where somebody else wrote, and ClocksDisagree: nothing may be
        sent then.

        What is in doubt goes under its old request id, unless the service has refused it under that, and what was new
        since then counts as new. What buys nothing goes under another once it can't show any more: done twice it is
        the same as once, and the service may answer the old id as it did before, for ever.
        """
        if apart := self.context.commerce.clocks.apart:
            raise ClocksDisagree(advice.problem("clocks_disagree", **apart.data))
        state, pending = self.journal.state, self._intent(before, known_ids, view)
        doubt = state.doubt_of(pending)
        if doubt:
            over = not self.kind.buys and not may_show(doubt, self.context.commerce.clocks.earliest)
            reused = pending.request_id if over or state.was_refused(doubt.request_id) else doubt.request_id
            pending = replace(pending, request_id=reused, known_subscription_ids=doubt.known_subscription_ids)
        change = self.change
        self._noted.append(pending)
        self.journal.write(lambda state: state.begin(change.address.name, pending))
        return Started(at=pending.started_at, address=change.address, change=change, request_id=pending.request_id)

    def send_again(self) -> None:
        """Makes it durable that the request is sent once more. Raises StateConflict where somebody else wrote."""
        key, now, latest = self.pending.key, self.context.commerce.now(), self.context.commerce.clocks.latest
        owned_until, hold_until = self._owned_until(), self._hold_until()
        self.journal.write(
            lambda state: state.amend(key, lambda pending: pending.sent_again(now, latest, owned_until, hold_until))
        )

    def keep_cart(self, cart_id: str) -> None:
        """Makes it durable in which cart an order is bought, before that is checked out.

        Raises StateError where that can't be done, Overtaken where it took so long that others may have given it up.
        """
        key, owned_until, hold_until = self.pending.key, self._owned_until(), self._hold_until()
        noted = self.context.clock.moment()
        self.journal.write(
            lambda state: state.amend(key, lambda pending: pending.in_cart(cart_id, owned_until, hold_until))
        )
        if self.overdue(noted):
            raise Overtaken(advice.problem("overtaken", self.change.address, moved=sentence("stale_stood_still")))

    def note_order(self) -> None:
        """Makes it durable in the estate that the customer's order was begun. Raises StateError."""
        key = order_key(self.change.subscription_id)
        if key is not None:
            self.context.store.note_order(self.change.customer.tenant, key)

    def _owned_until(self) -> datetime:
        return self.context.commerce.clocks.latest + timedelta(seconds=self.context.wait.owned_seconds)

    def _hold_until(self) -> datetime | None:
        return self.context.commerce.clocks.latest + self.kind.holds if self.kind.holds else None

    def _intent(self, before: Live, known_ids: Iterable[str], view: View) -> Pending:
        change, now = self.change, self.context.commerce.now()
        pending = Pending(
            request=change.request,
            run=self.context.run,
            request_id="",
            correlation_id=self.correlation_id,
            started_at=now,
            owned_until=self._owned_until(),
            shows_until=self.context.commerce.clocks.latest + SHOWS_WITHIN,
            subscription_id=change.subscription_id,
            known_subscription_ids=tuple(sorted(known_ids)),
            before=Before.of(before),
        )
        pending = self.kind.noted(pending, view)
        if self.kind.may_have_left(pending):
            pending = replace(pending, hold_until=self._hold_until())
        return replace(pending, request_id=request_id(pending, change.address, self.journal.state))

    def hold(self) -> None:
        """Makes it durable that the service may be at work on it for a day, as it says itself."""
        key, until = self.pending.key, self.context.commerce.clocks.latest + SHOWS_WITHIN
        self.journal.record(
            lambda state: state.amend(key, lambda pending: pending.replied(Reply.HELD, hold_until=until))
        )

    def accepted(self, operation: str | None) -> None:
        """Makes it durable that the service took it, and what it calls the work on it."""
        key, took = self.pending.key, Reply.ACCEPTED
        if operation is not None:
            self.journal.record(lambda state: state.amend(key, lambda pending: pending.replied(took, operation)))

    def done(
        self,
        outcome: Outcome,
        target_id: str,
        *,
        visible: bool,
        license_errors: tuple[LicenseError, ...] = (),
        licenses: Licenses | None = None,
        operation: str | None = None,
    ) -> Result:
        """Records that the change was carried out; the address follows the target. Of users only their ids are kept.

        While it does not show, the address is protected, from the later of the two clocks on.
        """
        now = self.context.commerce.now()
        bound_at = now if visible else self.context.commerce.clocks.latest
        pending = self.pending
        users = tuple(UnassignedUser(user_object_id=user.user_object_id, codes=user.codes) for user in license_errors)
        result = ended(pending, self.change.address, outcome, now, target_id, self.context.run, operation)
        return self.record(
            replace(result, license_errors=users, licenses=licenses),
            lambda state: changes.binding_after(state, self.name, pending, target_id, bound_at, visible=visible),
        )

    def recovered(self, evidence: Evidence) -> Recovered | Succeeded | None:
        """Records that the change was found done; None where it shows no subscription, or that is another address's."""
        if evidence.subscription is None:
            return None
        return recording.recovered(self.context, self.journal, self.name, self.pending, evidence)

    def not_done(self, outcome: Outcome, errors: tuple[UpgradeError, ...], operation: str | None = None) -> Result:
        """Records that the change was definitely not carried out, and what the service said of it."""
        now = self.context.commerce.now()
        result = ended(self.pending, self.change.address, outcome, now, None, self.context.run, operation)
        return self.record(replace(result, upgrade_errors=errors))

    def saw(self, live: Live) -> None:
        """Records what the service shows of the address's subscription; no seats that somebody else added."""
        now = self.context.commerce.now()

        def observed(state: CustomerState) -> CustomerState:
            bound = state.subscriptions.get(self.name)
            return state.observe({self.name: bound.without_added(live) if bound else live}, now)

        self.journal.record(observed)

    def failed(self, error: ServiceError) -> Failed:
        """The service's definite no to a request that left, or one that could not leave: recorded, and told.

        What could not leave and had been asked before, under the same request id, is in doubt as it was.
        """
        if _decided(error) or not self.requested_before:
            self.not_done(Outcome.FAILED, (UpgradeError(code=error.code or _kind(error), description=str(error)),))
        else:
            self.give_up()
        return self.not_begun(error)

    def overtaken(self, error: Overtaken) -> Stale:
        """The world moved while the request had to wait, and it did not leave: recorded, and told."""
        return self._kept_back("overtaken", str(error))

    def stood_still(self) -> Stale:
        """The process stood still before the request left, and it does not leave any more: recorded, and told."""
        return self._kept_back("stale_stood_still", sentence("stale_stood_still"))

    def state_written(self) -> Stale:
        """Somebody else wrote the state before the request left, and it does not leave: recorded, and told."""
        return self._kept_back("stale_state_written", sentence("stale_state_written"))

    def _kept_back(self, code: str, why: str) -> Stale:
        """A request that did not leave. What had been asked before, under the same request id, is in doubt as it was.

        Another run may have given it up meanwhile, and asked again: that one's own requests stay as they are.
        """
        if self.requested_before:
            self.give_up()
            return self.stale(f"{why} {sentence('stale_still_in_doubt')}")
        self.not_done(Outcome.NOT_DONE, (UpgradeError(code=code, description=why),))
        return self.stale(why)

    def refused(self, errors: tuple[UpgradeError, ...], operation: str | None = None) -> Failed:
        """The service's own word that it did not do it: recorded."""
        self.not_done(Outcome.FAILED, errors, operation)
        return self.failed_with(errors)

    def failed_with(self, errors: tuple[UpgradeError, ...], more: str = "") -> Failed:
        """The event of a failure for the service's errors."""
        self.breaker.failed()
        described = "; ".join(f"{error.description} {error.details}".strip() for error in errors)
        failed = self.failure(", ".join(dict.fromkeys(error.code for error in errors)), f"{described}{more}")
        return replace(failed, remedy=recording.remedy(errors, self.change.address))

    def not_secured(self) -> Failed:
        """The service took a schedule and does not show it: recorded."""
        self.not_done(Outcome.NOT_SECURED, ())
        self.breaker.failed()
        wanted = self.kind.wanted(self.change.request)
        problem = advice.problem("not_secured", self.change.address, wanted=wanted, address=self.change.address)
        return self.failure("not_secured", problem.what, ServiceError(problem))

    def give_up(self, errors: tuple[UpgradeError, ...] = ()) -> None:
        """Records that nothing shows of it. It stays in doubt: asked again, it goes under the same request id."""
        result = recording.given_up(self.context, self.change.address, self.pending)
        self.record(replace(result, upgrade_errors=errors))

    def unknown(
        self, description: str, reply: Reply, support: Support | None = None, log: Log = Log.SILENT
    ) -> Unknown | Recovered | Stale:
        """Nobody can say whether the change was done. It stays pending, with the reply, so that later runs say what it
        was; where that can't be noted, they say that nothing is on record. Another run may have settled it meanwhile.
        """
        recording.note_reply(self.journal, self.pending, Reply.LOGGED if log is Log.PERFORMED else reply)
        if settled := self.settled_elsewhere():
            return settled
        self.breaker.failed()
        pending = self.pending.replied(reply)
        return recording.unknown(self.context, self.change.address, pending, description, support, log)

    def settled_elsewhere(self) -> Recovered | Stale | None:
        """The event of a change that another run has settled, as state has it now; None where it is pending."""
        result = self.journal.state.result_of(self.pending.key)
        if result and result.outcome.performed:
            return Recovered(at=self.context.commerce.now(), address=self.change.address, result=result)
        return self.stale(sentence("stale_settled_elsewhere"), sent=True) if result else None

    def held(self, word: str, operation: str | None) -> Held | Recovered | Stale:
        """The service waits for a person. It stays pending, and that is recorded."""
        key = self.pending.key
        self.journal.record(
            lambda state: state.amend(key, lambda pending: pending.replied(Reply.PERSON_NEEDED, operation))
        )
        return self.settled_elsewhere() or recording.held(self.context, self.change.address, self.pending, word)

    @property
    def requested_before(self) -> bool:
        """Returns True if a request under the same id was sent for an earlier change."""
        return any(result.request_id == self.pending.request_id for result in self.journal.state.results)

    @property
    def _in_doubt(self) -> bool:
        """Returns True if a request for the subscription was given up and may turn out to be done."""
        own, now = self.change.subscription_id, self.context.commerce.clocks.earliest
        return any(doubt.subscription_id == own and may_show(doubt, now) for doubt in self.journal.state.doubts())

    def not_begun(self, error: ServiceError) -> Failed:
        """The service's definite no before there was an intent: nothing to record."""
        if isinstance(error, AuthenticationFailed):
            self.breaker.sign_in_failed()
            return self.failure("authentication_failed", str(error), error)
        self.breaker.failed()
        return self.failure(error.code or _kind(error), str(error), error)

    def failure(self, code: str, description: str, error: ServiceError | None = None) -> Failed:
        """The event of a failure."""
        return Failed(
            at=self.context.commerce.now(),
            address=self.change.address,
            action=self.change.action,
            code=code,
            description=description,
            remedy=tuple(step for problem in error.problems for step in problem.steps) if error else (),
            support=error.support if error else None,
            in_doubt=self._in_doubt,
            holds_customer=isinstance(error, CustomerHeld | PartnerRefused | RelationshipMissing),
        )

    def stale(self, description: str, *, sent: bool = False) -> Stale:
        """The event of a change that is not begun, or was refused, because the world moved."""
        return Stale(at=self.context.commerce.now(), address=self.change.address, description=description, sent=sent)

    def record(self, result: Result, bound: Callable[[CustomerState], Bound] | None = None) -> Result:
        """Records what became of the change, and where the address is bound now if it moved."""
        result = replace(result, plan_fingerprint=self.context.plan_fingerprint)
        self.journal.record(lambda state: state.finish(self.name, result, bound(state) if bound else None))
        return result


def _decided(error: ServiceError) -> bool:
    """Returns True if the service has looked at the request, and may remember its answer to it."""
    return isinstance(error, ServiceRefused) and not isinstance(error, TooManyRequests)


def _kind(error: ServiceError) -> str:
    if isinstance(error, AuthenticationFailed):
        return "authentication_failed"
    return f"http_{error.status}" if error.status else "service_unreachable"
