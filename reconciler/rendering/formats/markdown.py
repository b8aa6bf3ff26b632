"""A report as a comment on a pull request, an issue, or a step's summary: what is dangerous before everything else.

It begins with a hidden marker, by which a pipeline finds the comment to update.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import partial
from textwrap import indent

from reconciler.rendering.formats.blocks import Block, Rows, fitted
from reconciler.rendering.formats.commonmark import (
    NAMED,
    code,
    folded,
    inline,
    link,
    named,
    placed,
    steps,
    wanted,
    words,
)
from reconciler.rendering.formats.findings import labelled
from reconciler.rendering.formats.markdown_blocked import blocked_blocks
from reconciler.rendering.report import (
    Advice,
    Amount,
    Field,
    Item,
    Level,
    Line,
    Monthly,
    Names,
    Notice,
    Report,
    Section,
    Tone,
    plain,
)
from reconciler.rendering.safe import defused
from reconciler.rendering.view import View

_ALL = 200
"""The most addresses that are named of those that nothing else names."""

_CUT = 900
"""Bytes kept free for saying that the comment does not show everything."""


_TEXTS = 2
"""The most columns of texts that are neither names nor amounts."""


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
        yield f"{_arrows(_line(costs))}\n"
    if report.costs:
        yield "\n"
    if report.counts:
        yield f"{words(report.counts)}\n"
    *first, size = report.origin[:2] or ((),)
    if report.origin:
        yield f"{'. '.join(map(_line, (*first, size))).rstrip('.')}.\n\n"
    for line in report.origin[2:]:
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
        yield f"> - and **{len(notice.items) - NAMED:,} more**\n"
    yield "\n"


def _cut(left: int, rows: int, report: Report, view: View) -> str:
    whole = f"{inline(report.whole, view.invocation)}." if report.whole.text else ""
    run = f" Or {link('see the whole run', view.run_url)}." if view.run_url else ""
    return (
        f"> [!IMPORTANT]\n> **This does not show everything: {left:,} of {rows:,} entries are left out**, "
        f"since the host takes no longer comment. The counts above are of the whole. {whole}{run}\n\n"
    )


def _boxes(report: Report, view: View) -> Iterator[Block]:
    lines = tuple(f"> - {line}\n" for notice in report.notices for line in _notice(notice, view))
    if lines:
        yield Block(head="> [!CAUTION]\n", rows=lines, tail="\n", nouns=("danger", "dangers"))
    for section in report.sections:
        if section.alert:
            entries = (_entry(replace(item, state=""), view) for item in section.items)
            rows = tuple(indent(entry, "> ", lambda _: True) for entry in entries)
            yield Block(head="> [!WARNING]\n", rows=rows, tail="\n", nouns=("warning", "warnings"))


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
        subject = f" {code(item.subject)}{_called(item)}:" if item.subject else ""
        yield f"**{words(notice.heading)}:**{subject} {words(item.says)} ({code(item.code)})"
    yield from (inline(step, view.invocation) for step in notice.steps)


def _sections(report: Report, view: View) -> Iterator[Block]:
    for section in report.sections:
        if section.parts:
            yield from blocked_blocks(section, view)
        elif section.table:
            yield from _table(section, view)
        elif not section.items:
            yield Block(head=f"**{words(section.heading)}**\n\n")
        elif not section.alert:
            yield _list(section, view)


def _table(section: Section, view: View) -> Iterator[Block]:
    """Items with their fields in columns, those first that can't be undone; then the warnings beside them."""
    items = sorted(section.items, key=lambda item: not item.urgent)
    columns = _columns(items)
    detailed = any(_details(item, columns) for item in items)
    names = ["", "Address", *map(labelled, columns), *(["Details"] if detailed else [])]
    ruler = [
        "---",
        "---",
        *("---:" if amount else "---" for amount in columns.values()),
        *(["---"] if detailed else []),
    ]
    head = f"### {words(section.title)}\n\n| {' | '.join(names)} |\n|{'|'.join(ruler)}|\n".replace("|  |", "| |", 1)
    rows = Rows(items, partial(_row, columns=columns, detailed=detailed, view=view))
    yield Block(head=head, rows=rows, tail="\n", nouns=section.nouns)
    notes = tuple(
        f"- {code(item.subject)}: {words(note.text)} ({code(note.code)})\n"
        for item in items
        for note in item.notes
        if not note.first
    )
    if notes:
        yield Block(head="**To know before approving**\n\n", rows=notes, tail="\n", nouns=("note", "notes"))


def _called(item: Item, between: str = " ") -> str:
    """Returns what people call the item's customer, after its address."""
    called = words(item.customer)
    return f"{between}{called if between.strip() else f'({called})'}" if item.customer else ""


