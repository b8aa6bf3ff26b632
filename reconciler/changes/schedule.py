"""The end of the term: what is scheduled at the service, what the manifest asks for, and which schedule is ours.

The manifest states one destination; what is scheduled is derived from it (contract, section 8.1).
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from reconciler.changes.case import Case
from reconciler.model.binding import Bound
from reconciler.model.desired import Desired
from reconciler.model.renewal import RENEWING, SCHEDULED, AtRenewal, EndOfTerm, NextTerm
from reconciler.model.subscription import Live
from reconciler.model.term import Billing, ChangeTerm, Commitment, FewerSeats, Platform, Renew, Term

RENEWED_WITHIN = timedelta(days=2)
"""The time within which a renewal is carried out after the end of the term, with a day to spare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtEnd:
    """The outcome that is asked for; `next_term` where the next term is to have other values."""

    outcome: EndOfTerm
    next_term: NextTerm | None = None


def is_scheduled(live: Live) -> bool:
    """Returns whether somebody scheduled something for the end of the term. A trial's default is no schedule."""
    return live.commitment is not None and live.commitment.renewal.outcome in SCHEDULED


def without_schedule(live: Live) -> Live:
    """The subscription after a change that takes effect at once: that deletes what is scheduled
    (create-scheduled-changes). Auto-renew stays as it is.
    """
    commitment = live.commitment
    if commitment is None:
        return live
    ends = commitment.auto_renew is False or commitment.renewal.outcome == EndOfTerm.ENDS
    values = AtRenewal(
        outcome=EndOfTerm.RENEWS.value, quantity=live.quantity, term=commitment.term, billing=live.billing
    )
    renewal = AtRenewal(outcome=EndOfTerm.LAPSES.value) if ends else values
    return replace(live, commitment=replace(commitment, renewal=renewal, next_term=None))


def is_ours(bound: Bound | None, commitment: Commitment) -> bool:
    """Returns whether the schedule at the service is the one that state knows as ours: what was scheduled for an
    earlier term is over, and the like of it in the present one is somebody else's.
    """
    if bound is None or bound.scheduled_by is None:
        return False
    ends, knew = commitment.ends_at, bound.term_ends
    return bound.renewal == commitment.renewal and (ends is None or knew is None or ends - knew < RENEWED_WITHIN)


def becomes_ours(case: Case) -> bool:
    """Returns whether somebody else scheduled what the manifest asks for, and state does not know it as ours yet
    (contract, section 8.7).
    """
    live, bound = case.live, case.bound
    if live is None or live.commitment is None or not is_scheduled(live) or is_ours(bound, live.commitment):
        return False
    wanted = destination(case)
    return wanted is not None and wanted.outcome is not EndOfTerm.RENEWS and due(case) is None


def destination(case: Case) -> AtEnd | None:
    """Returns what the manifest asks of the end of the term; None where it leaves that alone."""
    live, desired = case.present, case.desired
    if live.commitment is None:
        return None
    if desired.renew is Renew.END:
        return AtEnd(outcome=EndOfTerm.LAPSES if live.is_trial else EndOfTerm.ENDS)
    following = _next_term(case, live, live.commitment)
    if following:
        return AtEnd(outcome=EndOfTerm.RENEWS_CHANGED, next_term=following)
    return AtEnd(outcome=EndOfTerm.RENEWS) if desired.renew is Renew.AUTO else None


def due(case: Case) -> AtEnd | None:
    """Returns what must be scheduled; None where the service has it so, or nothing is asked.

    A schedule of ours that the manifest no longer asks for is withdrawn; somebody else's that contradicts it where
    `--accept-drift` names the address.
    """
    live = case.live
    if live is None or live.commitment is None or live.platform is not Platform.NEW_COMMERCE:
        return None
    wanted, found = destination(case), live.commitment
    if live.suspended and case.desired.renew is Renew.END:
        return None  # a suspended subscription stops with its term: nothing has to be scheduled, and nothing can be
    ours = is_scheduled(live) and is_ours(case.bound, found)
    now = found.renewal.outcome
    overruled = case.accepts_drift and is_contradicting(case)
    if wanted is None:
        return AtEnd(outcome=EndOfTerm.RENEWS) if ours or overruled or our_end_lapses(case) else None
    if wanted.next_term is not None:
        same = now in RENEWING and wanted.next_term.same_as(found.next_term)
    elif wanted.outcome is EndOfTerm.RENEWS:
        same = now == EndOfTerm.RENEWS or (now == EndOfTerm.RENEWS_CHANGED and not ours and not overruled)
    else:
        same = now in {EndOfTerm.ENDS, wanted.outcome}
    return None if same else wanted


def our_end_lapses(case: Case) -> bool:
    """Returns whether a change of ours deletes an end of ours, or has: that leaves auto-renew off, as we have switched
    it, and the subscription would go on in the extended service term. A trial that lapses just ends.
    """
    found, commitment = case.facts.lives.get(case.subscription_id), case.present.commitment
    if found is None or found.commitment is None or commitment is None or case.present.is_trial:
        return False
    stopped = found.commitment.renewal.outcome in {EndOfTerm.ENDS, EndOfTerm.LAPSES}
    return stopped and is_ours(case.bound, found.commitment) and commitment.renewal.outcome == EndOfTerm.LAPSES


