"""A renewal: another outcome at the end of the term, scheduled now (create-scheduled-changes)."""

from dataclasses import replace

from reconciler.changes import traces
from reconciler.changes.binding import Done
from reconciler.changes.case import Case
from reconciler.changes.kind import Accepted, Answer, Kind, Performed, Read, Sending, Sight, View, Words
from reconciler.model.change import Reason
from reconciler.model.evidence import Evidence
from reconciler.model.ports import Commerce
from reconciler.model.renewal import AtRenewal, EndOfTerm
from reconciler.model.request import RenewalRequest, Request
from reconciler.model.state import Bound, Outcome, Pending, Result
from reconciler.model.subscription import Live

_RENEWS = {EndOfTerm.RENEWS.value, EndOfTerm.RENEWS_CHANGED.value}
_IN_WORDS = {
    EndOfTerm.RENEWS.value: "renew as it is",
    EndOfTerm.ENDS.value: "end with the term",
    EndOfTerm.LAPSES.value: "not renew",
}


class Renewal(Kind):
    """The kind whose requests are `RenewalRequest`s."""

    name = "renewal"
    symbol = "@"
    words = Words(
        noun="renewal",
        doing="scheduling the renewal of",
        done="scheduled the renewal of",
        effect="the schedule",
        planned="Something else when the term ends. It can be changed until then.",
    )
    sends_back = True
    stands_alone = True
    prepares = (Read.SUBSCRIPTION,)
    looks = (Read.SUBSCRIPTION,)
    shows_in = (Read.SUBSCRIPTION,)
    unseen = Outcome.NOT_SECURED

    def order(self, seats: int) -> int:
        return 60

    def differs(self, case: Case) -> bool:
        return False

    def plan(self, case: Case) -> Request | tuple[Reason, ...]:
        return ()

    def identity(self, pending: Pending) -> tuple[str | int | None, ...]:
        request, then = _own(pending.request), _own(pending.request).next_term
        custom_end = then.custom_end.isoformat() if then and then.custom_end else None
        values = (then.offer_id, then.quantity, then.term, then.billing, custom_end) if then else ()
        asked = (request.action, pending.subscription_id, request.outcome, request.form.value)
        return (*asked, *values, *traces.pre_image(pending.before))

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
        """The same next term counts, whatever availability and promotion the service states it with."""
        live, request = view.find(subscription_id), _own(pending.request)
        if live is None or live.commitment is None:
            return None
        found = live.commitment
        if request.next_term is not None:
            same = found.renewal.outcome in _RENEWS and request.next_term.same_as(found.next_term)
        else:
            same = found.renewal.outcome == request.outcome and found.next_term is None
        return live if same else None

    def trace(self, pending: Pending, sight: Sight) -> Evidence:
        return traces.trace_in_place(pending, sight, self.shows(pending, pending.subscription_id, sight.view))

    def candidates(self, pending: Pending, sight: Sight) -> tuple[Live, ...]:
        live = self.shows(pending, pending.subscription_id, sight.view)
        return (live,) if live else ()

    def binding(self, bound: Bound | None, done: Done) -> Bound:
        """Makes the schedule at the service ours; none is where it just renews."""
        request, before = _own(done.pending.request), done.pending.before
        then = request.next_term
        values = (then.quantity, then.term, then.billing) if then else (before.quantity, before.term, before.billing)
        quantity, term, billing = values if request.outcome in _RENEWS else (None, None, None)
        return replace(
            super().binding(bound, done),
            renewal=AtRenewal(outcome=request.outcome, quantity=quantity, term=term, billing=billing),
            scheduled_by=None if request.outcome == EndOfTerm.RENEWS else done.pending.request_id,
        )

    def awaited(self, pending: Pending, subscription_id: str) -> str:
        return "the schedule to show"

    def wanted(self, request: Request) -> str:
        own = _own(request)
        if own.next_term is None:
            return _IN_WORDS.get(own.outcome, own.outcome)
        then = own.next_term
        return f"renew with {then.quantity} seats, {then.term} term, billed {then.billing}"

    def outcome(self, result: Result) -> str:
        return f"will {self.wanted(result.request)}."


def _own(request: Request) -> RenewalRequest:
    if not isinstance(request, RenewalRequest):
        message = f"{request.kind} is no renewal"
        raise TypeError(message)
    return request
