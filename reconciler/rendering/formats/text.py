"""A report as a page of text, for a terminal or a log."""

from reconciler.model.remedy import Step
from reconciler.rendering.formats.grid import write_grid
from reconciler.rendering.formats.items import (
    FIELDS,
    parts,
    style,
    write_cause,
    write_entry,
    write_field,
    write_item,
    write_listed,
    write_step,
)
from reconciler.rendering.formats.page import Page
from reconciler.rendering.report import Advice, Group, Level, Notice, Part, Report, Section, labels
from reconciler.rendering.view import View

_SCREEN = 24
"""A page of more lines ends as it begins: with what it comes to, since its head has been scrolled away."""


def text(report: Report, view: View) -> str:
    """The page, `view.width` cells wide, though prose is never wider than is readable."""
    page = Page(width=view.width, color=view.color, invocation=view.invocation)
    for notice in report.before:
        write_notice(page, notice)
        page.gap()
    _write_verdict(page, report)
    _write_urgent(page, report, "below")
    for notice in report.notices:
        if not notice.repeats:
            page.gap()
            write_notice(page, notice)
    for section in report.sections:
        _write_section(page, section)
    if page.height > _SCREEN and report.again and report.verdict:
        page.gap()
        page.write(f"{labels.IN_ALL}: ", *parts(report.verdict))
        if report.recap:
            page.write(report.recap)
        _write_urgent(page, report, "above")
    for step in report.closing:
        page.gap()
        write_step(page, step, inset=4)
    return page.text()


def _write_verdict(page: Page, report: Report) -> None:
    for line in (*report.origin, *report.caveats):
        page.write(*parts(line))
    page.gap()
    if report.again:
        page.write(*parts(report.verdict))
        page.write((report.counts, "dim"))
    elif report.verdict:
        page.write(*parts(report.verdict), f" {report.counts}" if report.counts else "")
    for costs in report.costs:
        page.write(*parts(costs))


def write_notice(page: Page, notice: Notice) -> None:
    """A notice: its heading, its items, what they mean and what to do."""
    grave = notice.level is not Level.NOTE
    page.write((notice.heading, "bold red" if grave else "bold"))
    for item in notice.items:
        write_entry(page, item)
    if notice.text:
        page.write(notice.text, indent=FIELDS - 2)
    for step in notice.steps:
        write_step(page, step, indent=FIELDS - 2)


def _write_urgent(page: Page, report: Report, where: str) -> None:
    """Writes what the sections say at greater length, and must not be missed."""
    for notice in report.notices:
        if notice.repeats and notice.level is Level.ERROR:
            page.write((labels.see(notice.heading, where), "bold red"))


def _write_section(page: Page, section: Section) -> None:
    printed: dict[Advice, str] = {}
    for part in section.parts:
        page.gap()
        page.write((part.title, style(section.tone, bold=True)))
        _write_part(page, part, printed)
    if section.parts:
        return
    page.gap()
    edge = 2 if section.title and not section.flush else 0
    _write_head(page, section, edge)
    for item in () if section.grid else section.items:
        if not section.dense:
            page.gap()
        if section.flush:
            write_listed(page, item)
        else:
            write_item(page, item, place=section.table or section.placed)
    _write_foot(page, section, edge)


def _write_head(page: Page, section: Section, edge: int) -> None:
    if section.title:
        page.write((section.title, style(section.tone, bold=True)))
    if section.intro:
        write_step(page, Step(section.intro), indent=edge)
    for legend in section.legends:
        page.write(*((span.text, style(span.tone)) for span in legend), indent=2)
    for field in section.fields:
        write_field(page, field)
    if section.grid:
        write_grid(page, section.grid)


def _write_foot(page: Page, section: Section, edge: int) -> None:
    if section.flush and section.summary:
        page.gap()
        page.write((section.summary, style(section.tone, bold=True)))
    if section.closing:
        page.gap()
    for step in section.closing:
        write_step(page, step, indent=edge)


def _write_part(page: Page, part: Part, given_for: dict[Advice, str]) -> None:
    for group in part.groups:
        page.gap()
        _write_group(page, group, given_for)


def _write_group(page: Page, group: Group, given_for: dict[Advice, str]) -> None:
    """Items that are blocked alike, then why; advice that was given before is named by whom it was given for."""
    for item in group.items:
        write_item(page, item)
        if values := group.values_of(item):
            page.write("; ".join(f"{label}: {value}" for label, value in values), indent=FIELDS)
    number = len(group.items)
    if number > 1:
        page.write(labels.together(number), indent=FIELDS - 2)
    several_actors = len({cause.advice.who for cause in group.causes}) > 1
    for at, cause in enumerate(group.causes):
        if at:
            page.gap()
        subject = group.items[0].subject
        first = given_for.setdefault(cause.advice, subject)
        repeated = first != subject and len(cause.advice.steps) > 1
        write_cause(page, cause, who=several_actors, same_as=first if repeated else "")
