"""The record of what was applied, as a page and as a table."""

from collections.abc import Iterator, Sequence
from datetime import UTC

from reconciler.model.history import Record
from reconciler.rendering.as_csv import Cell, table
from reconciler.rendering.phrases import count, figures, moment
from reconciler.rendering.report import Field, Item, Report, Section, Span, Tone
from reconciler.rendering.reports.states import OUTCOMES


def history_report(records: Sequence[Record]) -> Report:
    """Each change with what it changed, and by which run, the oldest first."""
    done = sum(record.done for record in records)
    verdict = f"{count(len(records), 'change')}, {done} of them done." if records else "Nothing was applied."
    items = tuple(map(_item, records))
    section = Section(id="history", items=items)
    return Report(name="reconciler history", sections=(section,) if items else (), verdict=(Span(verdict),))


def _item(record: Record) -> Item:
    tone = Tone.GOOD if record.done else Tone.BAD
    return Item(
        subject=f"{moment(record.finished_at)}  {record.address}",
        address=record.address,
        value=record.action,
        sign=Span("=" if record.done else "x", tone),
        fields=tuple(_fields(record)),
    )


def _fields(record: Record) -> Iterator[Field]:
    yield Field("change", record.wanted)
    if record.offer_after and record.offer_before:
        yield Field("offer", f"{record.offer_before} -> {record.offer_after}")
    elif record.offer_before:
        yield Field("offer", record.offer_before)
    if record.seats_after is not None:
        yield Field("seats", figures(record.seats_before, record.seats_after))
    yield Field("ended", OUTCOMES[record.outcome], Tone.PLAIN if record.done else Tone.BAD)
    commit = f", commit {record.commit}" if record.commit else ""
    yield Field("run", f"{record.run} by {record.actor}{commit}{f', {record.url}' if record.url else ''}")
    yield Field("request", record.request_id)


def history_csv(records: Sequence[Record]) -> str:
    """The records as CSV, a row for each change, times in UTC."""
    head = (
        *("finished_at", "started_at", "address", "customer", "tenant", "action", "change", "outcome", "done"),
        *("offer_before", "offer_after", "seats_before", "seats_after", "subscription_id", "target_subscription_id"),
        *("run", "actor", "commit", "url", "request_id", "correlation_id"),
    )
    return table(head, (tuple(_cells(record)) for record in records))


def _cells(record: Record) -> Iterator[Cell]:
    yield from (f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for at in (record.finished_at, record.started_at))
    yield from (record.address, record.customer.name, record.customer.tenant, record.action, record.wanted)
    yield from (record.outcome, "yes" if record.done else "no")
    yield from (record.offer_before, record.offer_after, record.seats_before, record.seats_after)
    yield from (record.subscription_id, record.target_subscription_id)
    yield from (record.run, record.actor, record.commit, record.url, record.request_id, record.correlation_id)
