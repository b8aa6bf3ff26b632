"""A live subscription with a term, and what the estate knows of it: its entry, its binding, and the next term."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from reconciler.changes import schedule
from reconciler.changes.case import Case
from reconciler.changes.facts import Circumstances, Facts
from reconciler.changes.offer_names import called
from reconciler.changes.renewed import REFUND_WINDOW, renewed_at
from reconciler.model.binding import Bound
from reconciler.model.cached import cached_property
from reconciler.model.desired import Desired
from reconciler.model.renewal import RENEWING, AtRenewal, EndOfTerm, ScheduleForm
from reconciler.model.renewals import TermEvent, TermValues
from reconciler.model.subscription import Live, Status
from reconciler.model.term import Commitment, Platform, Renew, Term, billed
from reconciler.planning.addressing import is_extended
from reconciler.planning.without_price import no_price, why_without_price

SAME_MOMENT = timedelta(days=2)
"""A term that begins so soon after the purchase began with it. A renewal may take a day (create-scheduled-changes)."""

_PAID = "its paid offer, which the service does not name"

RECENTLY = timedelta(days=7)
"""The days in which what is over is told: those in which a renewal can be undone (new-commerce-cancellation-policy)."""


@dataclass(frozen=True, kw_only=True)
class Committed:
    """A subscription whose term ends at `ends_at`."""

    live: Live
    commitment: Commitment
    ends_at: datetime
    facts: Facts
    circumstances: Circumstances

    @classmethod
    def of(cls, live: Live, facts: Facts, circumstances: Circumstances) -> "Committed | None":
        """The subscription; None where it has no term. A plan of Azure is paid by use, whatever its dates."""
        found = live.commitment
        if found is None or found.ends_at is None or live.product == "azure":
            return None
        return cls(live=live, commitment=found, ends_at=found.ends_at, facts=facts, circumstances=circumstances)

    @cached_property
    def desired(self) -> Desired | None:
        """The entry that declares the subscription."""
        meant = self.facts.meant_by.get(self.live.id, ())
        return next((item for item in self.facts.desired if item.address in meant), None)

    @cached_property
    def case(self) -> Case | None:
        """The same as planning sees it, where a manifest declares it."""
        if self.desired is None:
            return None
        return Case(desired=self.desired, facts=self.facts, circumstances=self.circumstances)

    @cached_property
    def name(self) -> str | None:
        """The name of its address, also where no manifest declares it any more."""
        state = self.facts.state
        return self.desired.address.name if self.desired else state.claimed_by(self.live.id) if state else None

    @cached_property
    def bound(self) -> Bound | None:
        """The binding as state has it."""
        return self.facts.bound(self.name) if self.name else None

    @cached_property
    def is_silent(self) -> bool:
        """Returns True if a schedule may be there that a list left out, and the subscription was not read by itself.

        Of the monthly terms, which are many, only those of which a schedule is known or asked for.
        """
        unread = self.live.id not in self.facts.details
        nothing = self.commitment.form is ScheduleForm.NONE
        if not (unread and nothing and self.live.active and self.live.platform is Platform.NEW_COMMERCE):
            return False
        if self.commitment.term != Term.MONTHLY or self.live.is_trial:
            return True
        ours = self.bound is not None and self.bound.scheduled_by is not None and self.bound.term_ends == self.ends_at
        return ours or (self.case is not None and schedule.due(self.case) is not None)

    @cached_property
    def at_end(self) -> AtRenewal:
        """The outcome at the end of the term. A schedule of ours that the list may have left out still stands."""
        answered = self.facts.read_alone(self.live.id)
        unshown = self.commitment.form is ScheduleForm.NONE and self.commitment.auto_renew is not False and not answered
        bound = self.bound
        if unshown and bound and bound.scheduled_by and bound.renewal and bound.term_ends == self.ends_at:
            return bound.renewal
        return self.commitment.renewal

    @cached_property
    def is_extended(self) -> bool:
        """Returns whether it is in the extended service term."""
        return is_extended(self.case) if self.case else self.live.named_extended

    @property
    def has_ended(self) -> bool:
        """Returns True from the end of the term until its renewal shows, which may take a day."""
        return self.ends_at <= self.circumstances.now

    @cached_property
    def event(self) -> TermEvent:
        """The event at the end of the term."""
        outcome = self.at_end.outcome
        if self.live.suspended:
            return TermEvent.STOPS
        if self.live.is_trial:
            ends = outcome in {EndOfTerm.LAPSES, EndOfTerm.ENDS}
            return TermEvent.ENDS if ends else TermEvent.TURNS_PAID if outcome in RENEWING else TermEvent(outcome)
        return TermEvent.EXTENDED_TERM if self.is_extended else TermEvent(outcome)

    @cached_property
    def values(self) -> TermValues:
        """The values of the present term."""
        present = TermValues(
            offer_id=self.live.offer.id,
            offer_name=called(self.live.offer),
            quantity=self.live.quantity,
            term=self.commitment.term,
            billing=self.live.billing,
        )
        return self._priced(present, self.commitment.begins_on)

    @cached_property
    def coming(self) -> TermValues:
        """The values of the next term, where there is one."""
        then, following, now = self.at_end, self.commitment.next_term, self.values
        other = then.offer_id or (following.offer_id if following and following.offer_id != now.offer_id else "")
        unnamed = self.live.is_trial and then.outcome in RENEWING and not other
        coming = replace(
            now,
            offer_id="" if unnamed else other or now.offer_id,
            offer_name=_PAID if unnamed else self.circumstances.written_as.get(other, other) or now.offer_name,
            quantity=now.quantity if then.quantity is None else then.quantity,
            term=then.term or now.term,
            billing=then.billing or now.billing,
            price=None,
            price_estimate=None,
            no_price=None,
        )
        if unnamed:
            return self._without("price_of_unnamed_offer", coming)
        if following is not None and following.promotion_id:
            return self._without("price_of_promotion", coming)
        return self._priced(coming, (self.ends_at + timedelta(days=1)).astimezone(UTC).date())

    def _priced(self, values: TermValues, begins: date | None) -> TermValues:
        """The values with the price of a seat and month in a term that begins on a day; without one where no sheet has
        it, and where a promotion decides.
        """
        prices, desired, today = self.circumstances.prices, self.desired, self.circumstances.now.astimezone(UTC).date()
        if prices is None:
            return values
        if desired is None:
            return self._without("price_undeclared", values)
        if self.commitment.promotion_id:
            return self._without("price_of_promotion", values)
        is_trial = self.live.is_trial and values.offer_id == self.live.offer.id and values.billing == "none"
        billing = "none" if is_trial else values.billing
        price = prices.of_term(values.offer_id, values.term, billing, desired, begins=begins, today=today)
        if price:
            return replace(values, price=str(price.monthly), price_estimate=not price.exact)
        terms = {"term": values.term, "billing": billing}
        return replace(values, no_price=why_without_price(prices, desired, values.offer_id, terms, today))

    def _without(self, code: str, values: TermValues) -> TermValues:
        return replace(values, no_price=no_price(code)) if self.circumstances.prices else values

    @cached_property
    def ended_before(self) -> TermValues | None:
        """The values of the term before, where state has seen no newer one."""
        bound = self.bound
        if bound is None or bound.term is None or bound.term_ends is None or bound.term_ends >= self.circumstances.now:
            return None
        return TermValues(
            offer_id=bound.offer_id,
            offer_name=bound.offer_name or bound.offer_id,
            quantity=bound.quantity,
            term=bound.term,
            billing=bound.billing or "",
        )

    @cached_property
    def renewed_at(self) -> datetime | None:
        """Returns when the present term began; None where it began with the purchase or with a change of ours."""
        began, created = self.commitment.starts_at, self.live.created_at
        if began is None or created is None or began - created < SAME_MOMENT or began > self.circumstances.now:
            return None
        return renewed_at(self.case) if self.case else began

    @cached_property
    def undo_until(self) -> datetime | None:
        """The last moment to give seats of the present term back, or to cancel it, as the service states it."""
        seats = max((seats.until for seats in self.commitment.refundable), default=None)
        return seats or self.commitment.cancellable_until

    @property
    def undo_is_open(self) -> bool:
        """Returns True while seats of the present term can be given back, or it can be cancelled."""
        return self.undo_until is not None and self.undo_until > self.circumstances.now

    @property
    def undoes_renewal(self) -> bool:
        """Returns True in the days after a renewal in which it can be undone, as the service states them; seven where
        it states none.
        """
        began, now = self.renewed_at, self.circumstances.now
        if began is None or now >= began + REFUND_WINDOW:
            return False
        return self.undo_is_open or now.astimezone(UTC).date() - began.astimezone(UTC).date() < RECENTLY


def wanted(desired: Desired, coming: TermValues) -> TermValues:
    """Returns the values that the manifest asks for in place of these; what it does not manage stays."""
    same = desired.offer.id.casefold() == coming.offer_id.casefold()
    term = str(desired.term or coming.term)
    moved = term != coming.term or desired.billing
    billing = str(schedule.fitting_billing(desired, term, coming.billing) if moved else coming.billing)
    if same and (desired.quantity, term, billing) == (coming.quantity, coming.term, coming.billing):
        return coming
    return replace(
        coming,
        offer_id=coming.offer_id if same else desired.offer.id,
        offer_name=coming.offer_name if same else desired.offer.name,
        quantity=desired.quantity,
        term=term,
        billing=billing,
    )


def ended_as_declared(desired: Desired, live: Live) -> bool:
    """Returns whether a subscription is over because the manifest asked for its end."""
    return desired.renew is Renew.END and live.status in {
        Status.DELETED.value,
        Status.DISABLED.value,
        Status.EXPIRED.value,
    }


def in_words(values: TermValues, other: TermValues) -> str:
    """The values for a reader: the seats, and what else is otherwise than the other ones."""
    offer = f" of {values.offer_name}" if values.offer_id != other.offer_id else ""
    seats = f"{values.quantity} {'seat' if values.quantity == 1 else 'seats'}{offer}"
    moved = (values.term, values.billing) != (other.term, other.billing)
    cycle = f", {billed(values.billing)}" if values.billing else ""
    return f"{seats}, {values.term} term{cycle}" if moved else seats
