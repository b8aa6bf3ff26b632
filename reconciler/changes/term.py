"""A term: another term or billing cycle at once, for a new commitment (subscription-resources, `termDuration`)."""

from dataclasses import replace

from reconciler.changes import traces
from reconciler.changes.binding import Done
from reconciler.changes.case import Case
from reconciler.changes.kind import Accepted, Answer, Kind, Performed, Read, Sending, Sight, View, Words
from reconciler.model.change import Reason
from reconciler.model.evidence import Evidence
from reconciler.model.ports import Commerce
from reconciler.model.request import Request, TermRequest
from reconciler.model.state import Bound, Pending, Result
from reconciler.model.subscription import Live


class Term(Kind):
    """The kind whose requests are `TermRequest`s."""

    name = "term"
    symbol = "%"
    words = Words(
        noun="term",
        doing="changing the term of",
        done="changed the term of",
        effect="the new term",
        planned="Another term or billing cycle that takes effect at once. It is a new commitment.",
        one_way="is a new commitment and can't be undone",
    )
    sends_back = True
    prepares = (Read.SUBSCRIPTION,)
    looks = (Read.SUBSCRIPTION,)
    shows_in = (Read.SUBSCRIPTION,)

    def order(self, seats: int) -> int:
        return 40

    def differs(self, case: Case) -> bool:
        return False

    def plan(self, case: Case) -> Request | tuple[Reason, ...]:
        return ()

    def identity(self, pending: Pending) -> tuple[str | int | None, ...]:
        request = _own(pending.request)
        asked = (request.action, pending.subscription_id, request.term, request.billing)
        return (*asked, *traces.pre_image(pending.before))

    def send(self, commerce: Commerce, sending: Sending) -> Answer:
        """The answer is never believed: what it shows may be what was sent."""
        commerce.update(sending.tenant, sending.source, _own(sending.pending.request), sending.ticket, sending.look)
        return Accepted()

    def may_resend(self, source: Live) -> bool:
        return True

    def moved(self, pending: Pending, source: Live, view: View, known_ids: frozenset[str]) -> str:
        return traces.moved_in_place(pending, source, view.subscription)

    def traced_in(self, pending: Pending) -> tuple[Read, ...]:
        return traces.where_it_shows(pending)

    def poll(self, pending: Pending, view: View) -> Answer:
        seen = self.shows(pending, pending.subscription_id, view)
        return Performed(subscription_id=pending.subscription_id, seen=seen) if seen else Accepted()

    def shows(self, pending: Pending, subscription_id: str, view: View) -> Live | None:
        live, request = view.find(subscription_id), _own(pending.request)
        if live is None or live.commitment is None or live.offer.id != pending.offer.id:
            return None
        return live if (live.commitment.term, live.billing) == (request.term, request.billing) else None

    def trace(self, pending: Pending, sight: Sight) -> Evidence:
        return traces.trace_in_place(pending, sight, self.shows(pending, pending.subscription_id, sight.view))

    def candidates(self, pending: Pending, sight: Sight) -> tuple[Live, ...]:
        live = self.shows(pending, pending.subscription_id, sight.view)
        return (live,) if live else ()

    def binding(self, bound: Bound | None, done: Done) -> Bound:
        """Another term ends at another time, which the service tells."""
        request = _own(done.pending.request)
        return replace(super().binding(bound, done), term=request.term, billing=request.billing, term_ends=None)

    def awaited(self, pending: Pending, subscription_id: str) -> str:
        return f"{self.wanted(pending.request)} to show"

    def wanted(self, request: Request) -> str:
        own = _own(request)
        return f"{own.term} term, billed {own.billing}"

    def outcome(self, result: Result) -> str:
        return f"changed to {self.wanted(result.request)}."


def _own(request: Request) -> TermRequest:
    if not isinstance(request, TermRequest):
        message = f"{request.kind} is no change of the term"
        raise TypeError(message)
    return request
