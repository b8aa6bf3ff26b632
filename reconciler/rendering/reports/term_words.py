"""Words for one term that ends: its event, seats, term and price, or from and to."""

from datetime import datetime, time, timedelta
from functools import lru_cache

from reconciler.changes.in_words import terms
from reconciler.model.renewals import Renewals, TermEnd, TermEvent, TermValues
from reconciler.model.utc import utc_minute
from reconciler.rendering.phrases import count

EVENTS = {
    TermEvent.RENEWS: "renews as it is",
    TermEvent.RENEWS_CHANGED: "renews changed",
    TermEvent.TURNS_PAID: "turns into a paid subscription",
    TermEvent.ENDS: "ends",
    TermEvent.STOPS: "stops, since it is suspended",
    TermEvent.LAPSES: "lapses into the dearer extended term",
    TermEvent.EXTENDED_TERM: "goes on in the extended term, monthly and dearer",
    TermEvent.UNCLEAR: "unclear: the service contradicts itself",
    TermEvent.RENEWED: "renewed",
    TermEvent.ENDED: "ended",
}
"""The events in the words of a list."""


_UNIT, NO_PRICE = " a seat and month", "no price"


def seats_of(term: TermEnd) -> str:
    """The seats, or from and to."""
    return _moved(*(str(values.quantity) for values in (term.before, term.after) if values))


def term_of(term: TermEnd) -> str:
    """`annual, billed monthly`, or from and to."""
    terms = _terms(*((values.term, values.billing) for values in (term.before, term.after) if values))
    return f"{terms}, the next until {term.ends_after}" if term.ends_after else terms


def subject_of(term: TermEnd) -> str:
    """The address; where there is none, which subscription of the customer it is."""
    values = term.after or term.before
    return term.address or f"{term.subject}, {values.offer_name if values else term.subscription_id}"


def date_of(term: TermEnd, renewals: Renewals) -> str:
    """The last day, and how many days it is from today."""
    days = (term.ends_on - renewals.today).days
    if term.event.over or days < 0:
        return f"{term.ends_on}, {count(-days, 'day')} ago" if days else f"{term.ends_on}, today"
    return f"{term.ends_on}, {'today' if not days else 'tomorrow' if days == 1 else f'in {days} days'}"


def until_of(term: TermEnd) -> str:
    """Returns until when what comes can be changed, and what came can be undone."""
    changed = f"until {_last_day(term.change_until)}" if term.change_until else ""
    renewed = "renewed seats" if term.change_until else "seats"
    given_back = f"{renewed} can be given back until {_last_day(term.undo_until)}" if term.undo_until else ""
    return "; ".join(filter(None, (changed, given_back)))


def _last_day(until: datetime) -> str:
    """The moment; of one at the edge of a day, the last day that counts."""
    last = until - timedelta(seconds=1) if until.time() == time() else until
    return f"{last:%Y-%m-%d}" if last.time().replace(microsecond=0) == time(23, 59, 59) else utc_minute(last)


def price_of(term: TermEnd, renewals: Renewals) -> str:
    """`10.50 USD a seat and month`, or from and to, estimates marked, or `no price`; empty without price sheets."""
    sides = term.to_price
    if not any(values.price for values in sides):
        return NO_PRICE if sides and renewals.priced else ""
    if all(values.price for values in sides):
        return f"{_moved(*map(_price, sides))}{_UNIT}"
    return _moved(*(f"{_price(values)}{_UNIT}" if values.price else NO_PRICE for values in sides))


def _price(values: TermValues) -> str:
    return f"{values.price}{' (estimated)' if values.price_estimate else ''}"


def event_of(term: TermEnd) -> str:
    """The event in words; a subscription that no manifest declares is called so."""
    return f"{EVENTS[term.event]}{'' if term.declared else ' (declared nowhere)'}"


@lru_cache(maxsize=64)
def _terms(*values: tuple[str, str]) -> str:
    """Kept for a while: there are few terms, and many subscriptions."""
    return _moved(*(terms(term, billing) for term, billing in values))


def _moved(*values: str) -> str:
    return " -> ".join(dict.fromkeys(values))
