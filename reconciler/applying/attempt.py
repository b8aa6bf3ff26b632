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
    ClocksDisagree,
    Overtaken,
)
from reconciler.model.event import SentAgain, Started
from reconciler.model.evidence import may_show
from reconciler.model.order import order_key
from reconciler.model.pending import SHOWS_WITHIN, Pending, Reply
from reconciler.model.result import Licenses, Outcome, Result, UnassignedUser, ended
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Live
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

    def send_again(self) -> SentAgain:
        """Makes it durable that the request is sent once more. Raises StateConflict where somebody else wrote."""
        key, now, latest = self.pending.key, self.context.commerce.now(), self.context.commerce.clocks.latest
        owned_until, hold_until = self._owned_until(), self._hold_until()
        self.journal.write(
            lambda state: state.amend(key, lambda pending: pending.sent_again(now, latest, owned_until, hold_until))
        )
        return SentAgain(at=now, address=self.change.address, request_id=self.pending.request_id)

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
        """Makes it durable in the estate that the customer's order was started. Raises StateError."""
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

    def give_up(self, errors: tuple[UpgradeError, ...] = ()) -> None:
        """Records that nothing shows of it. It stays in doubt: asked again, it goes under the same request id."""
        result = recording.given_up(self.context, self.change.address, self.pending)
        self.record(replace(result, upgrade_errors=errors))

    @property
    def requested_before(self) -> bool:
        """Returns True if a request under the same id was sent for an earlier change."""
        return any(result.request_id == self.pending.request_id for result in self.journal.state.results)

    def record(self, result: Result, bound: Callable[[CustomerState], Bound] | None = None) -> Result:
        """Records what became of the change, and where the address is bound now if it moved."""
        result = replace(result, plan_fingerprint=self.context.plan_fingerprint)
        self.journal.record(lambda state: state.finish(self.name, result, bound(state) if bound else None))
        return result
