"""Items as a list in Markdown, to be opened by hand where that is enough."""

from collections.abc import Iterator
from functools import partial

from reconciler.rendering.formats.blocks import Block, Rows
from reconciler.rendering.formats.commonmark import (
    code,
    folded,
    inline,
    placed,
    steps,
    words,
)
from reconciler.rendering.formats.markdown_values import called, shown_value
from reconciler.rendering.report import (
    Advice,
    Item,
    Section,
    Tone,
    labels,
)
from reconciler.rendering.report.labels import labelled
from reconciler.rendering.view import View


def list_block(section: Section, view: View) -> Block:
    """Items one below the other, to be opened by hand where that is enough."""
    intro = f"{words(section.intro)}\n\n" if section.intro else ""
    head, tail = f"### {words(section.title)}\n\n{intro}", "\n"
    if section.folded:
        head, tail = folded(words(section.title), intro)
        tail = f"\n{tail}\n"
    rows = Rows(section.items, partial(entry, view=view))
    closing = "".join(steps((step,), view.invocation) for step in section.closing)
    nouns = section.nouns if section.nouns[0] else labels.ENTRIES
    return Block(head=head, rows=rows, tail=f"\n{closing}{tail.lstrip()}" if closing else tail, nouns=nouns)


def entry(item: Item, view: View) -> str:
    """One item of a list: what it is about, then a line for each thing to know of it."""
    if item.sign is None:
        return "".join(f"- {inline(step, view.invocation)}\n" for step in item.advice.steps)
    lines = [*_lines(item, view)]
    place = f" {placed(item.place, view)}" if item.place else ""
    state = f" **{words(item.state)}**" if item.state and not item.fields else ""
    about = " ".join(filter(None, (f"{code(item.subject)}{called(item)}", place.strip())))
    head = f"- {about}{':' if state else ''}{state}"
    if len(lines) == 1 and not state:
        return f"{head}: {lines[0]}\n"
    return "<br>".join((head, *lines)) + "\n"  # hosts break a comment at the end of a line too


def _lines(item: Item, view: View) -> Iterator[str]:
    for field in item.fields:
        shown = f"{words(f'{labelled(field.label)}:')} {shown_value(field)}"
        yield f"**{shown}**" if field.tone is Tone.BAD else shown
    if item.says:
        yield f"{words(item.says)} ({code(item.code)})" if item.code else words(item.says)
    yield from (f"{words(note.text)} ({code(note.code)})" for note in item.notes)
    yield from (words(line) for line in item.more)
    yield from _steps(item.advice, view)
    yield from (f"{words(label)}: {code(value)}" for label, value in item.support)


def _steps(advice: Advice, view: View) -> Iterator[str]:
    several = len(advice.steps) > 1
    for number, step in enumerate(advice.steps, 1):
        label = advice.lead if number == 1 else ""
        yield f"{label}{f'{number}. ' if several else ''}{inline(step, view.invocation)}"
