"""Items as a table in Markdown: their fields in columns, and the warnings beside them."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import partial

from reconciler.rendering.formats.blocks import Block, Rows
from reconciler.rendering.formats.commonmark import (
    code,
    placed,
    words,
)
from reconciler.rendering.formats.markdown_values import called, shown_value
from reconciler.rendering.report import (
    Amount,
    Field,
    Item,
    Monthly,
    Section,
    labels,
)
from reconciler.rendering.report.labels import labelled
from reconciler.rendering.view import View

_TEXTS = 2
"""The most columns of texts that are neither names nor amounts."""


def table_blocks(section: Section, view: View) -> Iterator[Block]:
    """Items with their fields in columns, those first that can't be undone; then the warnings beside them."""
    items = sorted(section.items, key=lambda item: not item.urgent)
    columns = _columns(items)
    detailed = any(_details(item, columns) for item in items)
    names = ["", labels.ADDRESS, *map(labelled, columns), *([labels.DETAILS] if detailed else [])]
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
        yield Block(head=f"**{labelled(labels.TO_KNOW_FIRST)}**\n\n", rows=notes, tail="\n", nouns=labels.NOTES)


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
        f"{code(item.subject, cell=True)}{called(item, '<br>')}{place}",
        *(shown_value(fields[label]) if label in fields else "" for label in columns),
    ]
    if detailed:
        details = (
            f"**{words(f'{labelled(field.label)}:')}** {shown_value(field)}" for field in _details(item, columns)
        )
        cells.append("<br>".join(details))
    return f"| {' | '.join(cells)} |\n"


def _details(item: Item, columns: Iterable[str]) -> list[Field]:
    """The fields that have no column of their own."""
    return [field for field in item.fields if field.label not in columns and field.value != ""]
