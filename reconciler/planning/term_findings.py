"""Findings of the list of renewals: what a person should look at before a term ends, or while it can be undone."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from reconciler import advice, changes
from reconciler.changes import schedule
from reconciler.changes.rules.schedules import FROZEN, TOO_CLOSE, is_lost
from reconciler.model.alarm import RENEWED_NOT_ENDED, SUSPENDED_AT_TERM_END
from reconciler.model.desired import Desired
from reconciler.model.renewals import TermEvent, TermFinding
from reconciler.model.result import Outcome
from reconciler.model.subscription import Live
from reconciler.model.term import FewerSeats, Renew
from reconciler.model.utc import utc_minute
from reconciler.planning.addressing import outcome_unknown
from reconciler.planning.terms import SAME_MOMENT, Committed, ended_as_declared, in_words, wanted


def of_coming(term: Committed) -> Iterator[TermFinding]:
    """Yields what is to be looked at before the term ends."""
    date = f"{term.ends_at:%Y-%m-%d}"
    if term.has_ended and term.circumstances.now - term.ends_at >= SAME_MOMENT:
        yield _finding(term, "renewal_overdue", date=date)
    elif term.event is TermEvent.STOPS:
        if not may_stop(term.live, term.desired):
            yield _finding(term, SUSPENDED_AT_TERM_END, date=date)
    elif term.is_extended:
        yield from _of_extended(term)
    else:
        yield from _of_event(term, date)


def _of_event(term: Committed, date: str) -> Iterator[TermFinding]:
    """Yields what is to be looked at in what comes."""
    if term.event is TermEvent.UNCLEAR:
        yield _finding(term, "schedule_unclear")
    elif term.event in {TermEvent.LAPSES, TermEvent.EXTENDED_TERM}:
        yield _finding(term, "lapses_at_term_end", date=date)
    elif term.event is TermEvent.TURNS_PAID:
        after = term.coming
        known = {"seats": str(after.quantity), "term": after.term, "billing": after.billing}
        yield _finding(term, "trial_turns_paid", date=date, **known)
    elif term.event is TermEvent.ENDS:
        if term.desired is None or term.desired.renew is not Renew.END:
            yield _finding(term, "ends_undeclared", date=date)
    elif open_change := _open_change(term):
        yield open_change
    elif term.desired is not None:
        yield from _of_renewing(term, term.desired, date)


def _open_change(term: Committed) -> TermFinding | None:
    """Returns that the outcome of a change is not known: until it is, nobody can say what comes, or what to write."""
    case = term.case
    pending = next(iter(case.facts.state.pending_of(case.name)), None) if case and case.facts.state else None
    if case is None or pending is None:
        return None
    reason = outcome_unknown(case, pending)
    return TermFinding(code=reason.code, description=reason.description, remedy=reason.remedy)


def may_stop(live: Live, desired: Desired | None) -> bool:
    """Returns True if a suspended subscription may stop: its entry asks for its end, or it is a trial of nobody's."""
    return live.is_trial if desired is None else desired.renew is Renew.END


def of_renewed(term: Committed) -> Iterator[TermFinding]:
    """Yields what is to be looked at while a renewal can be undone."""
    if term.is_extended:
        yield from _of_extended(term)
        return
    now, desired, undo = term.values, term.desired, term.undo_until
    if desired is None:
        return
    declared = wanted(desired, now)
    missing = declared.quantity - now.quantity
    until = {"until": utc_minute(undo)} if undo and term.undo_is_open else {"late": "true"}
    if desired.renew is Renew.END and term.event is not TermEvent.ENDS:
        ends = f"{term.ends_at:%Y-%m-%d}"
        yield _finding(term, RENEWED_NOT_ENDED, coming=in_words(now, declared), ends=ends, **until)
        return
    if declared == now:
        return
    more = {"missing": str(missing), "late": "true"} if missing > 0 else {"undo": "true"} if term.undo_is_open else {}
    values = {"coming": in_words(now, declared), "wanted": in_words(declared, now)}
    if missing < 0 and term.undo_is_open:
        values["removed"] = str(-missing)
    yield _finding(term, "renewed_otherwise", **values, **until | more)


def _of_extended(term: Committed) -> Iterator[TermFinding]:
    """Yields that it is in the extended term, unless its entry declares it as it is: it may go on then."""
    desired = term.desired
    if desired is None or desired.renew is Renew.END or wanted(desired, term.values) != term.values:
        yield _finding(term, "in_extended_service_term")


def of_ended(term: Committed) -> Iterator[TermFinding]:
    """Yields what is to be looked at once a subscription has ended with its term."""
    desired = term.desired
    if desired is not None and not ended_as_declared(desired, term.live) and not term.live.is_trial:
        yield _finding(term, "ended_undeclared")


