"""An event as lines of text, as it happens."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from reconciler.model.event import Event
from reconciler.model.invocation import Invocation
from reconciler.model.remedy import Step
from reconciler.rendering.formats.items import mark, says, style, subject_of, write_step, write_support
from reconciler.rendering.formats.page import Page, Part
from reconciler.rendering.report import Item, Tone
from reconciler.rendering.reports.events import event_item

_INDENT = 4


def event_text(
    event: Event,
    invocation: Invocation,
    *,
    width: int = 80,
    color: bool = False,
    names: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The event for people: its address first, so that one change can be followed among many, with what people call its
    customer, by `names`.
    """
    page = Page(width=width, color=color, invocation=invocation)
    item = event_item(event)
    _write_event(page, replace(item, customer=names.get(item.customer_name, "")))
    return page.text()


def _numbered(steps: tuple[Step, ...]) -> Iterator[tuple[str, Step]]:
    """Yields each step with its number, where there are several; a command without a text belongs to the step above."""
    several, number = sum(bool(step.text) for step in steps) > 1, 0
    for step in steps:
        number += bool(step.text)
        yield f"{number}. " if several and step.text else "", step


def _write_event(page: Page, item: Item) -> None:
    sentence = says(replace(item, tone=Tone.PLAIN))
    same_line = sentence and not item.sign
    sign = mark(item.sign)
    subject: tuple[Part, ...] = (*subject_of(item), ": ") if item.subject else ()
    state = (item.state, style(item.tone, bold=item.sign is not None or not item.subject))
    hang = (_INDENT - (2 if sign else 0)) if item.subject else 0
    page.write(*subject, state, *((" ", *sentence) if same_line else ()), mark=sign, hang=hang)
    if sentence and not same_line:
        page.write(*sentence, indent=_INDENT)
    for line in item.more:
        page.write(line, indent=_INDENT)
    for user in item.users:
        page.write(user, indent=_INDENT + 2)
    for mark_of_step, step in _numbered(item.advice.steps):
        write_step(page, step, indent=_INDENT, mark=mark_of_step)
    write_support(page, item.support, indent=_INDENT)
