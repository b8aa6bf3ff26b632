"""Adds the terms that end within a year up by month."""

from collections.abc import Iterable
from datetime import date

from reconciler.model.renewals import TermEnd
from reconciler.model.timeline import Month

_MONTHS = 12
"""The months of the timeline, this one among them."""


def timeline(terms: Iterable[TermEnd], today: date) -> tuple[Month, ...]:
    """Returns the coming twelve months, those without a term too; nothing where none of them has one."""
    first = today.year * 12 + today.month - 1
    names = [f"{number // 12}-{number % 12 + 1:02}" for number in range(first, first + _MONTHS)]
    ending: dict[str, list[TermEnd]] = {name: [] for name in names}
    for term in terms:
        of_month = ending.get(f"{term.ends_on:%Y-%m}")
        if of_month is not None and not term.event.over and not term.routine:
            of_month.append(term)
    if not any(ending.values()):
        return ()
    return tuple(_month(name, found) for name, found in ending.items())


def _month(name: str, terms: list[TermEnd]) -> Month:
    renewing = [term.after for term in terms if term.event.renews and term.after]
    return Month(
        month=name,
        terms=len(terms),
        seats=sum(term.before.quantity for term in terms if term.before),
        renewing=len(renewing),
        seats_after=sum(after.quantity for after in renewing),
        findings=sum(bool(term.findings) for term in terms),
    )
