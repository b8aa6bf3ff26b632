"""The blocked items in a comment: every address in one table, and what to do about each reason below it."""

from collections.abc import Iterator
from dataclasses import replace

from reconciler.model.remedy import Step
from reconciler.rendering.formats.blocks import Block
from reconciler.rendering.formats.commonmark import (
    NAMED,
    block,
    code,
    folded,
    inline,
    link,
    markup,
    named,
    placed,
    steps,
    wanted,
    words,
)
from reconciler.rendering.phrases import clipped, count
from reconciler.rendering.places import microsoft
from reconciler.rendering.report import Advice, Cause, Field, Group, Item, Names, Section, labels
from reconciler.rendering.report.labels import labelled
from reconciler.rendering.view import View

_COLUMNS = (labels.ADDRESS, labelled(labels.WHY), labels.WHO_FIRST, labels.FIRST_STEP)

_STEP = 200
"""The characters of the first step that the table shows; all of it stands below."""


def blocked_blocks(section: Section, view: View) -> Iterator[Block]:
    """The table, then each cause with its advice. The first advice of each code has room before all addresses."""
    groups = [group for part in section.parts for group in part.groups]
    head = (
        f"### {words(section.title)}\n\n{words(section.summary)}.\n\n"
        f"| {' | '.join(_COLUMNS)} |\n|{'---|' * len(_COLUMNS)}\n"
    )
    rows = tuple(_row(item, causes, view) for part in section.parts for item, causes in _items(part.groups))
    yield Block(head=head, rows=rows, tail="\n", nouns=labels.BLOCKED)
    first, further = _folds(groups, view)
    yield Block(head=f"#### {labels.WHAT_TO_DO}\n\n", rows=first, nouns=labels.REASONS, essential=True)
    if further:
        yield Block(head="", rows=further, nouns=labels.REMEDIES)


def _items(groups: tuple[Group, ...]) -> list[tuple[Item, tuple[Cause, ...]]]:
    """The items of a part by address, each with its causes."""
    return sorted((pair for group in groups for pair in group.items_with_causes), key=lambda pair: pair[0].subject)


def _row(item: Item, causes: tuple[Cause, ...], view: View) -> str:
    reasons = "<br>".join(f"{words(cause.says)} ({code(cause.code, cell=True)})" for cause in causes)
    about = [
        words(item.customer),
        *(_short(field) for field in item.fields),
        placed(item.place, view) if item.place else "",
    ]
    cells = (
        f"{code(item.subject, cell=True)}<br>{', '.join(filter(None, about))}",
        reasons,
        item.who,
        _first_step(item.first_step, view),
    )
    return f"| {' | '.join(cells)} |\n"


def _short(field: Field) -> str:
    """A field without its label."""
    if isinstance(field.value, Names):
        return wanted(field.value.names)
    return words(str(field.value)).replace("-&gt;", "→")


def _first_step(step: Step | None, view: View) -> str:
    """The step, or its first line where that is long: all of it stands below."""
    if step is None:
        return ""
    text = step.text if len(step.text) <= _STEP else step.text.split("\n", 1)[0]
    return inline(replace(step, text=clipped(text, _STEP)), view.invocation).replace("|", "\\|")


def _folds(groups: list[Group], view: View) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A fold for each cause: the first of each code, and the others."""
    alike: dict[str, dict[Cause, list[str]]] = {}
    for group in groups:
        for cause in group.causes:
            subjects = (item.subject for item in group.items)
            alike.setdefault(cause.code, {}).setdefault(cause, []).extend(subjects)
    folds = [[_fold(cause, sorted(subjects), view) for cause, subjects in of.items()] for of in alike.values()]
    return tuple(of[0] for of in folds), tuple(fold for of in folds for fold in of[1:])


def _fold(cause: Cause, subjects: list[str], view: View) -> str:
    quote = f"**{words(cause.speaker)}:** {words(cause.quote)}\n\n" if cause.quote else ""
    summary = f"<b>{markup(cause.says)}</b> {count(len(subjects), 'subscription')}"
    body = (
        f"{named(subjects)} ({code(cause.code)}{cause.numbered})\n\n{_own(cause)}"
        f"{quote}{steps(cause.advice.steps, view.invocation)}{_more(cause.advice)}{_support(cause)}"
    )
    before, after = folded(summary, body)
    return f"{before}{after}\n"


def _own(cause: Cause) -> str:
    """Returns what is not the same for all subscriptions, one a line; of many, as of their names, the first ones."""
    lines = (
        f"- {code(own.subject)}: {'; '.join(f'{code(label)}: {words(value)}' for label, value in own.values)}\n"
        for own in cause.own[:NAMED]
    )
    return f"{''.join(lines)}\n" if cause.own else ""


def _support(cause: Cause) -> str:
    """Returns what Microsoft's support asks for, to be opened and copied."""
    if not cause.support:
        return ""
    lines = (f"{label}: {value}" for label, value in cause.support)
    return f"{labels.SUPPORT}:\n\n{block(*lines)}\n\n"


def _more(advice: Advice) -> str:
    """The link, where no step holds it or it can be followed, and whether waiting helps."""
    known = microsoft(advice.url)
    shown = link(labels.OPEN_PAGE, known) if known else code(advice.link)
    waiting = f"{labels.waiting(words(advice.waiting))}." if advice.waiting else ""
    return "".join(f"{part}\n\n" for part in (shown, waiting) if part)
