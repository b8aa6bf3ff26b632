"""The shared part of changes in place: the whole subscription is sent back with some members changed, and read again
(update-a-subscription-by-id).
"""

from reconciler.changes import traces
from reconciler.changes.kind import Kind
from reconciler.changes.sending import Accepted, Answer, Performed, Sending
from reconciler.changes.view import Read, Sight, View
from reconciler.model.commerce import Commerce
from reconciler.model.evidence import Evidence
from reconciler.model.pending import Pending
from reconciler.model.request import UpdateRequest
from reconciler.model.subscription import Live


class InPlace(Kind):
    """A change of the subscription's own values. Its address stays where it is bound."""

    sends_back = True
    prepares = (Read.SUBSCRIPTION,)
    looks = (Read.SUBSCRIPTION,)
    shows_in = (Read.SUBSCRIPTION,)

    def send(self, commerce: Commerce, sending: Sending) -> Answer:
        """The answer of new commerce is never believed: what it shows may be what was sent."""
        request = UpdateRequest.of(sending.pending.request)
        commerce.update(sending.tenant, sending.source, request, sending.ticket, sending.look)
        return Accepted()

    def may_resend(self, source: Live) -> bool:
        """The old values have shown for the whole wait, and must show in a fresh read."""
        return True

    def moved(self, pending: Pending, source: Live, view: View, known_ids: frozenset[str]) -> str:
        return traces.moved_in_place(pending, source, view.subscription)

    def traced_in(self, pending: Pending) -> tuple[Read, ...]:
        return traces.where_it_shows(pending)

    def poll(self, pending: Pending, view: View) -> Answer:
        seen = self.shows(pending, pending.subscription_id, view)
        return Performed(subscription_id=pending.subscription_id, seen=seen) if seen else Accepted()

    def trace(self, pending: Pending, sight: Sight) -> Evidence:
        return traces.trace_in_place(pending, sight, self.made(pending, sight.view), self.attributes)

    def candidates(self, pending: Pending, sight: Sight) -> tuple[Live, ...]:
        live = self.made(pending, sight.view)
        return (live,) if live else ()

    def made(self, pending: Pending, view: View) -> Live | None:
        """The subscription where nothing but this request can have left it so."""
        return self.shows(pending, pending.subscription_id, view)
