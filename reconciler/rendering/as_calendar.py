"""The list of renewals as a calendar (RFC 5545): an event for each of its dated entries, which a calendar program that
reads the file again moves and rewrites.
"""

from datetime import timedelta
from importlib.util import find_spec

from reconciler.advice import problem
from reconciler.model.errors import InvalidInput
from reconciler.model.renewals import Renewals
from reconciler.rendering.reports.renewals_dates import dated, name_of
from reconciler.rendering.safe import defused, visible
from reconciler.rendering.view import View


def check_calendar() -> None:
    """Raises InvalidInput where the library that writes calendars is not installed."""
    if find_spec("icalendar") is None:
        raise InvalidInput(problem("calendar_library_missing"))


def calendar(renewals: Renewals, view: View) -> str:
    """The calendar. Lines end as the standard wants it, with a carriage return and a line feed."""
    check_calendar()
    from icalendar import Alarm, Calendar, Event

    whole = Calendar()
    whole.add("prodid", f"-//reconciler//{view.version}//EN")
    whole.add("version", "2.0")
    whole.add("method", "PUBLISH")
    whole.add("x-wr-calname", name_of(renewals))
    whole.add("name", name_of(renewals))
    for entry in dated(renewals, view):
        event = Event()
        event.add("uid", entry.id)
        event.add("dtstamp", renewals.created_at)
        event.add("sequence", int(renewals.created_at.timestamp()) // 60)
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        event.add("summary", _harmless(entry.says))
        event.add("description", "\n".join(map(_harmless, entry.lines)))
        event.add("categories", [entry.kind])
        for days in entry.reminders:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("trigger", timedelta(days=-days))
            alarm.add("description", _harmless(entry.says))
            event.add_component(alarm)
        whole.add_component(event)
    written: bytes = whole.to_ical()
    return written.decode()


def _harmless(text: str) -> str:
    return defused(visible(text))