def _of_renewing(term: Committed, desired: Desired, date: str) -> Iterator[TermFinding]:
    """Yields what is wrong with a term that renews."""
    end, coming = desired.renew is Renew.END, term.coming
    declared = wanted(desired, coming)
    if term.case and is_lost(term.case) and not term.is_silent:
        yield _finding(term, "schedule_lost")
    if not end and declared == coming:
        if _is_left_open(term, desired):
            values = {"coming": in_words(coming, term.values), "present": in_words(term.values, coming)}
            values |= _ahead(term)
            yield _finding(term, "renews_undeclared", date=date, **values)
        return
    if not end and _unsecured(term):
        yield _finding(term, "not_secured", wanted=f"renew with {in_words(declared, coming)}")
        return
    missing = 0 if end else max(0, declared.quantity - coming.quantity)
    known = {
        "wanted": "the end of the subscription" if end else in_words(declared, coming),
        "coming": f"a renewal with {in_words(coming, declared)}",
        **({"missing": str(missing)} if missing else {}),
        **_ahead(term),
        **_when(term, date, None if end else last_moment(term)),
    }
    yield _finding(term, "renews_with_fewer_seats" if missing else "renews_otherwise", **known)


def _ahead(term: Committed) -> dict[str, str]:
    """Returns what of the next term no entry can ask for before it begins; that an entry can say all of it, where there
    is no such thing. A manifest changes an offer, and adds seats, at once.
    """
    now, coming = term.values, term.coming
    if coming.offer_id.casefold() != now.offer_id.casefold():
        return {"ahead": "another offer"}
    return {"ahead": "more seats"} if coming.quantity > now.quantity else {"declarable": "true"}


def _when(term: Committed, date: str, last: datetime | None) -> dict[str, str]:
    """Until when it can be changed, and whose schedule it is; once the term has ended, that nothing can be changed.
    `last` is the last moment of what takes effect at once.
    """
    if term.has_ended:
        return {"under_way": "true"}
    if last and term.circumstances.now > last:
        return {"frozen": "true", "hours": f"{(term.ends_at - last) // timedelta(hours=1)}"}
    date = utc_minute(last) if last else date
    others = term.case is not None and schedule.is_contradicting(term.case)
    return {"date": date, "others" if others else "own": "true"}


def last_moment(term: Committed) -> datetime | None:
    """Returns the last moment at which apply starts what the manifest asks for at once: before the end of the term, or
    the end of the days in which seats can be given back. None where nothing is asked for at once, or where only the end
    of the term can still bring it.
    """
    case = term.case
    immediate = (kind for kind in changes.KINDS.values() if not kind.stands_alone)
    differing = {path for kind in immediate if case and kind.differs(case) for path in kind.attributes}
    if case is None or not differing:
        return None
    declared = schedule.is_scheduled(term.live) and schedule.is_declared(case, term.live)
    last = term.ends_at - (TOO_CLOSE if declared else FROZEN)
    if differing != {"quantity"} or not case.seats_removed:
        return last
    back = term.commitment.refundable_until(case.seats_removed, case.circumstances.now)
    return min(last, back) if back and case.desired.fewer_seats is FewerSeats.NOW else None


def _is_left_open(term: Committed, desired: Desired) -> bool:
    """Returns True if somebody else scheduled another term or billing, and the entry leaves it out."""
    now, coming = term.values, term.coming
    if term.event is not TermEvent.RENEWS_CHANGED or schedule.is_ours(term.bound, term.commitment):
        return False
    longer = desired.term is None and coming.term != now.term
    return longer or (coming.term == now.term and desired.billing is None and coming.billing != now.billing)


def _unsecured(term: Committed) -> bool:
    """Returns whether the last schedule that we wrote for it was accepted and does not show."""
    state = term.facts.state
    own = [
        result
        for result in (state.results if state else ())
        if result.subscription_id == term.live.id and result.request.at_end is not None
    ]
    return bool(own) and own[-1].outcome is Outcome.NOT_SECURED


def _finding(term: Committed, code: str, /, **known: str) -> TermFinding:
    if term.case and term.desired:
        key = "silent" if term.desired.renew is None else "asked"
        reason = term.case.because(code, known={key: "true", **known})
        return TermFinding(code=code, description=reason.description, remedy=reason.remedy)
    row = advice.row(code)
    values = {"undeclared": "true", "tenant": term.facts.customer.tenant, **known}
    return TermFinding(code=code, description=row.sentence(values), remedy=row.remedy(values))
