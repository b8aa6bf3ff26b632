"""Everything that is shown of a term that ends, each fact once: its words, its values and its columns.

The page, the line of a list, the calendar and the table for spreadsheets are made from this one list.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.model.renewals import Renewals, TermEnd, TermValues
from reconciler.model.utc import utc_minute
from reconciler.rendering.as_csv import Cell
from reconciler.rendering.report import Amount, Names
from reconciler.rendering.report.labels import labelled
from reconciler.rendering.reports.term_words import (
    date_of,
    event_of,
    price_of,
    seats_of,
    subject_of,
    term_of,
    until_of,
)

Shown = str | Names | Amount
Column = Callable[[TermEnd], Cell]


def _nothing(_: TermEnd, __: Renewals) -> Shown:
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something known of a term. `words` label it on a page, and `shown` is its value there, empty where there is none.

    `heading` stands above it in a list, and `brief` is its value there. `columns` are those for machines; `later` ones
    stand behind all others, since they were added when the others had their places.
    """

    name: str
    words: str = ""
    heading: str = ""
    shown: Callable[[TermEnd, Renewals], Shown] = _nothing
    brief: Callable[[TermEnd], str] = lambda _: ""
    columns: Mapping[str, Column] = field(default_factory=dict)
    later: Mapping[str, Column] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The heading of the fact in a list."""
        return self.heading or labelled(self.words)


def _before_and_after(name: str, value: Callable[[TermValues], Cell]) -> dict[str, Column]:
    """Returns the columns of a value in the term that ends, and in the one that follows."""
    return {
        name: lambda term: value(term.before) if term.before else None,
        f"{name}_after": lambda term: value(term.after) if term.after else None,
    }


def _yes(answer: bool | None) -> str | None:
    return None if answer is None else "yes" if answer else "no"


def _offers(term: TermEnd, _: Renewals) -> Shown:
    names = dict.fromkeys(values.offer_name for values in (term.before, term.after) if values)
    return Names(tuple(names)) if names else ""


def _offer(term: TermEnd) -> str:
    values = term.after or term.before
    return values.offer_name if values else ""


def _seats(term: TermEnd, _: Renewals) -> Shown:
    first, last = term.before or term.after, term.after or term.before
    return Amount(first.quantity, last.quantity) if first and last else ""


FACTS: Mapping[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact(
            name="date",
            words="date",
            shown=date_of,
            brief=lambda term: str(term.ends_on),
            columns={"date": lambda term: str(term.ends_on)},
        ),
        Fact(
            name="address",
            words="address",
            brief=subject_of,
            columns={"address": lambda term: term.address or ""},
        ),
        Fact(
            name="customer",
            columns={"customer": lambda term: term.customer.name},
            later={"display_name": lambda term: term.customer.display_name},
        ),
        Fact(
            name="subscription",
            words="id",
            heading="Subscription",
            shown=lambda term, _: "" if term.declared else term.subscription_id,
            brief=lambda term: term.subscription_id,
            columns={"subscription_id": lambda term: term.subscription_id},
        ),
        Fact(name="declared", columns={"declared": lambda term: _yes(term.declared)}),
        Fact(
            name="event",
            words="at end",
            heading="What",
            shown=lambda term, _: event_of(term),
            brief=event_of,
            columns={"event": lambda term: term.event},
        ),
        Fact(
            name="offer",
            words="offer",
            shown=_offers,
            brief=_offer,
            columns=_before_and_after("offer", lambda values: values.offer_name),
        ),
        Fact(
            name="seats",
            words="seats",
            shown=_seats,
            brief=seats_of,
            columns=_before_and_after("seats", lambda values: values.quantity),
        ),
        Fact(
            name="term",
            words="term",
            shown=lambda term, _: term_of(term),
            brief=term_of,
            columns={
                **_before_and_after("term", lambda values: values.term),
                **_before_and_after("billing", lambda values: values.billing),
            },
            later={"ends_after": lambda term: str(term.ends_after) if term.ends_after else None},
        ),
        Fact(
            name="price",
            words="price",
            shown=price_of,
            columns=_before_and_after("price", lambda values: values.price),
            later={
                "price_estimate": lambda term: _yes(term.before.price_estimate) if term.before else None,
                "price_after_estimate": lambda term: _yes(term.after.price_estimate) if term.after else None,
            },
        ),
        Fact(
            name="until",
            words="undo",
            shown=lambda term, _: until_of(term),
            columns={
                "change_until": lambda term: utc_minute(term.change_until) if term.change_until else None,
                "undo_until": lambda term: utc_minute(term.undo_until) if term.undo_until else None,
            },
        ),
        Fact(name="findings", columns={"findings": lambda term: " ".join(found.code for found in term.findings)}),
        Fact(
            name="place",
            words="manifest",
            brief=lambda term: str(term.source or ""),
            columns={"place": lambda term: str(term.source) if term.source else None},
        ),
    )
}
"""The facts by their names, in the order of their columns."""


def columns() -> Iterator[tuple[str, Column]]:
    """Yields the columns for machines, in an order that stays."""
    for fact in FACTS.values():
        yield from fact.columns.items()
    for fact in FACTS.values():
        yield from fact.later.items()
