"""The coming twelve months as a chart: the seats whose terms end in each, and those that renew."""

from collections.abc import Iterator

from reconciler.model.timeline import Ending, Month
from reconciler.rendering.phrases import count, figures
from reconciler.rendering.report import Bar, Cell, Chart, Line, Span, Tone, cuts

_INTRO = "Terms that end, the plain renewals of monthly ones apart, and their seats as they are scheduled now."


def coming_terms(months: tuple[Month, ...]) -> Iterator[Chart]:
    """Yields the chart; nothing where no term ends in any of the months."""
    if any(month.seats or month.seats_after for month in months):
        yield Chart(
            id="timeline",
            title="The coming twelve months",
            intro=_INTRO,
            caption="Terms and seats by month",
            head=("Month", "Terms", "Renew", "Need you", "Seats", "Renewed"),
            legend=("seats that end", "seats that renew"),
            bars=tuple(map(_bar, months)),
        )


def _bar(month: Month) -> Bar:
    left = month.terms - len(month.named)
    more = ((Span(cuts.more(left)),),) if month.named and left > 0 else ()
    return Bar(
        name=month.month,
        before=month.seats,
        after=month.seats_after,
        cells=(
            Cell(month.terms),
            Cell(month.renewing),
            Cell(month.findings, Tone.BAD if month.findings else Tone.PLAIN),
            Cell(month.seats),
            Cell(month.seats_after),
        ),
        lines=(*map(_line, month.named), *more),
        opens=count(month.terms, "term"),
    )


def _line(ending: Ending) -> Line:
    after = ending.seats if ending.seats_after is None else ending.seats_after
    seats = f"{figures(ending.seats, after)} {'seat' if ending.seats == 1 else 'seats'}"
    line = (
        Span(f"{ending.on} "),
        Span(ending.subject, Tone.NAME),
        Span(f": {seats}{', does not renew' if ending.seats_after is None else ''}"),
        Span(", needs you" if ending.finding else "", Tone.BAD),
    )
    return tuple(span for span in line if span.text)
