"""Warnings of terms that end, though no change of them is planned."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler import advice
from reconciler.changes.case import Case
from reconciler.changes.facts import Circumstances, Facts, Question, SubscriptionWanted
from reconciler.changes.rules.schedules import is_lost
from reconciler.changes.schedule import missed_renewal, renewed_at
from reconciler.model.plan import RENEWED_NOT_ENDED, SCHEDULE_LOST, Alarm
from reconciler.model.renewal import RENEWING, SCHEDULED, EndOfTerm, ScheduleForm
from reconciler.model.term import Platform, Renew
from reconciler.planning.identity import is_extended
from reconciler.planning.term_findings import of_renewed
from reconciler.planning.terms import Committed

SOON = timedelta(days=45)
"""The days before the end of a term in which its lapse is told (contract, section 8.3)."""

_LAPSES = {EndOfTerm.LAPSES.value, EndOfTerm.EXTENDED_TERM.value}


def term_alarms(case: Case) -> Iterator[Alarm]:
    """Yields that a trial turns into a paid subscription, that a term lapses within 45 days, or that one renewed
    though its end was asked for and can still be cancelled.
    """
    live = case.live
    commitment = live.commitment if live else None
    if live is None or commitment is None or not live.active or live.platform is not Platform.NEW_COMMERCE:
        return
    then, ends = commitment.renewal, commitment.ends_at
    if live.is_trial and then.outcome in RENEWING:
        known = {"date": _date(ends), "seats": then.quantity, "term": then.term, "billing": then.billing}
        yield _alarm(case, "trial_turns_paid", **known)
    soon = ends is not None and timedelta(0) < ends - case.circumstances.now <= SOON
    if not live.is_trial and then.outcome in _LAPSES and soon and not is_extended(case):
        yield _alarm(case, "lapses_at_term_end", date=_date(ends))
    term = Committed.of(live, case.facts, case.circumstances) if case.desired.renew is Renew.END else None
    if term is not None and term.renewed_at is not None and term.undo_is_open:
        for finding in of_renewed(term):
            if finding.code == RENEWED_NOT_ENDED:
                yield Alarm(address=case.desired.address, code=finding.code, description=finding.description)


def standing_schedules(facts: Facts) -> Iterator[Alarm]:
    """Yields what is scheduled for subscriptions that state tracks and no manifest declares any more: nobody withdraws
    it. A list may leave out a schedule of ours.
    """
    state, declared = facts.state, {desired.address.name for desired in facts.desired}
    for name, bound in state.subscriptions.items() if state else ():
        live = facts.lives.get(bound.id)
        found = live.commitment if live and live.active else None
        if state is None or live is None or found is None or name in declared or live.id in facts.meant_by:
            continue
        unshown = found.form is ScheduleForm.NONE and bound.scheduled_by and bound.term_ends == found.ends_at
        then = bound.renewal if unshown and bound.renewal else found.renewal
        if then.outcome not in SCHEDULED:
            continue
        known = {"date": _date(found.ends_at), "seats": then.quantity, "now": live.quantity}
        code = "end_stands" if then.outcome == EndOfTerm.ENDS else "schedule_stands"
        yield Alarm(address=state.address(name), code=code, description=advice.sentence(code, **known))


@dataclass(frozen=True, slots=True, kw_only=True)
class TermWarnings:
    """Warnings of the ends of terms, and what must be read for them to be whole."""

    alarms: tuple[Alarm, ...] = ()
    questions: frozenset[Question] = frozenset()


def term_warnings(facts: Facts, circumstances: Circumstances) -> TermWarnings:
    """Returns the warnings of the selected addresses, those too that a plan gives beside its changes: that a schedule
    of ours is gone, and that a term renewed with more seats than are asked for.
    """
    selected = (desired for desired in facts.desired if desired.address in facts.selected)
    cases = [Case(desired=desired, facts=facts, circumstances=circumstances) for desired in selected]
    unread = {case.subscription_id for case in cases if is_lost(case)} - facts.details.keys()
    alarms = (alarm for case in cases for alarm in (*term_alarms(case), *_of_changes(case, unread)))
    return TermWarnings(alarms=tuple(alarms), questions=frozenset(map(SubscriptionWanted, unread)))


def _of_changes(case: Case, unread: Container[str]) -> Iterator[Alarm]:
    """Yields what plans say beside a change. A list may leave out what is scheduled."""
    if is_lost(case) and case.subscription_id not in unread:
        yield _alarm(case, SCHEDULE_LOST)
    renewed = renewed_at(case) if missed_renewal(case) else None
    if renewed is not None:
        yield _alarm(case, "missed_renewal", removed=case.seats_removed, renewed=f"{renewed:%Y-%m-%d}")


def _date(ends: datetime | None) -> str:
    return f"{ends:%Y-%m-%d}" if ends else ""


def _alarm(case: Case, code: str, **known: object) -> Alarm:
    return Alarm(address=case.desired.address, code=code, description=advice.sentence(code, **known))
