"""The record of what was applied, as a page and as a table."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from reconciler.changes.in_words import terms
from reconciler.model.address import Address
from reconciler.model.history import NameRecord, Record, RecordTask
from reconciler.model.result import Outcome
from reconciler.model.utc import utc_minute
from reconciler.rendering.as_csv import Cell, table
from reconciler.rendering.phrases import count, figures
from reconciler.rendering.report import Field, Item, Report, Section, Span, Tone
from reconciler.rendering.reports.names import with_names
from reconciler.rendering.reports.states import OUTCOMES


def history_report(records: Sequence[Record | NameRecord], since: datetime | None = None) -> Report:
    """Each change with what it changed, and by which run, the oldest first, and each name that was moved or removed.
    `since` is what they were chosen by.
    """
    nothing = f"Nothing was applied since {utc_minute(since)}." if since else "Nothing was applied."
    verdict = _verdict(records) if records else nothing
    items = tuple(_name(record) if isinstance(record, NameRecord) else _item(record) for record in records)
    section = Section(id="history", items=items)
    report = Report(name="reconciler history", sections=(section,) if items else (), verdict=(Span(verdict),))
    return with_names(report, records)


def _verdict(records: Sequence[Record | NameRecord]) -> str:
    changes = [record for record in records if isinstance(record, Record)]
    names = count(len(records) - len(changes), "name") if len(records) > len(changes) else ""
    of_names = f"{names} moved or removed in state." if names else ""
    return " ".join(filter(None, (_of_changes(changes) if changes else "", of_names)))


def _of_changes(records: Sequence[Record]) -> str:
    done, open_ = sum(record.done for record in records), sum(_may_be_done(record) for record in records)
    also = f", {open_} with an unknown outcome" if open_ else ""
    held = sum(record.held for record in records)
    waits = f", {held} held for a person" if held else ""
    return f"{count(len(records), 'change')}: {done} done{also}{waits}."


def _may_be_done(record: Record) -> bool:
    return (record.outcome == "pending" and not record.held) or record.doubted_until is not None


def _how_it_ended(record: Record) -> str:
    if record.held:
        return "not yet: the service holds it for a person, and nothing is bought until that person has acted"
    if record.outcome == "pending":
        return "not known yet: it may have been done"
    doubted = f", in doubt until {utc_minute(record.doubted_until)}" if record.doubted_until else ""
    return f"{OUTCOMES[record.outcome]}{doubted}"


def _item(record: Record) -> Item:
    tone = Tone.GOOD if record.done else Tone.BAD
    return Item(
        subject=f"{utc_minute(record.finished_at or record.started_at)}  {record.address}",
        address=record.address,
        value=record.action,
        sign=Span("?" if _may_be_done(record) else "." if record.held else "=" if record.done else "x", tone),
        fields=tuple(_fields(record)),
    )


def _name(record: NameRecord) -> Item:
    """A name that was moved, or is not tracked any more. Nothing was sent for it."""
    commit = f", commit {record.commit}" if record.commit else ""
    by = f"{record.run} by {record.actor}{commit}{f', {record.url}' if record.url else ''}"
    return Item(
        subject=f"{utc_minute(record.at)}  {record.old}",
        address=Address(record.old) if "/" in record.old else None,
        value=f"moved to {record.new}" if record.new else "removed",
        sign=Span(">" if record.new else "-", Tone.INFO),
        fields=(
            Field("ended", f"is {record.new} now, in state" if record.new else "is not tracked any more"),
            Field("run", by),
        ),
    )


def _fields(record: Record) -> Iterator[Field]:
    yield Field("change", record.wanted)
    if record.offer_after and record.offer_before:
        yield Field("offer", f"{record.offer_before} -> {record.offer_after}")
    elif record.offer_before:
        yield Field("offer", record.offer_before)
    if record.seats_after is not None:
        yield Field("seats", figures(record.seats_before, record.seats_after))
    if record.seats_at_renewal is not None:
        yield Field("at end", figures(record.seats_before, record.seats_at_renewal))
    if record.term_after:
        yield Field("term", " -> ".join(dict.fromkeys(_terms(record))))
    yield Field("ended", _how_it_ended(record), Tone.PLAIN if record.done else Tone.BAD)
    commit = f", commit {record.commit}" if record.commit else ""
    yield Field("run", f"{record.run} by {record.actor}{commit}{f', {record.url}' if record.url else ''}")
    if record.settled_by:
        yield Field("settled", f"by run {record.settled_by}")
    yield Field("request", record.request_id)
    for number, task in enumerate(record.tasks):
        yield Field("" if number else "left", _task(task))


def _terms(record: Record) -> Iterator[str]:
    if record.term_before:
        yield terms(record.term_before, record.billing_before)
    yield terms(record.term_after, record.billing_after)


def _task(task: RecordTask) -> str:
    if task.done_at is None:
        return f"{task.code}: still to do"
    return f"{task.code}: done {utc_minute(task.done_at)}, run {task.run} by {task.actor}"


def history_csv(records: Sequence[Record | NameRecord]) -> str:
    """The records as CSV, a row for each change and for each name that was moved or removed, times in UTC."""
    head = (
        *("finished_at", "started_at", "address", "customer", "tenant", "action", "change", "outcome", "done"),
        *("doubted_until",),
        *("offer_before", "offer_after", "seats_before", "seats_after", "subscription_id", "target_subscription_id"),
        *("run", "actor", "commit", "url", "request_id", "correlation_id"),
        *("term_before", "term_after", "billing_before", "billing_after", "tasks_open", "tasks_done"),
        *("seats_at_renewal", "settled_by"),
        "display_name",
    )
    cells = (_of_name(record) if isinstance(record, NameRecord) else _cells(record) for record in records)
    return table(head, map(tuple, cells))


def _of_name(record: NameRecord) -> Iterator[Cell]:
    """Yields the cells of a name: those of a change that was sent are empty."""
    yield from map(_utc, (record.at, record.at))
    yield from (record.old, record.customer.name, record.customer.tenant, "moved" if record.new else "removed")
    yield from (f"to {record.new}" if record.new else "not tracked any more", Outcome.SUCCEEDED, "yes")
    yield from (None,) * 7
    yield from (record.run, record.actor, record.commit, record.url)
    yield from (None,) * 10
    yield record.customer.display_name


def _cells(record: Record) -> Iterator[Cell]:
    yield from map(_utc, (record.finished_at, record.started_at))
    yield from (record.address, record.customer.name, record.customer.tenant, record.action, record.wanted)
    yield from (record.outcome, "unknown" if _may_be_done(record) else "yes" if record.done else "no")
    yield _utc(record.doubted_until)
    yield from (record.offer_before, record.offer_after, record.seats_before, record.seats_after)
    yield from (record.subscription_id, record.target_subscription_id)
    yield from (record.run, record.actor, record.commit, record.url, record.request_id, record.correlation_id)
    yield from (record.term_before, record.term_after, record.billing_before, record.billing_after)
    yield " ".join(task.code for task in record.tasks if task.done_at is None)
    yield " ".join(task.code for task in record.tasks if task.done_at is not None)
    yield from (record.seats_at_renewal, record.settled_by)
    yield record.customer.display_name


def _utc(at: datetime | None) -> str | None:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at else None
