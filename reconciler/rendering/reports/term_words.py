"""Words for one term that ends: its event, seats, term and price, or from and to."""

from functools import lru_cache

from reconciler.changes.in_words import terms
from reconciler.model.renewals import Renewals, TermEnd, TermEvent, TermValues

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
