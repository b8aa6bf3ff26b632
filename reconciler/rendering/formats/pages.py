"""Short pages of text: an event as it happens, errors, and what is waited for."""

from dataclasses import replace

from reconciler.model.errors import Problem, ReconcilerError, ServiceError
from reconciler.model.event import Event
from reconciler.model.invocation import Invocation
from reconciler.model.plan import Notice as Guard
from reconciler.rendering.formats.items import mark, says, style, write_step, write_support
from reconciler.rendering.formats.page import Page, Part
from reconciler.rendering.formats.text import write_notice
from reconciler.rendering.phrases import count
from reconciler.rendering.report import Item, Tone
from reconciler.rendering.reports.events import event_item
from reconciler.rendering.reports.guards import guards
from reconciler.rendering.support import support_fields

_INDENT = 4


def event_text(event: Event, *, width: int = 80, color: bool = False, invocation: Invocation | None = None) -> str:
    """The event for people: its address first, so that one change can be followed among many."""
    page = Page(width=width, color=color, invocation=invocation)
    _write_event(page, event_item(event))
    return page.text()


def _write_event(page: Page, item: Item) -> None:
    said = says(replace(item, tone=Tone.PLAIN))
    same_line = said and not item.sign
    sign = mark(item.sign)
    subject: tuple[Part, ...] = ((item.subject, "bold"), ": ") if item.subject else ()
    state = (item.state, style(item.tone, bold=item.sign is not None or not item.subject))
    hang = (_INDENT - (2 if sign else 0)) if item.subject else 0
    page.write(*subject, state, *((" ", *said) if same_line else ()), mark=sign, hang=hang)
    if said and not same_line:
        page.write(*said, indent=_INDENT)
    for line in item.more:
        page.write(line.lstrip(), indent=_INDENT + len(line) - len(line.lstrip()))
    for step in item.advice.steps:
        write_step(page, step, indent=_INDENT)
    write_support(page, item.support, indent=_INDENT)


def guards_text(changed: tuple[Guard, ...], *, width: int = 80, color: bool = False) -> str:
    """The notice of guards that the compared commits change, by itself."""
    page = Page(width=width, color=color)
    for notice in guards(changed):
        write_notice(page, notice)
        page.gap()
    return page.text()


def problems_text(
    error: ReconcilerError, *, width: int = 80, color: bool = False, invocation: Invocation | None = None
) -> str:
    """Every problem of the error, its place first in the form `file:line:column:` that editors and CI systems link.

    A ServiceError ends with a block to be pasted into a support ticket.
    """
    page = Page(width=width, color=color, invocation=invocation or error.invocation)
    for problem in error.problems:
        _write_problem(page, problem)
    if len(error.problems) > 1:
        page.gap()
        page.write((f"{count(len(error.problems), 'problem')}.", "bold red"))
    if isinstance(error, ServiceError) and error.support is not None:
        page.gap()
        write_support(page, tuple(support_fields(error.support).items()))
    return page.text()


def waiting_text(
    problem: Problem, *, width: int = 80, color: bool = False, invocation: Invocation | None = None
) -> str:
    """Returns what is waited for, and what a person can do about it. No error yet."""
    page = Page(width=width, color=color, invocation=invocation)
    page.write((problem.what, "dim"))
    _write_steps(page, problem)
    return page.text()


def _write_problem(page: Page, problem: Problem) -> None:
    where = "" if problem.where is None else str(problem.where)
    where = "Error" if problem.what.startswith(f"{where} ") else where or "Error"
    for number, words in enumerate(problem.what.splitlines() or [""]):
        if number == 0:
            page.write((f"{where}:", "bold red"), " ", (words, "bold"))
        else:
            page.write(words, indent=_INDENT)
    _write_steps(page, problem)


def _write_steps(page: Page, problem: Problem) -> None:
    for step in problem.steps:
        write_step(page, step, indent=_INDENT)
