"""Rules about the end of the term: what is scheduled, by whom, and how near the end is."""

from datetime import timedelta

from reconciler.changes import schedule
from reconciler.changes.case import Case
from reconciler.changes.rules.seats import permitted_otherwise, seats_added_outside
from reconciler.model.change import Caution
from reconciler.model.reason import Reason
from reconciler.model.renewal import RENEWING, AtRenewal, EndOfTerm
from reconciler.model.subscription import Live
from reconciler.model.term import Renew, billed
from reconciler.model.utc import utc_minute

TOO_CLOSE = timedelta(hours=72)
"""A change at once that deletes a schedule is not started so near the end of the term: it may not be done in time to
schedule again (contract, section 8.3).
"""

FROZEN = timedelta(hours=24)
"""Nothing at once is started in so much of the end of the term; the renewal itself may take as long
(create-scheduled-changes).
"""


def outcome_unclear(case: Case) -> Reason | None:
    """Blocks where the service's two forms of a schedule disagree, or say something unknown: nothing may be written
    over that.
    """
    live = _at_service(case)
    if live is None or live.commitment is None or live.commitment.renewal.outcome != EndOfTerm.UNCLEAR:
        return None
    return case.because("schedule_unclear")


def schedule_undeclared(case: Case) -> Reason | None:
    """Blocks what would delete or replace a schedule that is not ours and that no manifest asks for (contract, section
    8.7).
    """
    live = _at_service(case)
    if live is None or live.commitment is None or not schedule.is_scheduled(live):
        return None
    ours = schedule.is_ours(case.bound, live.commitment)
    if ours or case.accepts_drift or schedule.is_declared(case, live):
        return None
    lines = schedule.in_yaml(live)
    return case.because(
        "schedule_undeclared",
        known={"scheduled": in_words(live), **({"lines": lines} if lines else {"unwritable": "true"})},
    )


def too_close_to_renewal(case: Case) -> Reason | None:
    """Blocks a change at once that deletes a declared schedule in the last 72 hours of the term."""
    live, now = _at_service(case), case.circumstances.now
    if live is None or live.commitment is None or live.commitment.ends_at is None:
        return None
    declared = schedule.is_scheduled(live) and schedule.is_declared(case, live)
    ends = live.commitment.ends_at
    if not declared or ends - now > TOO_CLOSE:
        return None
    return case.because("too_close_to_renewal", known={"ends": utc_minute(ends), "scheduled": in_words(live)})


def auto_renew_is_off(case: Case) -> Reason | None:
    """A schedule for the next term needs auto-renew (create-scheduled-changes); who switched it off is not overruled by
    an entry that leaves `renew` out.
    """
    wanted, live = schedule.due(case), case.present
    if wanted is None or wanted.next_term is None or case.desired.renew is not None or live.commitment is None:
        return None
    ours = schedule.is_ours(case.bound, live.commitment) or schedule.our_end_lapses(case)
    if ours or live.commitment.renewal.outcome in RENEWING:
        return None
    return case.because("auto_renew_is_off")


def trial_renews_as_it_is(case: Case) -> Reason | None:
    """The next term of a trial is scheduled in Partner Center: it is of another offer (create-a-new-subscription)."""
    wanted, live = schedule.due(case), case.present
    if wanted is None or wanted.next_term is None or not live.is_trial:
        return None
    return case.because("trial_cannot_be_changed", known={"renewal": "the next term"})


def billing_longer_than_term(case: Case) -> Reason | None:
    """A term that is charged less often than it lasts needs a shorter billing cycle (900270)."""
    wanted = schedule.due(case)
    if wanted is None or wanted.next_term is None or wanted.next_term.billing:
        return None
    return case.because("billing_needed", known={"term": wanted.next_term.term, "billing": case.present.billing})


def fewer_than_were_added_outside(case: Case) -> Reason | None:
    """Blocks a schedule that takes away seats which somebody else added (contract, section 8.3)."""
    wanted = schedule.due(case)
    then = wanted.next_term if wanted else None
    return seats_added_outside(case) if then and then.quantity < case.present.quantity else None


