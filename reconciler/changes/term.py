"""A term: another term or billing cycle at once, for a new commitment (subscription-resources, `termDuration`)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from reconciler.changes import traces
from reconciler.changes.binding import Done
from reconciler.changes.case import Case
from reconciler.changes.in_place import InPlace
from reconciler.changes.in_words import Detail, in_seats, length
from reconciler.changes.kind import Words
from reconciler.changes.rules import schedules, terms
from reconciler.changes.rules.shared import sold_by_another_partner, subscription_status_not_active
from reconciler.changes.schedule import without_schedule
from reconciler.changes.view import View
from reconciler.model.binding import Bound
from reconciler.model.change import Before, Caution, Change
from reconciler.model.pending import Pending
from reconciler.model.reason import Reason
from reconciler.model.request import Request, UpdateRequest
from reconciler.model.result import Result
from reconciler.model.subscription import Live
from reconciler.model.term import billed


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRequest(UpdateRequest):
    """Another term or billing at once: a new commitment (subscription-resources, `termDuration`, `billingCycle`)."""

    action: ClassVar[str] = "term"
    kind: Literal["term"]
    term: str
    billing: str

    @property
    def new_terms(self) -> tuple[str, str] | None:
        return self.term, self.billing


class TermKind(InPlace):
    """The kind whose requests are `TermRequest`s."""

    name = "term"
    request = TermRequest
    symbol = "%"
    words = Words(
        noun="term",
        doing="changing the term",
        done="changed",
        effect="the new term",
        planned="Another term or billing cycle that takes effect at once. It is a new commitment.",
        one_way="is a new commitment and can't be undone",
    )
    attributes = ("term", "billing")
    rules = (
        subscription_status_not_active,
        sold_by_another_partner,
        terms.trial_cannot_be_changed,
        terms.term_only_at_renewal,
        terms.billing_needed,
        *schedules.IMMEDIATE,
    )

    def order(self, seats: int) -> int:
        return 40

    def differs(self, case: Case) -> bool:
        """A transition brings the term with it."""
        return case.modern and not case.offer_changes and terms.wanted_now(case) is not None

    def plan(self, case: Case) -> Request | tuple[Reason, ...]:
        wanted = terms.wanted_now(case)
        if wanted is None:
            message = f"no other term is wanted of {case.desired.address}"
            raise ValueError(message)
        return TermRequest(kind="term", term=wanted[0], billing=wanted[1])

    def leaves(self, live: Live, request: Request) -> Live:
        """Another term ends at another time, which the service tells."""
        own, commitment = TermRequest.of(request), live.commitment
        if commitment is None:
            return live
        begun = replace(commitment, term=own.term, ends_at=None, promotion_id="")
        return without_schedule(replace(live, billing=own.billing, commitment=begun))

    def cautions(self, case: Case, request: Request) -> tuple[Caution, ...]:
        return terms.promotion_lost(case)

    def identity(self, pending: Pending) -> tuple[str | int | None, ...]:
        request = TermRequest.of(pending.request)
        request_values = (request.action, pending.subscription_id, request.term, request.billing)
        return (*request_values, *traces.pre_image(pending.before))

    def shows(self, pending: Pending, subscription_id: str, view: View) -> Live | None:
        live, request = view.find(subscription_id), TermRequest.of(pending.request)
        if live is None or live.commitment is None or live.offer.id != pending.offer.id:
            return None
        return live if (live.commitment.term, live.billing) == (request.term, request.billing) else None

    def binding(self, bound: Bound | None, done: Done) -> Bound:
        """Another term ends at another time, which the service tells."""
        request = TermRequest.of(done.pending.request)
        return replace(super().binding(bound, done), term=request.term, billing=request.billing, term_ends=None)

    def commits(self, change: Change, before: Before) -> Iterator[Detail]:
        until = f"{length(TermRequest.of(change.request).term)} from the day of the change"
        yield Detail("binds", f"{in_seats(before.quantity)} for {until}", weighs=True)
        yield Detail("undo", "no: a new commitment begins", weighs=True)

    def awaited(self, pending: Pending, subscription_id: str) -> str:
        return f"{self.wanted(pending.request)} to show"

    def present(self, live: Live) -> str:
        term = live.commitment.term if live.commitment else "no"
        return f"{term} term, {billed(live.billing)}"

    def wanted(self, request: Request) -> str:
        own = TermRequest.of(request)
        return f"{own.term} term, {billed(own.billing)}"

    def outcome(self, result: Result) -> str:
        return f"changed to {self.wanted(result.request)}."
