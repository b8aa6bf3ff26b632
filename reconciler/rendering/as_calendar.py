"""The list of renewals as a calendar (RFC 5545): an event for each term that ends, under an id that it keeps.

So a calendar program that reads the file again moves and rewrites its events. Plain renewals of monthly terms are none.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from importlib.util import find_spec

from reconciler.advice import problem
from reconciler.model.errors import InvalidInput
from reconciler.model.remedy import Step
from reconciler.model.renewals import Renewals, TermEnd
from reconciler.rendering.reports.term_facts import FACTS
from reconciler.rendering.safe import defused, visible
from reconciler.rendering.view import View

_DAYS_BEFORE = {True: (14, 4), False: (14,)}
"""The days before an event on which a reminder comes: where something needs a look, again before the last 72 hours, in
which a change at once would come too late.
"""


def check_calendar() -> None:
    """Raises InvalidInput where the library that writes calendars is not installed."""
    if find_spec("icalendar") is None:
        raise InvalidInput(problem("calendar_library_missing"))


def calendar(renewals: Renewals, view: View) -> str:
    """The calendar. Lines end as the standard wants it, with a carriage return and a line feed."""
    check_calendar()
    from icalendar import Alarm, Calendar, Event

    whole = Calendar()
    name = f"Partner Center renewals ({renewals.cloud})"
    whole.add("prodid", f"-//reconciler//{view.version}//EN")
    whole.add("version", "2.0")
    whole.add("method", "PUBLISH")
    whole.add("x-wr-calname", name)
    whole.add("name", name)
    for term in renewals.terms:
        day = _day(term)
        if day is None:
            continue
        event = Event()
        event.add("uid", _uid(term))
        event.add("dtstamp", renewals.created_at)
        event.add("sequence", int(renewals.created_at.timestamp()) // 60)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        event.add("summary", _harmless(_summary(term)))
        event.add("description", "\n".join(map(_harmless, _description(term, renewals, view))))
        event.add("categories", ["needs you" if term.findings else "renewal"])
        for days in _DAYS_BEFORE[bool(term.findings)]:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("trigger", timedelta(days=-days))
            alarm.add("description", _harmless(_summary(term)))
            event.add_component(alarm)
        whole.add_component(event)
    written: bytes = whole.to_ical()
    return written.decode()


def _day(term: TermEnd) -> date | None:
    """The day of the event: the last one of the term, or on which a renewal can be undone; None where there is none."""
    if term.routine:
        return None
    if not term.event.over:
        return term.ends_on
    undo: datetime | None = term.undo_until
    return undo.date() if undo and term.findings else None


def _uid(term: TermEnd) -> str:
    """The id of the event, the same in every list: a calendar that knows it updates it."""
    return f"{'undo' if term.event.over else 'end'}-{term.subscription_id}@reconciler"


def _summary(term: TermEnd) -> str:
    event, seats, offer = (FACTS[name].brief(term) for name in ("event", "seats", "offer"))
    what = f"{seats} seats of {offer}" if offer else FACTS["subscription"].brief(term)
    return f"{'! ' if term.findings else ''}{term.subject} {event}: {what}"


def _description(term: TermEnd, renewals: Renewals, view: View) -> Iterator[str]:
    facts = (FACTS["term"], FACTS["price"])
    yield from (f"{fact.title}: {value}" for fact in facts if (value := fact.shown(term, renewals)))
    for finding in term.findings:
        yield f"{finding.description} [{finding.code}]"
    for step in (step for finding in term.findings[-1:] for step in finding.remedy.steps):
        yield from _lines(step, view)
    facts = (FACTS["place"], FACTS["subscription"])
    yield from (f"{fact.title}: {value}" for fact in facts if (value := fact.brief(term)))


def _lines(step: Step, view: View) -> Iterator[str]:
    yield from view.invocation.shown(step.text, step.run).splitlines()


def _harmless(text: str) -> str:
    return defused(visible(text))
