"""What changed outside, for people, for machines, and as an issue to be worked through."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from pydantic import TypeAdapter

from reconciler import __version__
from reconciler.documents.escaping import json_safe
from reconciler.model.drift import DriftReport, Moved, Undeclared
from reconciler.rendering.commonmark import code, words
from reconciler.rendering.fitting import Section, fitted
from reconciler.rendering.items import write_field, write_head
from reconciler.rendering.notices import differing, write_alarms, write_undeclared
from reconciler.rendering.page import Page
from reconciler.rendering.phrases import CLOUDS, count, listed, moment, since
from reconciler.rendering.safe import defused
from reconciler.rendering.view import View

FORMAT_VERSION = "1.0"

_REPORT = TypeAdapter(DriftReport)
_CUT = 300
"""Kept free for saying that something was left out."""


def drift_text(report: DriftReport, view: View) -> str:
    """The report as a page."""
    page = Page(width=view.width, color=view.color)
    page.write((CLOUDS.get(report.cloud, report.cloud), "bold"), f", read live at {since(report.created_at, view.now)}")
    page.write(_size(report))
    page.gap()
    page.write((_verdict(report), "bold" if report.found else "bold green"))
    for unread in report.unread:
        page.write((f"{unread.customer.name} could not be read: {unread.what}", "bold red"))
    if report.moved:
        page.gap()
        page.write(("Changed outside since state last saw it", "bold"))
        for one in report.moved:
            _write_moved(page, one)
        page.gap()
        page.write("To keep a change, put it into the manifest. What the manifests would do about it:", indent=2)
        page.exact("reconciler plan", indent=4)
    if report.undeclared:
        _write_undeclared(page, report.undeclared)
    if report.warnings:
        write_alarms(page, report.warnings)
    if report.left:
        write_undeclared(page, report.left)
    return page.text()


def drift_json(report: DriftReport, _: View) -> str:
    """The report as one JSON document."""
    members = _REPORT.dump_python(report, mode="json")
    head = {"format_version": FORMAT_VERSION, "reconciler_version": __version__, "found": report.found}
    return json_safe(json.dumps(head | members, indent=2, ensure_ascii=False)) + "\n"


def drift_markdown(report: DriftReport, view: View) -> str:
    """The report as an issue, never longer than `view.limit` bytes."""
    head = (
        f"<!-- reconciler drift: {report.cloud} -->\n## {words(_verdict(report).rstrip('.'))}\n\n"
        f"{words(CLOUDS.get(report.cloud, report.cloud))}, read live at {moment(report.created_at)}. "
        f"{words(_size(report))}\n\n"
    )
    parts = fitted(list(_sections(report)), view.limit - len(head.encode()) - _CUT)
    left = parts.rows - parts.shown
    cut = f"> [!IMPORTANT]\n> **{left:,} of {parts.rows:,} entries are left out here.** All: `reconciler drift`\n\n"
    return defused(f"{head}{cut if left else ''}{parts.text}<sub>reconciler {words(view.version)}</sub>\n")


def _verdict(report: DriftReport) -> str:
    said = [
        f"{count(len(report.moved), 'subscription')} changed outside" if report.moved else "",
        f"{count(len(report.undeclared), 'live subscription')} declared nowhere" if report.undeclared else "",
        f"{count(len(report.left), 'address', 'addresses')} tracked but not declared" if report.left else "",
        f"{count(report.billed_twice, 'subscription')} billed twice" if report.billed_twice else "",
        f"{count(report.unreadable, 'subscription')} that can't be understood" if report.unreadable else "",
        f"{count(len(report.unread), 'customer')} unread" if report.unread else "",
    ]
    return f"{listed([one for one in said if one]) or 'Nothing changed outside'}."


def _size(report: DriftReport) -> str:
    compared = f"{count(report.customers, 'customer')}, {count(report.compared, 'subscription')} compared with state."
    if not report.unseen:
        return compared
    return (
        f"{compared} {report.unseen} not compared: no apply has recorded {'it' if report.unseen == 1 else 'them'} yet."
    )


def _write_moved(page: Page, item: Moved) -> None:
    write_head(page, ("*", "cyan"), item.address)
    for one in item.differences:
        label, values = differing(one)
        write_field(page, label, values)
    for who in _culprits(item):
        write_field(page, "by", who)


def _culprits(item: Moved) -> Iterator[str]:
    if item.unnamed:
        yield f"not known: {item.unnamed}"
    elif not item.causes:
        yield f"not in the audit log (since {moment(item.seen_at)}); the log lags"
    for record in item.causes:
        yield f"{record.who}, {_at(record.at)} ({record.operation})"


def _at(time: datetime | None) -> str:
    return moment(time.astimezone(UTC)) if time else "at a time unknown"


def _write_undeclared(page: Page, items: tuple[Undeclared, ...]) -> None:
    page.gap()
    page.write(("Live, and declared in no manifest", "bold"))
    for item in items:
        write_head(page, ("+", "yellow"), item.customer.name)
        write_field(page, "offer", _offer(item))
        write_field(page, "seats", str(item.quantity))
        write_field(page, "id", item.subscription_id)
    page.gap()
    page.write("To have one written as a manifest, from which you copy its entry:", indent=2)
    for tenant in dict.fromkeys(item.customer.tenant for item in items):
        page.exact(_importing(tenant), indent=4)


def _importing(tenant: str) -> str:
    return f"reconciler import --customer {tenant} --into found"


def _offer(item: Undeclared) -> str:
    return f"{item.offer_name or item.offer_id}{' (add-on)' if item.add_on else ''}"


def _sections(report: DriftReport) -> Iterator[Section]:
    yield from _listing(
        "Could not be read", (f"- {code(one.customer.name)}: {words(one.what)}\n" for one in report.unread)
    )
    yield from _listing("Changed outside since state last saw it", (_moved_row(one) for one in report.moved))
    yield from _listing(
        "Live, and declared in no manifest",
        (
            f"- {code(one.customer.name)}: {words(_offer(one))}, {count(one.quantity, 'seat')}, "
            f"{code(one.subscription_id)}. To have it written: {code(_importing(one.customer.tenant))}\n"
            for one in report.undeclared
        ),
    )
    yield from _listing(
        "Please look at these", (f"- {code(alarm.subject)}: {words(alarm.description)}\n" for alarm in report.warnings)
    )
    yield from _listing(
        "Tracked, and declared in no manifest",
        (f"- {code(one)}. To stop tracking it: {code(f'reconciler forget {one}')}\n" for one in report.left),
    )


def _listing(title: str, rows: Iterator[str]) -> Iterator[Section]:
    found = tuple(rows)
    if found:
        yield Section(head=f"### {title}: {len(found)}\n\n", rows=found, tail="\n", nouns=("entry", "entries"))


def _moved_row(item: Moved) -> str:
    said = "; ".join(" ".join(map(words, differing(one))) for one in item.differences).replace("-&gt;", "→")
    return f"- {code(item.address)}: {said}. By {'; '.join(words(one) for one in _culprits(item))}\n"


DRIFT_FORMATS: Mapping[str, Callable[[DriftReport, View], str]] = {
    "text": drift_text,
    "json": drift_json,
    "markdown": drift_markdown,
}
"""How the report can be shown, by the names that `--format` takes."""
