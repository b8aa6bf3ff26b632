"""A renewal: another outcome at the end of the term, scheduled now (create-scheduled-changes)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from reconciler.changes import traces
from reconciler.changes.binding import Done
from reconciler.changes.case import Case
from reconciler.changes.in_place import InPlace
from reconciler.changes.in_words import Detail, day, in_seats, length, outcome, present_term
from reconciler.changes.kind import Words
from reconciler.changes.retired import current_availability
from reconciler.changes.rules import schedules
from reconciler.changes.rules.secured import try_due_at
from reconciler.changes.rules.shared import sold_by_another_partner, subscription_status_not_active
from reconciler.changes.rules.terms import promotion_lost
from reconciler.changes.schedule import due
from reconciler.changes.sending import Accepted, Answer, Sending
from reconciler.changes.view import View
from reconciler.model.binding import Bound
from reconciler.model.change import Before, Caution, Change
from reconciler.model.commerce import Commerce
from reconciler.model.errors import ServiceRefused
from reconciler.model.pending import Pending
from reconciler.model.reason import Reason
from reconciler.model.renewal import RENEWING, AtRenewal, EndOfTerm, ScheduleForm
from reconciler.model.request import RenewalRequest, Request
from reconciler.model.result import Outcome, Result
from reconciler.model.subscription import Live
from reconciler.model.term import billed
from reconciler.model.utc import utc_minute

_IN_WORDS = {
    EndOfTerm.RENEWS.value: "renew as it is",
    EndOfTerm.ENDS.value: "end with the term",
    EndOfTerm.LAPSES.value: "not renew",
}


class RenewalKind(InPlace):
    """The kind whose requests are `RenewalRequest`s."""

    name = "renewal"
    request = RenewalRequest
    symbol = "@"
    words = Words(
        noun="renewal",
        doing="scheduling the renewal",
        done="scheduled",
        effect="the schedule",
        planned="Something else when the term ends. It can be changed until then.",
    )
    stands_alone = True
    attributes = ("renewal.outcome", "renewal.quantity", "renewal.term", "renewal.billing", "renewal.offer_id")
    rules = (subscription_status_not_active, sold_by_another_partner, *schedules.AT_RENEWAL)
    unseen = Outcome.NOT_SECURED

    def order(self, seats: int) -> int:
        return 60

    def send(self, commerce: Commerce, sending: Sending) -> Answer:
        """Sends it once more, with a current availability of the same product and SKU, where the old one is retired."""
        try:
            return super().send(commerce, sending)
        except ServiceRefused as error:
            current = current_availability(commerce, sending, error)
            if current is None:
                raise
        commerce.update(sending.tenant, sending.source, *current, sending.look)
        return Accepted()

    def differs(self, case: Case) -> bool:
        return case.live is not None and not case.live.over and due(case) is not None

    def plan(self, case: Case) -> Request | tuple[Reason, ...]:
        wanted, commitment = due(case), case.present.commitment
        if wanted is None or commitment is None:
            message = f"nothing is to be scheduled for {case.desired.address}"
            raise ValueError(message)
        by_action = commitment.form is ScheduleForm.ACTIONS or wanted.outcome is EndOfTerm.ENDS
        form = ScheduleForm.ACTIONS if by_action else ScheduleForm.INSTRUCTIONS
        request = RenewalRequest(kind="renewal", outcome=wanted.outcome.value, next_term=wanted.next_term, form=form)
        again = try_due_at(case.facts.state, case.subscription_id, request) if case.facts.state else None
        if again is None or case.circumstances.now >= again:
            return request
        known = {"wanted": self.wanted(request), "again": utc_minute(again)}
        return (case.because("not_secured", known=known),)

    def leaves(self, live: Live, request: Request) -> Live:
        own, commitment = RenewalRequest.of(request), live.commitment
        if commitment is None:
            return live
        renewal = _at_renewal(own, (live.quantity, commitment.term, live.billing))
        return replace(live, commitment=replace(commitment, renewal=renewal, next_term=own.next_term))

    def cautions(self, case: Case, request: Request) -> tuple[Caution, ...]:
        own = RenewalRequest.of(request)
        promotion = promotion_lost(case) if own.next_term else ()
        ends = (case.caution("ends_for_good"),) if own.outcome == EndOfTerm.ENDS else ()
        return (*schedules.lost(case), *promotion, *ends)

    def identity(self, pending: Pending) -> tuple[str | int | None, ...]:
        request, then = RenewalRequest.of(pending.request), RenewalRequest.of(pending.request).next_term
        custom_end = then.custom_end.isoformat() if then and then.custom_end else None
        values = (then.offer_id, then.quantity, then.term, then.billing, custom_end) if then else ()
        request_values = (request.action, pending.subscription_id, request.outcome, request.form.value)
        return (*request_values, *values, *traces.pre_image(pending.before))

    def shows(self, pending: Pending, subscription_id: str, view: View) -> Live | None:
        """The same next term counts, whatever availability and promotion the service states it with."""
        live, request = view.find(subscription_id), RenewalRequest.of(pending.request)
        if live is None or live.commitment is None:
            return None
        found = live.commitment
        if request.next_term is not None:
            same = found.renewal.outcome in RENEWING and request.next_term.same_as(found.next_term)
        else:
            same = found.renewal.outcome == request.outcome and found.next_term is None
        return live if same else None

    def binding(self, bound: Bound | None, done: Done) -> Bound:
        """Makes the schedule at the service ours; none is where it just renews."""
        request, before = RenewalRequest.of(done.pending.request), done.pending.before
        return replace(
            super().binding(bound, done),
            renewal=_at_renewal(request, (before.quantity, before.term, before.billing)),
            scheduled_by=None if request.outcome == EndOfTerm.RENEWS else done.pending.request_id,
        )

    def details(self, change: Change, at: datetime) -> Iterator[Detail]:
        """Nothing happens now, everything at the end of the term."""
        own, before = RenewalRequest.of(change.request), change.before
        if before is None or before.term is None:
            return
        ends = day(before.term_ends) if before.term_ends else ""
        yield Detail("term", present_term(before))
        yield Detail("now", "nothing changes")
        was = outcome(before.renewal, before) if before.renewal else "unknown"
        yield Detail("at end", f"{f'{ends}: ' if ends else ''}{was} -> {_ending(own, before)}")
        yield from self.commits(change, before)
        yield Detail("undo", f"until {ends or 'the term ends'}")

    def commits(self, change: Change, before: Before) -> Iterator[Detail]:
        own, ends = RenewalRequest.of(change.request), before.term_ends
        if own.outcome in RENEWING:
            wanted = _wanted(own, before)
            begins = f" from {day(ends + timedelta(days=1))}" if ends else " from the next term on"
            yield Detail("binds", f"{in_seats(wanted.quantity or before.quantity)} for {length(wanted.term)}{begins}")

    def awaited(self, pending: Pending, subscription_id: str) -> str:
        return "the schedule to show"

    def present(self, live: Live) -> str:
        found = live.commitment
        return schedules.outcome_in_words(found.renewal) if found else "no term"

    def wanted(self, request: Request) -> str:
        own = RenewalRequest.of(request)
        if own.next_term is None:
            return _IN_WORDS.get(own.outcome, own.outcome)
        then = own.next_term
        return f"renew with {then.quantity} seats, {then.term} term, {billed(then.billing)}"

    def outcome(self, result: Result) -> str:
        return f"will {self.wanted(result.request)}."


def _at_renewal(request: RenewalRequest, plain: tuple[int, str | None, str | None]) -> AtRenewal:
    """The outcome once the request is carried out; `plain` are quantity, term and billing of a plain renewal."""
    then = request.next_term
    values = (then.quantity, then.term, then.billing) if then else plain
    quantity, term, billing = values if request.outcome in RENEWING else (None, None, None)
    return AtRenewal(outcome=request.outcome, quantity=quantity, term=term, billing=billing)


def _wanted(request: RenewalRequest, before: Before) -> AtRenewal:
    """The outcome that is asked for; without a next term with the present values."""
    if request.next_term:
        return request.at_end
    return replace(request.at_end, quantity=before.quantity, term=before.term, billing=before.billing)


def _ending(request: RenewalRequest, before: Before) -> str:
    lapses = request.outcome == EndOfTerm.LAPSES
    return "ends: auto-renew off" if lapses else outcome(_wanted(request, before), before)
