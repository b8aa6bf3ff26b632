"""The report of renewals: what is due this week, what needs a look later, and everything else by date."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from reconciler.model.remedy import Step
from reconciler.model.renewals import Renewals, TermEnd
from reconciler.rendering.phrases import CLOUDS, COST_NOTE, count, since, without_price
from reconciler.rendering.report import (
    Advice,
    Field,
    Grid,
    Item,
    Level,
    Note,
    Report,
    Section,
    Span,
    Tile,
    Tone,
)
from reconciler.rendering.reports.alarms import alarms
from reconciler.rendering.reports.names import OfCustomer, with_names
from reconciler.rendering.reports.tasks import left_to_do
from reconciler.rendering.reports.term_facts import FACTS
from reconciler.rendering.reports.term_words import NO_PRICE, event_of
from reconciler.rendering.reports.timeline import coming_terms
from reconciler.rendering.reports.unread import unread
from reconciler.rendering.view import View

_WEEK = timedelta(days=6)
"""From today to the last day of the week that begins today."""


_ESTIMATES = "An estimate is from the sheet of another month than that in which the term begins."


_ON_A_PAGE = ("date", "offer", "seats", "term", "price", "event", "until", "subscription")
"""The facts of a term at its full length."""


_ON_A_LINE = tuple(FACTS[name] for name in ("date", "address", "seats", "event", "term"))
"""The facts of a term on a line of a list."""


def renewals_report(renewals: Renewals, view: View, *, brief: bool = False) -> Report:
    """The report, in the order in which it is read. `brief`: of terms on a line each, there is nothing but the line."""
    cloud = Span(CLOUDS.get(renewals.cloud, renewals.cloud), Tone.NAME)
    tone = Tone.STRONG if renewals.needs_somebody or renewals.unread else Tone.GOOD
    how = "from a snapshot of" if renewals.observed_from == "snapshot" else "read live at"
    report = Report(
        name="reconciler renewals",
        case="renewals",
        marker=f"reconciler renewals: {renewals.cloud}",
        at=renewals.created_at,
        verdict=(Span(renewals_verdict(renewals), tone),),
        origin=((cloud, Span(f", {how} {since(renewals.created_at, view.now)}")), (Span(_size(renewals)),)),
        sections=(
            *unread(renewals.unread),
            *alarms(renewals.unjudged, {}),
            *left_to_do(renewals.tasks, view.now),
            *_sections(renewals, brief=brief),
            *_routine(renewals),
            *_uncovered(renewals),
        ),
        whole=Step("To read all of it:", ("renewals",)),
        tiles=lambda: tuple(tile for tile in _tiles(renewals) if tile.number),
        charts=lambda: tuple(coming_terms(renewals.months)),
        errored=bool(renewals.unread),
    )
    report = replace(report, closing=tuple(map(Step, _about_prices(renewals, report))))
    customers: tuple[OfCustomer, ...] = (*renewals.terms, *renewals.unread, *renewals.tasks)
    return with_names(report, customers)


def _sections(renewals: Renewals, *, brief: bool) -> Iterator[Section]:
    """Yields the terms: what can be undone only now, this week, what needs a look later, and the rest."""
    friday, until = renewals.today + _WEEK, renewals.until
    over = [term for term in renewals.terms if term.event.over]
    coming = [term for term in renewals.terms if not term.event.over]
    later = [term for term in coming if term.ends_on > friday]
    yield from _in_full("undo", "Over, and needs you", [term for term in over if term.findings], renewals)
    ended = [term for term in coming if term.ends_on < renewals.today]
    yield from _in_full("under_way", "Ended, and no renewal shows yet", ended, renewals)
    week = [term for term in coming if renewals.today <= term.ends_on <= friday]
    yield from _in_full("week", f"Due by {friday}", week, renewals)
    yield from _in_full("later", f"Due by {until}, and needs you", [term for term in later if term.findings], renewals)
    plain = [term for term in later if not term.findings]
    yield from _table("plain", f"Due by {until}, as it should be", plain, renewals, brief=brief)
    done = [term for term in over if not term.findings]
    yield from _table("over", "Over in the last seven days", done, renewals, brief=brief)


def _about_prices(renewals: Renewals, report: Report) -> Iterator[str]:
    """Yields what the prices that are shown are, and which terms have none."""
    items = (item for section in report.sections for item in section.items)
    if any(shown.label == FACTS["price"].words and shown.value != NO_PRICE for item in items for shown in item.fields):
        estimated = any(values.price_estimate for term in renewals.terms for values in term.to_price)
        yield f"{COST_NOTE} {_ESTIMATES}" if estimated else COST_NOTE
    names = ((str(term.subject), reason) for term, reason in renewals.unpriced.values())
    yield from (f"{sentence} [{code}]" if code else sentence for sentence, code in without_price(names))


def renewals_verdict(renewals: Renewals) -> str:
    """Returns what the list comes to, in a sentence."""
    due = [term for term in renewals.needing if not term.event.over]
    over = len(renewals.needing) - len(due)
    counts = (
        (len(due), f"{count(len(due), 'term')} ending by {renewals.until} {'needs' if len(due) == 1 else 'need'} you"),
        (over, f"{count(over, 'term')} that {'is over needs' if over == 1 else 'are over need'} you"),
        (len(renewals.unjudged), f"{count(len(renewals.unjudged), 'subscription')} can't be judged"),
        (len(renewals.unread), f"{count(len(renewals.unread), 'customer')} unread"),
        (len(renewals.tasks), f"{count(len(renewals.tasks), 'task')} left to do by hand"),
    )
    clauses = [clause for number, clause in counts if number]
    return f"{'; '.join(clauses) or f'No term that ends by {renewals.until} needs you'}."


def _size(renewals: Renewals) -> str:
    coming = sum(not term.event.over for term in renewals.terms)
    return (
        f"{count(renewals.customers, 'customer')}, {count(renewals.subscriptions, 'subscription')} with a term; "
        f"listed: {coming} that {'ends' if coming == 1 else 'end'} by {renewals.until}"
    )


def _in_full(name: str, heading: str, terms: list[TermEnd], renewals: Renewals) -> Iterator[Section]:
    """Terms at their full length: what becomes of each, and what to do."""
    if terms:
        items = tuple(_item(term, renewals) for term in terms)
        tone = Tone.BAD if any(term.findings for term in terms) else Tone.GOOD
        yield Section(id=name, heading=heading, nouns=("term", "terms"), items=items, tone=tone, placed=True)


def _item(term: TermEnd, renewals: Renewals, *, in_full: bool = True) -> Item:
    first = term.findings[0] if term.findings else None
    return Item(
        subject=term.subject,
        address=term.address,
        sign=Span("!", Tone.BAD) if first else Span("=", Tone.GOOD),
        kind=term.event,
        level=Level.WARNING if first else Level.NOTE,
        state=event_of(term),
        code=first.code if first else term.event,
        place=term.source,
        fields=tuple(_fields(term, renewals, in_full=in_full)),
        notes=tuple(Note(finding.description, finding.code) for finding in term.findings),
        advice=Advice(steps=tuple(step for finding in term.findings[-1:] for step in finding.remedy.steps)),
        urgent=first is not None,
    )


def _fields(term: TermEnd, renewals: Renewals, *, in_full: bool) -> Iterator[Field]:
    """Yields the facts of a term; of one in a table, its event is the item's state."""
    for fact in (FACTS[name] for name in _ON_A_PAGE if in_full or name != "event"):
        if value := fact.shown(term, renewals):
            yield Field(fact.words, value, _tone(fact.name, term))


