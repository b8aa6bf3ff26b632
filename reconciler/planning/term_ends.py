"""Warnings of terms that end, though no change of them is planned."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from reconciler import advice
from reconciler.changes.case import Case
from reconciler.model.plan import Alarm
from reconciler.model.renewal import RENEWING, EndOfTerm
from reconciler.model.subscription import Desired, Live, Status
from reconciler.model.term import Platform, Renew

SOON = timedelta(days=45)
"""The days before the end of a term in which its lapse is told (contract, section 8.3)."""

_LAPSES = {EndOfTerm.LAPSES.value, EndOfTerm.EXTENDED_TERM.value}


def term_alarms(case: Case) -> Iterator[Alarm]:
    """Yields that a trial turns into a paid subscription, or that a term lapses within 45 days."""
    live = case.live
    commitment = live.commitment if live else None
    if live is None or commitment is None or not live.active or live.platform is not Platform.NEW_COMMERCE:
        return
    then, ends = commitment.renewal, commitment.ends_at
    if live.is_trial and then.outcome in RENEWING:
        known = {"date": _date(ends), "seats": then.quantity, "term": then.term, "billing": then.billing}
        yield _alarm(case, "trial_turns_paid", **known)
    soon = ends is not None and timedelta(0) < ends - case.circumstances.now <= SOON
    if not live.is_trial and then.outcome in _LAPSES and soon:
        yield _alarm(case, "lapses_at_term_end", date=_date(ends))


def ended_as_declared(desired: Desired, live: Live) -> bool:
    """Returns whether a subscription is over because the manifest asked for its end."""
    return desired.renew is Renew.END and live.status in {
        Status.DELETED.value,
        Status.DISABLED.value,
        Status.EXPIRED.value,
    }


def _date(ends: datetime | None) -> str:
    return f"{ends:%Y-%m-%d}" if ends else ""


def _alarm(case: Case, code: str, **known: object) -> Alarm:
    return Alarm(address=case.desired.address, code=code, description=advice.sentence(code, **known))
