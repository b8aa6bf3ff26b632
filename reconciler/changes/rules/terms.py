"""Rules about terms and billing cycles that change at once, and about subscriptions that have none of our terms."""

from reconciler.changes import schedule
from reconciler.changes.case import Case
from reconciler.changes.facts import PromotionWanted
from reconciler.changes.rules.reverting import term_changed
from reconciler.model.change import Caution
from reconciler.model.promotion import Promotion
from reconciler.model.reason import Reason
from reconciler.model.term import ChangeTerm, Term


def wanted_now(case: Case) -> tuple[str, str] | None:
    """Returns the term and the billing cycle that the manifest asks for at once; None where they are live.

    The billing cycle is empty where the manifest must choose it.
    """
    live, desired = case.present, case.desired
    if live.commitment is None or desired.change_term is not ChangeTerm.NOW:
        return None
    present = (live.commitment.term, live.billing)
    term = str(desired.term or present[0])
    billing = schedule.billing_of(case, term, present[1]) if term != present[0] or desired.billing else present[1]
    return None if (term, billing) == present else (term, str(billing))


def term_only_at_renewal(case: Case) -> Reason | None:
    """In mid-term a term can only be lengthened (800122), and a billing cycle alone stays (800097): see "Switch billing
    plans" of create-a-new-subscription.
    """
    wanted, commitment = wanted_now(case), case.present.commitment
    if wanted is None or commitment is None or _months(wanted[0]) > _months(commitment.term) > 0:
        return None
    same = wanted[0] == commitment.term
    known = {"wanted": f"billing {wanted[1]}" if same else f"the term {wanted[0]}", "present": commitment.term}
    return case.because("term_only_at_renewal", known=known | term_changed(case, wanted))


def term_shorter(case: Case) -> Reason | None:
    """The term after a transition is no shorter than before (900267)."""
    wanted, commitment = wanted_now(case), case.present.commitment
    if wanted is None or commitment is None or case.present.is_trial or _months(wanted[0]) >= _months(commitment.term):
        return None
    known = {"wanted": f"the term {wanted[0]}", "present": commitment.term}
    return case.because("term_only_at_renewal", known=known | term_changed(case, wanted))


def billing_needed(case: Case) -> Reason | None:
    """A term that is charged less often than it lasts needs a shorter billing cycle (900270)."""
    wanted = wanted_now(case)
    if wanted is None or wanted[1]:
        return None
    return case.because("billing_needed", known={"term": wanted[0], "billing": case.present.billing})


def trial_cannot_be_changed(case: Case) -> Reason | None:
    """The seats and the term of a trial stay (800107; create-a-new-subscription)."""
    return case.because("trial_cannot_be_changed") if case.present.is_trial else None


def promotion_lost(case: Case) -> tuple[Caution, ...]:
    """A change of offer or term leaves the promotion of the source behind (new-commerce-promotions)."""
    commitment = case.live.commitment if case.live else None
    promotion = commitment.promotion_id if commitment else ""
    return (case.caution("promotion_lost", promotion=promotion),) if promotion else ()


def promotion_wanted(case: Case) -> PromotionWanted | None:
    """Returns what must be known where seats are added to a subscription that has a promotion. It is looked up by
    country (get-promotion-by-id): the manifest's `market`, without which it stays unknown.
    """
    commitment = case.live.commitment if case.live else None
    if commitment is None or not commitment.promotion_id or case.seats <= 0 or case.desired.market is None:
        return None
    return PromotionWanted(commitment.promotion_id, case.desired.market)


def promotion_seat_limit(case: Case) -> Reason | None:
    """The service refuses seats beyond the most that a promotion permits (new-commerce-promotions)."""
    wanted = promotion_wanted(case)
    found = case.facts.promotions.get(wanted) if wanted else None
    if not isinstance(found, Promotion) or found.most_seats is None or case.desired.quantity <= found.most_seats:
        return None
    known = {"promotion": found.name or found.id, "promotion_id": found.id, "most": str(found.most_seats)}
    room = found.most_seats - case.present.quantity
    known |= {"room": str(room)} if room > 0 else {}
    rest = case.desired.quantity - max(found.most_seats, case.present.quantity)
    return case.because("promotion_seat_limit", known=known | {"rest": str(rest)})


def promotion_limits_seats(case: Case) -> tuple[Caution, ...]:
    """A promotion may limit the seats, and its limit could not be read."""
    commitment = case.live.commitment if case.live else None
    promotion = commitment.promotion_id if commitment else ""
    if not promotion or case.seats <= 0:
        return ()
    wanted = promotion_wanted(case)
    if wanted and isinstance(case.facts.promotions.get(wanted), Promotion):
        return ()
    return (case.caution("promotion_limits_seats", promotion=promotion),)


def _months(term: str) -> int:
    return Term(term).months if term in set(Term) else 0