def _tone(name: str, term: TermEnd) -> Tone:
    if name == "subscription":
        return Tone.OPTIONS
    return Tone.BAD if name == "event" and term.findings else Tone.PLAIN


def _table(name: str, heading: str, terms: list[TermEnd], renewals: Renewals, *, brief: bool) -> Iterator[Section]:
    """Terms on a line each."""
    if terms:
        rows = tuple(tuple(fact.brief(term) for fact in _ON_A_LINE) for term in terms)
        yield Section(
            id=name,
            heading=f"{heading}: {count(len(terms), 'term')}" if brief else heading,
            nouns=("term", "terms"),
            items=() if brief else tuple(_item(term, renewals, in_full=False) for term in terms),
            tone=Tone.GOOD,
            table=True,
            grid=Grid(
                head=tuple(fact.title for fact in _ON_A_LINE), rows=rows, right=frozenset({FACTS["seats"].title})
            ),
        )


def _routine(renewals: Renewals) -> Iterator[Section]:
    hidden = renewals.routine - sum(term.routine for term in renewals.terms)
    if hidden:
        what = count(hidden, "monthly term renews", "monthly terms renew")
        text = f"{what} as {'it is' if hidden == 1 else 'they are'} by {renewals.until} (--all lists them)."
        yield Section(id="routine", heading=text)


def _uncovered(renewals: Renewals) -> Iterator[Section]:
    """Yields the customers of whom nothing is listed, after the terms."""
    others = (alarm for alarm in renewals.warnings if alarm not in renewals.unjudged)
    return (replace(section, id="uncovered") for section in alarms(others, {}))


def _tiles(renewals: Renewals) -> Iterator[Tile]:
    yield Tile(name="need you", number=len(renewals.needing), tone=Tone.BAD)
    yield Tile(name="left to do by hand", number=len(renewals.tasks), tone=Tone.WARN, section="tasks")
    yield Tile(name="due in the list", number=sum(not term.event.over for term in renewals.terms))
    yield Tile(name="over in seven days", number=sum(term.event.over for term in renewals.terms))
    yield Tile(name="plain monthly renewals", number=renewals.routine)
