"""The report of an apply that has ended: what needs somebody first, then what was done."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reconciler.changes import of as kind_of
from reconciler.model.change import Blocked
from reconciler.model.customer import Customer
from reconciler.model.event import Event, Finished, Recovered, SentAgain, Started, Succeeded, Waiting
from reconciler.rendering.phrases import offers
from reconciler.rendering.report import Amount, Field, Item, Level, Names, Report, Section, Span, Tone
from reconciler.rendering.reports.blocked import blocked_section
from reconciler.rendering.reports.events import event_item, finished
from reconciler.rendering.reports.names import with_names
from reconciler.rendering.view import View

_OF_ONE = (Started, Waiting, SentAgain, Finished)
"""Events that say nothing of an outcome."""


@dataclass(frozen=True, slots=True)
class Applied:
    """The events of an apply, in their order, which must not be empty; what was `blocked` where that fails the run; and
    the `customers` that they are of.
    """

    events: Sequence[Event]
    blocked: tuple[Blocked, ...] = ()
    customers: tuple[Customer, ...] = ()


def applied_report(applied: Applied, view: View) -> Report:
    """The report, the gravest first."""
    events = applied.events
    sources = {event.address: event.change.source for event in events if isinstance(event, Started)}
    items = [replace(item, place=sources.get(item.address)) if item.address else item for item in _items(events)]
    report = Report(
        name="reconciler apply",
        case="apply",
        marker="reconciler apply",
        at=events[-1].at,
        verdict=(Span(ended(events)),),
        sections=(
            *_listed("act", "Somebody must act", items, lambda item: item.level is Level.ERROR),
            *blocked_section(applied.blocked, Level.ERROR if view.blocked_fails else Level.WARNING, {}),
            *_listed("look", "Please look at these", items, lambda item: item.level is Level.WARNING),
            *_listed("noted", "Settled already", items, lambda item: item.level is Level.NOTE and not _is_done(item)),
            *_done(events, items),
        ),
    )
    begun = (event.change for event in events if isinstance(event, Started))
    return with_names(report, (*begun, *applied.blocked), applied.customers)


def ended(events: Sequence[Event]) -> str:
    """Returns what it all came to; an apply that an error ended has no summary of its own."""
    last = events[-1]
    return finished(last) if isinstance(last, Finished) else "Apply was broken off by an error."


def _items(events: Iterable[Event]) -> Iterator[Item]:
    """An item for each event; in a report each has a sign."""
    items = (event_item(event) for event in events if not isinstance(event, _OF_ONE))
    return (item if item.sign else replace(item, sign=Span("-")) for item in items)


def _is_done(item: Item) -> bool:
    return bool(item.kind)


def _listed(name: str, heading: str, items: Iterable[Item], chosen: Callable[[Item], bool]) -> Iterator[Section]:
    if listed := tuple(item for item in items if chosen(item)):
        yield Section(id=name, heading=heading, items=listed)


def _done(events: Sequence[Event], items: Iterable[Item]) -> Iterator[Section]:
    """A table of what was carried out. What is left to do of it is listed above."""
    started = {event.address: event for event in events if isinstance(event, Started)}
    of_events = {item.subject: item for item in items if _is_done(item)}
    done = [event for event in events if isinstance(event, Succeeded | Recovered)]
    rows = tuple(_row(event, started.get(event.address), of_events[event.address]) for event in done)
    if rows:
        nouns = ("change", "changes")
        yield Section(id="done", heading="Done", nouns=nouns, items=rows, table=True, tone=Tone.GOOD)


def _is_otherwise(event: Succeeded | Recovered) -> bool:
    return isinstance(event, Succeeded) and bool(event.otherwise)


def _row(event: Succeeded | Recovered, started: Started | None, item: Item) -> Item:
    result = event.result
    change = started.change if started else None
    subscription = result.target_subscription_id or result.subscription_id
    before = change.before.quantity if change and change.before else None
    after = before if result.request.new_quantity is None else result.request.new_quantity
    return replace(
        item,
        sign=Span(kind_of(result.request).symbol, Tone.GOOD),
        code=item.code if item.level is Level.NOTE else "",
        short="shown otherwise than asked" if _is_otherwise(event) else str(result.outcome),
        fields=(
            *((Field("offer", Names(offers(change.before, change.after))),) if change else ()),
            *((Field("seats", Amount(before, after)),) if after is not None else ()),
            Field("now subscription", subscription, Tone.OPTIONS),
        ),
    )
