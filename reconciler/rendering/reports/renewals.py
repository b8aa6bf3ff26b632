"""The report of renewals: what is due this week, what needs a look later, and everything else by date."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta

from reconciler.model.remedy import Step
from reconciler.model.renewals import Renewals, TermEnd
from reconciler.rendering.phrases import CLOUDS, COST_NOTE, count, moment, since, without_price
from reconciler.rendering.report import (
    Advice,
    Amount,
    Field,
    Grid,
    Item,
    Level,
    Names,
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
from reconciler.rendering.reports.term_words import NO_PRICE, event_of, price_of, seats_of, term_of
from reconciler.rendering.reports.timeline import coming_terms
from reconciler.rendering.reports.unread import unread
from reconciler.rendering.view import View

_WEEK = timedelta(days=6)
"""From today to the last day of the week that begins today."""


_ESTIMATES = "An estimate is from the sheet of another month than that in which the term begins."


_HEAD = ("Date", "Address", "Seats", "What", "Term")


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
    if any(shown.label == "price" and shown.value != NO_PRICE for item in items for shown in item.fields):
        estimated = any(values.price_estimate for term in renewals.terms for values in term.to_price)
        yield f"{COST_NOTE} {_ESTIMATES}" if estimated else COST_NOTE
    if names := {term.subscription_id: term.subject for term in renewals.unpriced}:
        yield without_price([*names.values()])


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
    yield Field("date", _date(term, renewals))
    names = dict.fromkeys(values.offer_name for values in (term.before, term.after) if values)
    yield Field("offer", Names(tuple(names)))
    if term.before and term.after:
        yield Field("seats", Amount(term.before.quantity, term.after.quantity))
    elif values := term.before or term.after:
        yield Field("seats", Amount(values.quantity, values.quantity))
    yield Field("term", term_of(term))
    if price := price_of(term, renewals):
        yield Field("price", price)
    if in_full:
        yield Field("at end", event_of(term), Tone.BAD if term.findings else Tone.PLAIN)
    if until := _until(term):
        yield Field("undo", until)
    if not term.declared:
        yield Field("id", term.subscription_id, Tone.OPTIONS)


def _date(term: TermEnd, renewals: Renewals) -> str:
    days = (term.ends_on - renewals.today).days
    if term.event.over or days < 0:
        return f"{term.ends_on}, {count(-days, 'day')} ago" if days else f"{term.ends_on}, today"
    return f"{term.ends_on}, {'today' if not days else 'tomorrow' if days == 1 else f'in {days} days'}"


def _until(term: TermEnd) -> str:
    """Returns until when what comes can be changed, and what came can be undone."""
    changed = f"until {_last_day(term.change_until)}" if term.change_until else ""
    renewed = "renewed seats" if term.change_until else "seats"
    given_back = f"{renewed} can be given back until {_last_day(term.undo_until)}" if term.undo_until else ""
    return "; ".join(filter(None, (changed, given_back)))


def _last_day(until: datetime) -> str:
    """The moment; of one at the edge of a day, the last day that counts."""
    last = until - timedelta(seconds=1) if until.time() == time() else until
    return f"{last:%Y-%m-%d}" if last.time().replace(microsecond=0) == time(23, 59, 59) else moment(last)


def _table(name: str, heading: str, terms: list[TermEnd], renewals: Renewals, *, brief: bool) -> Iterator[Section]:
    """Terms on a line each."""
    if terms:
        rows = tuple((str(term.ends_on), _row(term), seats_of(term), event_of(term), term_of(term)) for term in terms)
        yield Section(
            id=name,
            heading=f"{heading}: {count(len(terms), 'term')}" if brief else heading,
            nouns=("term", "terms"),
            items=() if brief else tuple(_item(term, renewals, in_full=False) for term in terms),
            tone=Tone.GOOD,
            table=True,
            grid=Grid(head=_HEAD, rows=rows, right=frozenset({"Seats"})),
        )


def _row(term: TermEnd) -> str:
    """The address; where there is none, which subscription of the customer it is."""
    values = term.after or term.before
    return term.address or f"{term.subject}, {values.offer_name if values else term.subscription_id}"


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