def _columns(items: Collection[Item]) -> dict[str, bool]:
    """Returns the labels that have columns of their own, each behind the one that it follows in an item; True for those
    of amounts.

    They are names, amounts, and the first texts that every item has. The other texts stand in one column of details,
    where they are several: a column that few rows fill pushes the others out of sight.
    """
    order = _in_order(items)
    filled = Counter(field.label for item in items for field in item.fields if field.value != "")
    texts = [field.label for field in order if isinstance(field.value, str) and filled[field.label]]
    own = [label for label in texts if filled[label] == len(items)][:_TEXTS]
    sharing = {label for label in texts if label not in own} if len(texts) > len(own) + 1 else ()
    return {
        field.label: isinstance(field.value, Amount | Monthly)
        for field in order
        if filled[field.label] and field.label not in sharing
    }


def _in_order(items: Iterable[Item]) -> list[Field]:
    """The fields of all items, one of each label, each behind the one that it follows in an item."""
    order: list[Field] = []
    for item in items:
        place = 0
        for field in item.fields:
            labels = [known.label for known in order]
            if field.label in labels:
                place = labels.index(field.label) + 1
            else:
                order.insert(place, field)
                place += 1
    return order


def _row(item: Item, *, columns: Iterable[str], detailed: bool, view: View) -> str:
    fields = {field.label: field for field in item.fields}
    place = f"<br>{placed(item.place, view)}" if item.place else ""
    cells = [
        f"{code(item.sign.text) if item.sign else ''} {words(item.short or item.state)}".strip(),
        f"{code(item.subject, cell=True)}{_called(item, '<br>')}{place}",
        *(_value(fields[label]) if label in fields else "" for label in columns),
    ]
    if detailed:
        details = (f"**{words(f'{labelled(field.label)}:')}** {_value(field)}" for field in _details(item, columns))
        cells.append("<br>".join(details))
    return f"| {' | '.join(cells)} |\n"


def _details(item: Item, columns: Iterable[str]) -> list[Field]:
    """The fields that have no column of their own."""
    return [field for field in item.fields if field.label not in columns and field.value != ""]


def _value(field: Field) -> str:
    value = field.value
    if isinstance(value, Names):
        return wanted(value.names)
    if isinstance(value, Amount | Monthly):
        return f"{value.figures}{value.delta}".replace("->", "→")
    return _arrows(code(value) if field.tone is Tone.OPTIONS else words(value))


def _arrows(text: str) -> str:
    return text.replace(" -&gt; ", " → ")


def _list(section: Section, view: View) -> Block:
    """Items one below the other, to be opened by hand where that is enough."""
    intro = f"{words(section.intro)}\n\n" if section.intro else ""
    head, tail = f"### {words(section.title)}\n\n{intro}", "\n"
    if section.folded:
        head, tail = folded(words(section.title), intro)
        tail = f"\n{tail}\n"
    rows = Rows(section.items, partial(_entry, view=view))
    closing = "".join(steps((step,), view.invocation) for step in section.closing)
    nouns = section.nouns if section.nouns[0] else ("entry", "entries")
    return Block(head=head, rows=rows, tail=f"\n{closing}{tail.lstrip()}" if closing else tail, nouns=nouns)


def _entry(item: Item, view: View) -> str:
    """One item of a list: what it is about, then a line for each thing to know of it."""
    if item.sign is None:
        return "".join(f"- {inline(step, view.invocation)}\n" for step in item.advice.steps)
    lines = [*_lines(item, view)]
    place = f" {placed(item.place, view)}" if item.place else ""
    state = f" **{words(item.state)}**" if item.state and not item.fields else ""
    about = " ".join(filter(None, (f"{code(item.subject)}{_called(item)}", place.strip())))
    head = f"- {about}{':' if state else ''}{state}"
    if len(lines) == 1 and not state:
        return f"{head}: {lines[0]}\n"
    return "<br>".join((head, *lines)) + "\n"  # hosts break a comment at the end of a line too


def _lines(item: Item, view: View) -> Iterator[str]:
    for field in item.fields:
        shown = f"{words(f'{labelled(field.label)}:')} {_value(field)}"
        yield f"**{shown}**" if field.tone is Tone.BAD else shown
    if item.says:
        yield f"{words(item.says)} ({code(item.code)})" if item.code else words(item.says)
    yield from (f"{words(note.text)} ({code(note.code)})" for note in item.notes)
    yield from (words(line) for line in item.more if not line.startswith(" "))
    yield from _steps(item.advice, view)
    yield from (f"{words(label)}: {code(value)}" for label, value in item.support)


def _steps(advice: Advice, view: View) -> Iterator[str]:
    for number, step in enumerate(advice.steps):
        label = f"{labelled(advice.label)}: " if not number and advice.label == "next" else ""
        yield f"{label}{inline(step, view.invocation)}"


def _foot(report: Report, view: View) -> Iterator[str]:
    """A pipeline's comment names no command: what it planned, it applies itself, and nobody from a desk."""
    if not view.run_url or not any(step.run for step in report.closing):
        yield "".join(steps((step,), view.invocation) for step in report.closing)
    known = [
        code(report.digest),
        f"commit {code(view.commit)}" if view.commit else "",
        f"reconciler {words(view.version)}",
        link("run", view.run_url) if view.run_url else "",
    ]
    yield f"<sub>{' · '.join(filter(None, known))}</sub>\n"