def fewer_than_permitted(case: Case) -> Reason | None:
    """Blocks a schedule of fewer seats that a one-off permission does not cover."""
    wanted = schedule.due(case)
    then = wanted.next_term if wanted else None
    return permitted_otherwise(case) if then and then.quantity < case.present.quantity else None


def lost(case: Case) -> tuple[Caution, ...]:
    """Warns that a schedule of ours is gone or changed in the same term: a change at once of somebody else deletes it
    (create-scheduled-changes).
    """
    if case.left is not None or not is_lost(case):
        return ()
    live = _at_service(case) or case.present
    now = outcome_in_words(live.commitment.renewal) if live.commitment else ""
    return (case.caution("schedule_lost", plan="plan", now=now, keep=keeping(case, live)),)


def is_lost(case: Case) -> bool:
    """Returns whether a schedule of ours is gone or changed in the same term, and the manifest asks for another end of
    the term than what shows. Where it asks for that, it was accepted.
    """
    return is_gone(case) and schedule.due(case) is not None


def is_gone(case: Case) -> bool:
    """Returns whether a schedule of ours is gone or changed in the same term."""
    live, bound = _at_service(case), case.bound
    if live is None or live.commitment is None or bound is None or bound.scheduled_by is None:
        return False
    same_term = bound.term_ends == live.commitment.ends_at
    return same_term and not schedule.is_ours(bound, live.commitment)


IMMEDIATE = (outcome_unclear, schedule_undeclared, too_close_to_renewal)
"""The rules of every change that takes effect at once: it deletes what is scheduled (create-scheduled-changes)."""

AT_RENEWAL = (
    outcome_unclear,
    schedule_undeclared,
    auto_renew_is_off,
    trial_renews_as_it_is,
    billing_longer_than_term,
    fewer_than_were_added_outside,
    fewer_than_permitted,
)
"""The rules of what is scheduled for the end of the term."""


def in_words(live: Live) -> str:
    """Returns what is scheduled: `ends`, or `20 seats, annual, billed monthly`."""
    commitment = live.commitment
    if commitment is None or commitment.renewal.outcome == EndOfTerm.ENDS:
        return "the subscription ends with the term"
    then, following = commitment.renewal, commitment.next_term
    offer = f" of {following.offer_id}" if following and following.offer_id != live.offer.id else ""
    return f"it renews with {then.quantity} seats{offer}, {then.term} term, {billed(then.billing or '')}"


_OUTCOMES = {
    EndOfTerm.RENEWS.value: "renews as it is",
    EndOfTerm.ENDS.value: "ends with the term",
    EndOfTerm.LAPSES.value: "does not renew, since auto-renew is off",
}


def outcome_in_words(renewal: AtRenewal) -> str:
    """Returns the outcome at the end of the term: `it renews with 20 seats, annual term, billed monthly`."""
    if renewal.outcome == EndOfTerm.RENEWS_CHANGED:
        return f"it renews with {renewal.quantity} seats, {renewal.term} term, {billed(renewal.billing or '')}"
    return f"it {_OUTCOMES.get(renewal.outcome, renewal.outcome.replace('_', ' '))}"


def keeping(case: Case, live: Live) -> str:
    """Returns which edit of the manifest keeps what the subscription shows of the end of its term."""
    desired, commitment = case.desired, live.commitment
    if commitment is None:
        return f"remove renew: from the entry ({desired.source})"
    if commitment.renewal.outcome == EndOfTerm.LAPSES:
        return f"write renew: end at {desired.source}: it then ends with its term, since no entry can ask for a lapse"
    lines = schedule.in_yaml(live).splitlines() if schedule.is_scheduled(live) else ["renew: auto"]
    values = {"quantity": live.quantity, "term": commitment.term, "billing": live.billing}
    if commitment.renewal.outcome == EndOfTerm.RENEWS and desired.renew is not Renew.END:
        declared = {"quantity": desired.quantity, "term": desired.term, "billing": desired.billing}
        lines = [f"{name}: {value}" for name, value in values.items() if declared[name] not in {None, value}] or lines
    return f"write {', '.join(lines)} at {desired.source}"


def _at_service(case: Case) -> Live | None:
    """The subscription as the service has it, whatever earlier changes of the address would leave."""
    return case.facts.lives.get(case.subscription_id)
