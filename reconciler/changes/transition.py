"""A transition: another offer for a new-commerce subscription, with all of its seats (transition-resources).

The service accepts it and carries it out some time later; the subscription keeps its id. It is one way, and nobody
posts it twice: what became of it is read from the subscription's transitions.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from reconciler.advice import sentence
from reconciler.changes import traces
from reconciler.changes.binding import Done
from reconciler.changes.case import Case
from reconciler.changes.facts import Question, TransitionsWanted
from reconciler.changes.in_words import Detail, in_seats, length
from reconciler.changes.kind import Kind, Words
from reconciler.changes.rules import schedules, terms
from reconciler.changes.rules.reverting import undone_first, upgrade_cannot_be_undone
from reconciler.changes.rules.shared import (
    offer_perhaps_held,
    sold_by_another_partner,
    subscription_status_not_active,
)
from reconciler.changes.rules.transition import (
    cautions,
    choose,
    licenses_move_anyway,
    trial_became_paid,
    trial_needs_terms,
)
from reconciler.changes.rules.upgrade import target_offer_already_held
from reconciler.changes.schedule import without_schedule
from reconciler.changes.sending import Accepted, Answer, Performed, Refused, Sending
from reconciler.changes.transition_history import answer_of, begun_since, option_of, ours
from reconciler.changes.view import Read, Sight, View
from reconciler.model.binding import Bound
from reconciler.model.change import Before, Caution, Change
from reconciler.model.commerce import Commerce
from reconciler.model.errors import NotInSnapshot, ServiceError
from reconciler.model.evidence import Evidence, Verdict
from reconciler.model.offer import product_and_sku
from reconciler.model.pending import Pending
from reconciler.model.reason import Reason
from reconciler.model.request import Request, TransitionRequest
from reconciler.model.result import Licenses, Result
from reconciler.model.subscription import Live
from reconciler.model.transition import TransitionType

_USERS = {
    TransitionType.WITH_LICENSE_TRANSFER.value: "licences move along",
    TransitionType.ONLY.value: "the service tries to move licences; what it can't move must be assigned by hand",
}
_READS = (Read.TRANSITION_OPTIONS, Read.TRANSITIONS, Read.SUBSCRIPTION)


class TransitionKind(Kind):
    """The kind whose requests are `TransitionRequest`s."""

    name = "transition"
    request = TransitionRequest
    symbol = "^"
    words = Words(
        noun="upgrade",
        doing="upgrading",
        done="upgraded",
        effect="the upgrade",
        planned="An upgrade that can go ahead. It is one way: the subscription keeps its id and has another offer.",
        one_way="gives a subscription of new commerce another offer, opens no refund window and can't be undone",
    )
    attributes = ("offer_id", "quantity", "term", "billing")
    rules = (
        subscription_status_not_active,
        sold_by_another_partner,
        target_offer_already_held,
        offer_perhaps_held,
        trial_became_paid,
        licenses_move_anyway,
        trial_needs_terms,
        terms.term_shorter,
        terms.billing_needed,
        *schedules.IMMEDIATE,
    )
    prepares = _READS
    looks = _READS
    shows_in = (Read.TRANSITIONS, Read.SUBSCRIPTION)
    holds = timedelta(days=1)

    def order(self, seats: int) -> int:
        return 30

    def differs(self, case: Case) -> bool:
        return case.modern and case.offer_changes

    def refusals(self, case: Case) -> tuple[Reason, ...]:
        return undone_first(case, super().refusals(case))

    def lookup(self, case: Case) -> frozenset[Question]:
        known = case.subscription_id in case.facts.transitions
        return frozenset() if known else frozenset({TransitionsWanted(case.subscription_id)})

    def plan(self, case: Case) -> Request | tuple[Reason, ...]:
        options = case.facts.transitions[case.subscription_id]
        if isinstance(options, NotInSnapshot):
            return (upgrade_cannot_be_undone(case) or case.because("eligibility_not_in_snapshot"),)
        return (case.unanswered(options),) if isinstance(options, ServiceError) else choose(case, options)

    def leaves(self, live: Live, request: Request) -> Live:
        """The service tells when the term ends: it may begin anew."""
        own, commitment = TransitionRequest.of(request), live.commitment
        moved = replace(super().leaves(live, request), billing=own.billing or live.billing, is_trial=False)
        if commitment is None:
            return moved
        availability = product_and_sku(own.catalog_item_id)[1]
        begun = replace(commitment, term=own.term or commitment.term, ends_at=None, promotion_id="")
        return without_schedule(replace(moved, commitment=begun, availability_id=availability))

    def cautions(self, case: Case, request: Request) -> tuple[Caution, ...]:
        return cautions(case, TransitionRequest.of(request))

    def identity(self, pending: Pending) -> tuple[str | int | None, ...]:
        request = TransitionRequest.of(pending.request)
        request_values = (request.target_offer_id, request.quantity, request.type, request.term, request.billing)
        return (request.action, pending.subscription_id, *request_values, *traces.pre_image(pending.before))

    def noted(self, pending: Pending, view: View) -> Pending:
        """The transitions that were there before: without an operation's id ours is told by being new."""
        return replace(pending, known_transitions=tuple(sorted(known.key for known in view.transitions or ())))

    def unsendable(self, change: Change, view: View) -> str:
        request, live = TransitionRequest.of(change.request), view.find(change.subscription_id)
        if live and change.before and live.quantity != change.before.quantity:
            return sentence("stale_seats_changed", then=change.before.quantity, now=live.quantity)
        option = option_of(request, view)
        return "" if option and option.permitted else sentence("stale_not_offered")

    def send(self, commerce: Commerce, sending: Sending) -> Answer:
        """A 200 is no success: a failed conversion inside it means that nothing was done. One that is completed while
        licences are not is accepted, so that they are watched.
        """
        pending, request = sending.pending, TransitionRequest.of(sending.pending.request)
        option = option_of(request, sending.view)
        if option is None:
            message = "a transition was sent without the service's item for it"
            raise ValueError(message)
        current = replace(request, catalog_item_id=option.catalog_item_id)
        found = commerce.transition(sending.tenant, pending.subscription_id, current, sending.ticket, sending.look)
        answer = answer_of(pending, found, None)
        open_licenses = isinstance(answer, Performed) and answer.licenses is Licenses.UNKNOWN
        return Accepted(operation=found.operation) if open_licenses else answer

    def may_resend(self, source: Live) -> bool:
        return False

    def moved(self, pending: Pending, source: Live, view: View, known_ids: frozenset[str]) -> str:
        if begun_since(pending, view):
            return sentence("stale_transition_began")
        option = option_of(TransitionRequest.of(pending.request), view)
        refused = "" if option and option.permitted else sentence("stale_not_offered")
        return traces.difference(view.subscription, pending.before) or refused

    def traced_in(self, pending: Pending) -> tuple[Read, ...]:
        return (Read.LISTING, *self.shows_in)

    def poll(self, pending: Pending, view: View) -> Answer:
        found, seen = ours(pending, view), self.shows(pending, pending.subscription_id, view)
        if found:
            return answer_of(pending, found, seen)
        done = Performed(subscription_id=pending.subscription_id, seen=seen, licenses=Licenses.UNKNOWN)
        return done if seen else Accepted(operation=pending.operation)

    def shows(self, pending: Pending, subscription_id: str, view: View) -> Live | None:
        live = view.find(subscription_id)
        wanted = (pending.offer.id, pending.quantity)
        return live if live and (live.offer.id, live.quantity) == wanted else None

    def trace(self, pending: Pending, sight: Sight) -> Evidence:
        """Its entry in the subscription's transitions tells; without one the offer of the subscription itself does.

        UNCHANGED only where no new entry is there, not even one that can't be understood.
        """
        match self.poll(pending, sight.view):
            case Performed() as done:
                live = done.seen or sight.view.find(done.subscription_id)
                verdict = Verdict.DONE if live else Verdict.UNCLEAR
                return Evidence(verdict=verdict, subscription=live, licenses=done.licenses)
            case Refused() as refused:
                return Evidence(verdict=Verdict.REFUSED, errors=refused.errors)
        source = sight.view.find(pending.subscription_id)
        untouched = source is not None and traces.unchanged(pending, source)
        silent = (
            not begun_since(pending, sight.view) and sight.view.transitions is not None and pending.operation is None
        )
        return Evidence(verdict=Verdict.UNCHANGED if untouched and silent else Verdict.UNCLEAR)

    def candidates(self, pending: Pending, sight: Sight) -> tuple[Live, ...]:
        live = self.shows(pending, pending.subscription_id, sight.view)
        return (live,) if live else ()

    def binding(self, bound: Bound | None, done: Done) -> Bound:
        """The term may begin anew, and the service tells when it ends."""
        request, before = TransitionRequest.of(done.pending.request), done.pending.before
        return replace(
            super().binding(bound, done),
            term=request.term or before.term,
            billing=request.billing or before.billing,
            term_ends=None,
        )

    def commits(self, change: Change, before: Before) -> Iterator[Detail]:
        own = TransitionRequest.of(change.request)
        worst = "" if own.term and own.term != before.term else "at worst "
        until = f"{length(own.term or before.term)} from the day of the upgrade"
        yield Detail("binds", f"{in_seats(own.quantity)}, {worst}for a new term of {until}", weighs=True)
        yield Detail("undo", "no: an upgrade opens no refund window", weighs=True)

    def awaited(self, pending: Pending, subscription_id: str) -> str:
        return "the upgrade to be completed"

    def wanted(self, request: Request) -> str:
        own = TransitionRequest.of(request)
        return f"upgrade to {own.target_offer_name or own.target_offer_id}, {own.quantity} seats"

    def outcome(self, result: Result) -> str:
        name = TransitionRequest.of(result.request).target_offer_name
        return f"upgraded{f' to {name}' if name else ''}."

    def way(self, request: Request) -> str:
        return TransitionRequest.of(request).type

    def users(self, request: Request) -> str:
        way = TransitionRequest.of(request).type
        return _USERS.get(way, f"the service's transition type {way}; see its documentation")
