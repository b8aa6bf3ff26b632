"""Sends one change's request, each time with a last look before it leaves."""

from reconciler.advice import problem
from reconciler.applying.attempt import Attempt
from reconciler.applying.last_look import LastLook
from reconciler.applying.reading import read
from reconciler.changes import Answer, Sending, Unclear, View
from reconciler.model.errors import NoAnswer, ServiceError
from reconciler.model.subscription import Live
from reconciler.system.clock import Moment


class Sender:
    """A change whose intent is durable. `source` and `view` are what was there at `seen_at`, just before."""

    def __init__(self, attempt: Attempt, source: Live, view: View, seen_at: Moment) -> None:
        self.attempt = attempt
        self._source = source
        self._view = view
        self._seen_at = seen_at

    def send(self) -> Answer:
        """Sends the request under the ids of the intent. Raises ServiceError, NoAnswer where the answer is unclear."""
        attempt = self.attempt
        sending = Sending(
            tenant=attempt.change.customer.tenant,
            pending=attempt.pending,
            source=self._source,
            view=self._view,
            known_ids=self._known_ids,
            keep_cart=attempt.keep_cart,
            look=LastLook(attempt, self._seen_at, self._moved, unguarded=attempt.kind.sends_back and not self._guarded),
        )
        answer = attempt.kind.send(attempt.context.commerce, sending)
        if isinstance(answer, Unclear):
            raise NoAnswer(problem("answer_unclear", str(attempt.change.address)))
        return answer

    def may_resend(self) -> bool:
        """Returns True if the same request would still be in order. Looks at the service, unless an etag guards the
        request; what is sent back is then the subscription as it is read now.
        """
        if self._guarded:
            return True
        attempt, seen_at = self.attempt, self.attempt.context.clock.moment()
        try:
            view = self.look()
        except ServiceError:
            return False
        if attempt.kind.sends_back:
            self._source = view.find(attempt.pending.subscription_id) or self._source
        self._seen_at = seen_at
        return not attempt.kind.moved(attempt.pending, self._source, view, self._known_ids)

    @property
    def resendable(self) -> bool:
        """Returns True if its kind of request may be sent once more at all."""
        return self.attempt.kind.may_resend(self._source)

    def look(self) -> View:
        """Reads what the kind looks at before its request leaves. Raises ServiceError."""
        attempt, change = self.attempt, self.attempt.change
        reads, commerce = attempt.kind.looks, attempt.context.commerce
        return read(commerce, change.customer.tenant, change.subscription_id, reads, pending=attempt.pending)

    @property
    def _guarded(self) -> bool:
        """Returns True if the service itself refuses the request once somebody else has changed the subscription."""
        return self.attempt.kind.sends_back and self._source.etag is not None

    @property
    def _known_ids(self) -> frozenset[str]:
        """The subscriptions that were there before, and those that some address has had."""
        return self.attempt.journal.state.claimed_ids() | frozenset(self.attempt.pending.known_subscription_ids)

    def _moved(self) -> str:
        view = self.look()
        return self.attempt.kind.moved(self.attempt.pending, self._source, view, self._known_ids)
