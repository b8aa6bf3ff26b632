"""Warnings of terms that end, though no change of them is planned."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler import advice
from reconciler.changes.case import Case
from reconciler.changes.facts import Circumstances, Facts, Question, SubscriptionWanted
from reconciler.changes.rules.schedules import is_lost
from reconciler.changes.schedule import is_contradicting, missed_renewal, renewed_at
from reconciler.model.alarm import RENEWED_NOT_ENDED, RENEWS_OTHERWISE, SCHEDULE_LOST, SUSPENDED_AT_TERM_END, Alarm
from reconciler.model.renewal import RENEWING, SCHEDULED, EndOfTerm, ScheduleForm
from reconciler.model.renewals import TermFinding
from reconciler.model.subscription import Live
from reconciler.model.term import Platform, Renew
from reconciler.planning.identity import is_extended
from reconciler.planning.term_findings import may_stop, of_coming, of_renewed
from reconciler.planning.terms import Committed

SOON = timedelta(days=45)
"""The days before the end of a term in which its lapse is told (contract, section 8.3)."""

_LAPSES = {EndOfTerm.LAPSES.value, EndOfTerm.EXTENDED_TERM.value}


def term_alarms(case: Case) -> Iterator[Alarm]:
    """Yields that a trial turns into a paid subscription, that a term lapses or a suspended subscription stops within
    45 days, that a schedule of ours is gone or somebody else's contradicts the manifest, and that a term renewed
    otherwise than asked for and can still be undone.
    """
    live = case.live
    commitment = live.commitment if live else None
    if live is None or commitment is None or live.platform is not Platform.NEW_COMMERCE:
        return
    then, ends = commitment.renewal, commitment.ends_at
    soon = ends is not None and timedelta(0) < ends - case.circumstances.now <= SOON
    if live.suspended and soon and not may_stop(live, case.desired):
        yield _alarm(case, SUSPENDED_AT_TERM_END, date=_date(ends))
    if not live.active:
        return
    if live.is_trial and then.outcome in RENEWING:
        known = {"date": _date(ends), "seats": then.quantity, "term": then.term, "billing": then.billing}
        yield _alarm(case, "trial_turns_paid", **known)
    if not live.is_trial and then.outcome in _LAPSES and soon and not is_extended(case):
        yield _alarm(case, "lapses_at_term_end", date=_date(ends))
    if is_contradicting(case) and not case.accepts_drift:
        yield from _among(case, of_coming, RENEWS_OTHERWISE)
    yield from _of_changes(case)
    if case.desired.renew is Renew.END:
        yield from _among(case, _of_renewal_to_undo, {RENEWED_NOT_ENDED})


def _among(
    case: Case, findings: Callable[[Committed], Iterator[TermFinding]], codes: Container[str]
) -> Iterator[Alarm]:
    """Yields the findings of the list of renewals with these codes."""
    term = Committed.of(case.live, case.facts, case.circumstances) if case.live else None
    for finding in findings(term) if term else ():
        if finding.code in codes:
            yield case.alarm(finding.code, finding.description)


def _of_renewal_to_undo(term: Committed) -> Iterator[TermFinding]:
    """Yields the findings of a renewed term while it can be undone."""
    if term.renewed_at and term.undo_is_open:
        yield from of_renewed(term)


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
    """Returns the warnings of the selected addresses."""
    selected = (desired for desired in facts.desired if desired.address in facts.selected)
    cases = [Case(desired=desired, facts=facts, circumstances=circumstances) for desired in selected]
    unread = {case.subscription_id for case in cases if is_lost(case)} - facts.details.keys()
    alarms = (alarm for case in cases for alarm in term_alarms(case))
    return TermWarnings(alarms=tuple(alarms), questions=frozenset(map(SubscriptionWanted, unread)))


def _of_changes(case: Case) -> Iterator[Alarm]:
    """Yields what plans say beside a change, where there is one. A list may leave out what is scheduled, so a schedule
    is lost only where the subscription was read by itself.
    """
    if is_lost(case) and isinstance(case.facts.details.get(case.subscription_id), Live):
        yield _alarm(case, SCHEDULE_LOST)
    renewed = renewed_at(case) if missed_renewal(case) else None
    if renewed is not None:
        yield _alarm(case, "missed_renewal", removed=case.seats_removed, renewed=f"{renewed:%Y-%m-%d}")


def _date(ends: datetime | None) -> str:
    return f"{ends:%Y-%m-%d}" if ends else ""


def _alarm(case: Case, code: str, **known: object) -> Alarm:
    return case.alarm(code, advice.sentence(code, **known))
