"""A report as a comment on a pull request, an issue, or a step's summary: what is dangerous before everything else.

It begins with a hidden marker, by which a pipeline finds the comment to update.
"""

from collections.abc import Iterator
from dataclasses import replace
from textwrap import indent

from reconciler.rendering.formats.blocks import Block, fitted
from reconciler.rendering.formats.commonmark import (
    NAMED,
    code,
    inline,
    link,
    named,
    placed,
    steps,
    words,
)
from reconciler.rendering.formats.markdown_blocked import blocked_blocks
from reconciler.rendering.formats.markdown_list import entry, list_block
from reconciler.rendering.formats.markdown_table import table_blocks
from reconciler.rendering.formats.markdown_values import arrows, called
from reconciler.rendering.report import (
    Level,
    Line,
    Notice,
    Report,
    Tone,
    cuts,
    labels,
    plain,
)
from reconciler.rendering.safe import defused
from reconciler.rendering.view import View

_ALL = 200
"""The most addresses that are named of those that nothing else names."""

_CUT = 900
"""Bytes kept free for saying that the comment does not show everything."""


def markdown(report: Report, view: View) -> str:
    """The comment, never longer than `view.limit` bytes; what did not fit is said first."""
    head = "".join(_head(report, view))
    foot = "".join(_foot(report, view))
    room = view.limit - len(head.encode()) - len(foot.encode()) - _CUT
    parts = fitted([*_boxes(report, view), *_sections(report, view)], room)
    cut = _cut(parts.rows - parts.shown, parts.rows, report, view) if parts.shown < parts.rows else ""
    return defused(f"{head}{cut}{parts.text}{foot}")


def _marker(report: Report, view: View) -> str:
    """Returns what a pipeline looks for to update one comment: the same for all of this name, report or failure."""
    return f"<!-- {report.marker}{f': {view.slug}' if view.slug else ''} -->"


def _head(report: Report, view: View) -> Iterator[str]:
    title = f"{words(view.name)}: " if view.name else ""
    yield f"{_marker(report, view)}\n"
    for notice in report.before:
        yield from _before(notice, view)
    yield f"## {title}{words(plain(report.verdict).rstrip('.'))}\n\n"
    for costs in report.costs:
        yield f"{arrows(_line(costs))}\n"
    if report.costs:
        yield "\n"
    if report.counts:
        yield f"{words(report.counts)}\n"
    if report.origin:
        yield f"{'. '.join(map(_line, report.origin)).rstrip('.')}.\n\n"
    for line in report.caveats:
        yield f"{_line(line)}\n\n"


def _line(line: Line) -> str:
    return "".join(_span(span.text, span.tone) for span in line)


def _span(text: str, tone: Tone) -> str:
    if tone is Tone.OPTIONS:
        return code(text)
    shown = " " * (len(text) - len(text.lstrip())) + words(text)
    return f"**{shown}**" if tone in {Tone.LABEL, Tone.STRONG, Tone.BAD} and shown.strip() else shown or text


def _before(notice: Notice, view: View) -> Iterator[str]:
    """First of all, and never left out; so many of the items are told as a comment can hold."""
    yield f"> [!{'NOTE' if notice.level is Level.NOTE else 'CAUTION'}]\n> **{words(notice.heading)}**\n"
    for item in notice.items[:NAMED]:
        place = f" {placed(item.place, view)}" if item.place else ""
        value = f": {code(item.value)}" if item.value else ""
        more = "".join(f" **{words(text)}**" for text in item.more)
        rest = f"{', ' if item.value else ': '}{words(item.says)}{more} ({code(item.code)})"
        yield f"> - {code(item.subject)}{value}{'' if item.value else place}{rest}{place if item.value else ''}\n"
    if notice.items[NAMED:]:
        yield f"> - **{cuts.more(len(notice.items) - NAMED)}**\n"
    yield "\n"


def _cut(left: int, rows: int, report: Report, view: View) -> str:
    whole = f"{inline(report.whole, view.invocation)}." if report.whole.text else ""
    run = f" {link(cuts.SEE_RUN, view.run_url)}." if view.run_url else ""
    first = cuts.cut(cuts.entries(left, rows))
    return f"> [!IMPORTANT]\n> **{first}** {cuts.COUNTS_HOLD} {whole}{run}\n\n"


def _boxes(report: Report, view: View) -> Iterator[Block]:
    lines = tuple(f"> - {line}\n" for notice in report.notices for line in _notice(notice, view))
    if lines:
        yield Block(head="> [!CAUTION]\n", rows=lines, tail="\n", nouns=labels.DANGERS)
    for section in report.sections:
        if section.alert:
            entries = (entry(replace(item, state=""), view) for item in section.items)
            rows = tuple(indent(entry, "> ", lambda _: True) for entry in entries)
            yield Block(head="> [!WARNING]\n", rows=rows, tail="\n", nouns=labels.WARNINGS)


def _notice(notice: Notice, view: View) -> Iterator[str]:
    """The heading with what it is about; what is said of each item is a line of its own."""
    items = [item for item in notice.items if item.says]
    text = f" {words(notice.text)}" if notice.text else ""
    if not items:
        notes = [f" ({item.value})" if item.value else "" for item in notice.items]
        at_most = NAMED if notice.repeats else _ALL
        about = named([item.subject for item in notice.items], notes, at_most=at_most)
        yield f"**{words(notice.heading)}{':** ' if about else ''}{f'{about}.' if about else '**'}{text}"
    for item in items:
        subject = f" {code(item.subject)}{called(item)}:" if item.subject else ""
        yield f"**{words(notice.heading)}:**{subject} {words(item.says)} ({code(item.code)})"
    yield from (inline(step, view.invocation) for step in notice.steps)


def _sections(report: Report, view: View) -> Iterator[Block]:
    for section in report.sections:
        if section.parts:
            yield from blocked_blocks(section, view)
        elif section.table:
            yield from table_blocks(section, view)
        elif not section.items:
            yield Block(head=f"**{words(section.heading)}**\n\n")
        elif not section.alert:
            yield list_block(section, view)


def _foot(report: Report, view: View) -> Iterator[str]:
    yield "".join(steps((step,), view.invocation) for step in report.closing_beside(view.run_url))
    known = [
        code(report.digest),
        f"commit {code(view.commit)}" if view.commit else "",
        f"reconciler {words(view.version)}",
        link("run", view.run_url) if view.run_url else "",
    ]
    yield f"<sub>{' · '.join(filter(None, known))}</sub>\n"