def is_declared(case: Case, live: Live) -> bool:
    """Returns whether what is scheduled is what the manifest asks for: its destination, or the end of the term."""
    commitment, desired = live.commitment, case.desired
    if commitment is None:
        return False
    ends = commitment.renewal.outcome == EndOfTerm.ENDS
    if ends or desired.renew is Renew.END:
        return ends and desired.renew is Renew.END
    then = commitment.renewal
    values = (desired.quantity, desired.term or commitment.term, desired.billing or live.billing)
    return (then.quantity, then.term, then.billing) == values and not _another_offer(case, live)


def is_contradicting(case: Case) -> bool:
    """Returns whether somebody else scheduled a next term that is not the manifest's: in its seats or its offer, or in
    the term or billing where the entry names them.
    """
    live, desired = case.live, case.desired
    if live is None or live.commitment is None or live.platform is not Platform.NEW_COMMERCE:
        return False
    then = live.commitment.renewal
    if then.outcome != EndOfTerm.RENEWS_CHANGED or is_ours(case.bound, live.commitment):
        return False
    others = (desired.term, then.term), (desired.billing, then.billing), (desired.quantity, then.quantity)
    return _another_offer(case, live) or any(
        None not in {declared, comes} and declared != comes for declared, comes in others
    )


def _another_offer(case: Case, live: Live) -> bool:
    """Returns whether an offer is scheduled that is neither the present one nor the wanted one."""
    then = live.commitment.next_term if live.commitment else None
    return then is not None and then.offer_id not in {live.offer.id, case.desired.offer.id}


def left_open(case: Case) -> tuple[str, ...]:
    """Returns the keys that the entry leaves out, where somebody else decided what comes of them when the term ends:
    that it ends or lapses, or another term or billing.
    """
    live, desired = case.live, case.desired
    if live is None or live.commitment is None or is_ours(case.bound, live.commitment) or due(case) is not None:
        return ()
    then = live.commitment.renewal
    if then.outcome in {EndOfTerm.ENDS, EndOfTerm.LAPSES}:
        return ("renew",) if desired.renew is None else ()
    if then.outcome != EndOfTerm.RENEWS_CHANGED:
        return ()
    values = {
        "term": (desired.term, then.term, live.commitment.term),
        "billing": (desired.billing, then.billing, live.billing),
    }
    return tuple(key for key, (declared, comes, now) in values.items() if declared is None and comes not in {None, now})


def in_yaml(live: Live) -> str:
    """Returns the lines of a manifest that would ask for what is scheduled."""
    commitment = live.commitment
    if commitment is None or commitment.renewal.outcome == EndOfTerm.ENDS:
        return "renew: end"
    then = commitment.renewal
    lines = []
    if then.quantity is not None and then.quantity != live.quantity:
        fewer = then.quantity < live.quantity
        lines += [f"quantity: {then.quantity}", *(["fewer_seats: at_renewal"] if fewer else [])]
    lines += [f"term: {then.term}"] if then.term and then.term != commitment.term else []
    lines += [f"billing: {then.billing}"] if then.billing and then.billing != live.billing else []
    return "\n".join(lines)


def billing_of(case: Case, term: str, present: str) -> str:
    """The billing cycle of another term: the declared one, else the present one where it is no longer than the term.

    Empty where the manifest must choose. A term of a month has one cycle only.
    """
    return fitting_billing(case.desired, term, present)


def fitting_billing(desired: Desired, term: str, present: str) -> str:
    """The same, of an entry."""
    if desired.billing:
        return desired.billing
    if term == Term.MONTHLY:
        return Billing.MONTHLY
    known = present in set(Billing) and term in set(Term)
    return present if known and Billing(present).months <= Term(term).months else ""


def _next_term(case: Case, live: Live, commitment: Commitment) -> NextTerm | None:
    """The next term that the manifest asks for; None where that is what comes by itself.

    What of the live instructions no manifest governs is kept: a common end date, and the promotion of the same product.
    """
    desired, base = case.desired, _by_itself(live, commitment)
    later = desired.change_term is ChangeTerm.AT_RENEWAL
    fewer = desired.quantity < base[0] and desired.fewer_seats is FewerSeats.AT_RENEWAL
    term = str(desired.term) if desired.term and later else base[1]
    moved = (desired.billing and later) or term != base[1]
    billing = billing_of(case, term, base[2]) if moved else base[2]
    values = (desired.quantity if fewer else base[0], term, str(billing))
    if values == base:
        return None
    scheduled = _scheduled(case)
    kept = scheduled if scheduled and scheduled.offer_id == live.offer.id else None
    return NextTerm(
        offer_id=live.offer.id,
        availability_id=kept.availability_id if kept else live.availability_id,
        quantity=values[0],
        term=values[1],
        billing=values[2],
        custom_end=scheduled.custom_end if scheduled else None,
        promotion_id=kept.promotion_id if kept else "",
    )


def _scheduled(case: Case) -> NextTerm | None:
    """The instructions at the service, whatever the earlier changes of the address leave of them."""
    found = case.facts.lives.get(case.subscription_id)
    return found.commitment.next_term if found and found.commitment else None


def _by_itself(live: Live, commitment: Commitment) -> tuple[int, str, str]:
    """Quantity, term and billing of the next term where nothing is scheduled: a trial becomes a year, charged by the
    month (create-a-new-subscription).
    """
    if live.is_trial:
        return live.quantity, Term.ANNUAL.value, Billing.MONTHLY.value
    return live.quantity, commitment.term, live.billing
