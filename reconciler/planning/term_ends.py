"""Warnings of terms that end, though no change of them is planned."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler import advice
from reconciler.changes.case import Case
from reconciler.changes.facts import Circumstances, Facts, Question, SubscriptionWanted
from reconciler.changes.renewed import missed_renewal, renewed_at
from reconciler.changes.rules.schedules import is_gone, is_lost
from reconciler.changes.schedule import is_contradicting
from reconciler.model.address import Address
from reconciler.model.alarm import (
    MISSED_RENEWAL,
    RENEWED_NOT_ENDED,
    RENEWED_OTHERWISE,
    RENEWS_OTHERWISE,
    SCHEDULE_LOST,
    SUSPENDED_AT_TERM_END,
    Alarm,
)
from reconciler.model.binding import Bound
from reconciler.model.renewal import RENEWING, SCHEDULED, EndOfTerm, ScheduleForm
from reconciler.model.renewals import TermFinding
from reconciler.model.subscription import Live
from reconciler.model.term import Commitment, Platform
from reconciler.planning.term_findings import of_coming, of_renewed
from reconciler.planning.terms import Committed

SOON = timedelta(days=45)
"""The days before the end of a term in which its lapse is told (contract, section 8.3)."""


def term_alarms(case: Case) -> Iterator[Alarm]:
    """Yields the findings of the list of renewals that nobody should miss: a trial that turns into a paid subscription;
    within 45 days a lapse, an end that no manifest asks for, and a suspended subscription that stops, until the renewal
    shows; a renewal that does not show; a schedule of ours that is gone or somebody else's that contradicts the
    manifest; and a term that renewed otherwise than asked for and can still be undone.
    """
    live = case.live
    if live is None or live.commitment is None or live.platform is not Platform.NEW_COMMERCE:
        return
    term = Committed.of(live, case.facts, case.circumstances)
    if term is not None and (live.active or live.suspended):
        near = term.ends_at - case.circumstances.now <= SOON
        if near or live.is_trial:  # else nothing is told, and nothing need be worked out
            yield from _among(case, of_coming(term), _NEAR if near else _ALWAYS)
    if not live.active:
        return
    if term is None and live.is_trial and live.commitment.renewal.outcome in RENEWING:
        then = live.commitment.renewal
        yield _alarm(case, "trial_turns_paid", seats=then.quantity, term=then.term, billing=then.billing)
    if term is not None and is_contradicting(case) and not case.accepts_drift:
        yield from _among(case, of_coming(term), RENEWS_OTHERWISE)
    of_changes = tuple(_of_changes(case))
    yield from of_changes
    if term is not None and term.renewed_at and term.undo_is_open and not any(map(_is_of_renewal, of_changes)):
        yield from _among(case, of_renewed(term), {RENEWED_NOT_ENDED, RENEWED_OTHERWISE})


_ALWAYS = {"trial_turns_paid"}
_NEAR = _ALWAYS | {"lapses_at_term_end", "ends_undeclared", "renewal_overdue", SUSPENDED_AT_TERM_END}
"""The codes of findings of what comes that are told whenever they are found, and within 45 days of the end."""


def _is_of_renewal(alarm: Alarm) -> bool:
    return alarm.code == MISSED_RENEWAL


def _among(case: Case, findings: Iterable[TermFinding], codes: Container[str]) -> Iterator[Alarm]:
    """Yields the findings of the list of renewals with these codes."""
    return (case.alarm(finding.code, finding.description) for finding in findings if finding.code in codes)


def standing_schedules(facts: Facts) -> Iterator[Alarm]:
    """Yields what is scheduled for subscriptions that state tracks and no manifest declares any more: nobody withdraws
    it. A list may leave out a schedule of ours: it stands until a read by itself does not show it.
    """
    for address, bound, live, commitment in _left(facts):
        unread = _unshown(bound, commitment) and not facts.read_alone(live.id)
        then = bound.renewal if unread and bound.renewal else commitment.renewal
        if then.outcome not in SCHEDULED:
            continue
        known = {"date": _date(commitment.ends_at), "seats": then.quantity, "now": live.quantity}
        code = "end_stands" if then.outcome == EndOfTerm.ENDS else "schedule_stands"
        yield Alarm(address=address, code=code, description=advice.sentence(code, **known))


def standing_unread(facts: Facts) -> frozenset[Question]:
    """Returns what must be read to know whether a schedule of ours stands of which no list shows anything."""
    left = _left(facts) if facts.selected else ()
    unshown = {live.id for _, bound, live, commitment in left if _unshown(bound, commitment)}
    return frozenset(map(SubscriptionWanted, unshown - facts.details.keys()))


def _left(facts: Facts) -> Iterator[tuple[Address, Bound, Live, Commitment]]:
    """Yields the active subscriptions with a term that state tracks and no manifest declares any more."""
    state, declared = facts.state, {desired.address.name for desired in facts.desired}
    for name, bound in state.subscriptions.items() if state else ():
        live = facts.lives.get(bound.id)
        found = live.commitment if live and live.active else None
        if state and live and found and name not in declared and live.id not in facts.meant_by:
            yield state.address(name), bound, live, found


def _unshown(bound: Bound, commitment: Commitment) -> bool:
    """Returns whether a schedule is ours in this term, and nothing is shown as scheduled."""
    return (
        commitment.form is ScheduleForm.NONE
        and bound.scheduled_by is not None
        and bound.term_ends == commitment.ends_at
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TermWarnings:
    """Warnings of the ends of terms, and what must be read for them to be whole."""

    alarms: tuple[Alarm, ...] = ()
    questions: frozenset[Question] = frozenset()


def term_warnings(facts: Facts, circumstances: Circumstances) -> TermWarnings:
    """Returns the warnings of the selected addresses."""
    selected = (desired for desired in facts.desired if desired.address in facts.selected)
    cases = [Case(desired=desired, facts=facts, circumstances=circumstances) for desired in selected]
    unread = {case.subscription_id for case in cases if is_gone(case)} - facts.details.keys()
    alarms = (alarm for case in cases for alarm in term_alarms(case))
    return TermWarnings(
        alarms=tuple(alarms), questions=frozenset(map(SubscriptionWanted, unread)) | standing_unread(facts)
    )


def _of_changes(case: Case) -> Iterator[Alarm]:
    """Yields what plans say beside a change, where there is one. A list may leave out what is scheduled, so a schedule
    is lost only where the subscription was read by itself.
    """
    if is_lost(case) and case.facts.read_alone(case.subscription_id):
        yield _alarm(case, SCHEDULE_LOST)
    renewed = renewed_at(case) if missed_renewal(case) else None
    if renewed is not None:
        yield _alarm(case, MISSED_RENEWAL, removed=case.seats_removed, renewed=f"{renewed:%Y-%m-%d}")


def _date(ends: datetime | None) -> str:
    return f"{ends:%Y-%m-%d}" if ends else ""


def _alarm(case: Case, code: str, **known: object) -> Alarm:
    return case.alarm(code, advice.sentence(code, **known))
