"""The list of renewals as dates: an entry for each term that ends, under an id that it keeps.

So a calendar that has an entry rewrites it. Plain renewals of monthly terms are none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from reconciler.model.renewals import Renewals, TermEnd
from reconciler.rendering.reports.term_facts import FACTS
from reconciler.rendering.view import View

_DAYS_BEFORE = {True: (14, 4), False: (14,)}
"""The days before an entry on which a reminder comes: where something needs a look, again before the last 72 hours, in
which a change at once would come too late.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """An entry of a `day`: its line, what else is known of it, and the days before it on which a reminder comes."""

    id: str
    day: date
    says: str
    lines: tuple[str, ...]
    kind: str
    reminders: tuple[int, ...]


def name_of(renewals: Renewals) -> str:
    """Returns the name of the list among other calendars."""
    return f"Partner Center renewals ({renewals.cloud})"


def dated(renewals: Renewals, view: View) -> Iterator[Dated]:
    """Yields an entry for each term that has a day."""
    for term in renewals.terms:
        day = _day(term)
        if day is not None:
            needy = bool(term.findings)
            yield Dated(
                id=f"{'undo' if term.event.over else 'end'}-{term.subscription_id}@reconciler",
                day=day,
                says=_line(term),
                lines=tuple(_lines(term, renewals, view)),
                kind="needs you" if needy else "renewal",
                reminders=_DAYS_BEFORE[needy],
            )


def _day(term: TermEnd) -> date | None:
    """The day of the entry: the last one of the term, or on which a renewal can be undone; None where there is none."""
    if term.routine:
        return None
    if not term.event.over:
        return term.ends_on
    undo: datetime | None = term.undo_until
    return undo.date() if undo and term.findings else None


def _line(term: TermEnd) -> str:
    event, seats, offer = (FACTS[name].brief(term) for name in ("event", "seats", "offer"))
    what = f"{seats} seats of {offer}" if offer else FACTS["subscription"].brief(term)
    return f"{'! ' if term.findings else ''}{term.subject} {event}: {what}"


def _lines(term: TermEnd, renewals: Renewals, view: View) -> Iterator[str]:
    facts = (FACTS["term"], FACTS["price"])
    yield from (f"{fact.title}: {value}" for fact in facts if (value := fact.shown(term, renewals)))
    for finding in term.findings:
        yield f"{finding.description} [{finding.code}]"
    for step in (step for finding in term.findings[-1:] for step in finding.remedy.steps):
        yield from view.invocation.shown(step.text, step.run).splitlines()
    facts = (FACTS["place"], FACTS["subscription"])
    yield from (f"{fact.title}: {value}" for fact in facts if (value := fact.brief(term)))
