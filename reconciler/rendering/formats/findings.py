"""A report one finding at a time, as CI systems list them: how grave, of which address, where, in which words."""

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.model.address import Address
from reconciler.model.invocation import Invocation
from reconciler.model.place import Place
from reconciler.model.remedy import Step
from reconciler.rendering.report import NOT_ASKED, Advice, Cause, Item, Level, Notice, Report, labels
from reconciler.rendering.report.labels import labelled
from reconciler.rendering.safe import visible
from reconciler.rendering.view import View


@dataclass(slots=True, kw_only=True)
class Finding:
    """One thing to know. `code` is what `reconciler explain` takes, or the action; `says` is what all findings of
    the code have in common; `lines` are the particulars. `subject` is what a finding without an address is about.
    `place` is None where it is not known. `left_out`: not done, and no failure either; `in_doubt`: nobody can say
    whether it was done.
    `first`: to be read before the report itself, however grave that is; `urgent`: before others of its level.
    `properties` are figures for machines. Nobody alters one, as with an item.
    """

    level: Level
    code: str
    title: str
    says: str
    lines: tuple[str, ...] = ()
    address: Address | None = None
    subject: str = ""
    place: Place | None = None
    left_out: bool = False
    in_doubt: bool = False
    first: bool = False
    urgent: bool = False
    properties: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """All of it, harmless, in our own lines."""
        return "\n".join(visible(line) for line in (self.says, *self.lines) if line.strip())


def findings(report: Report, view: View) -> tuple[Finding, ...]:
    """Everything in the report that a reader should know, the gravest first."""
    return tuple(sorted(_findings(report, view.invocation), key=_rank))


def whole(report: Report, view: View) -> str:
    """Returns how to read all of the report, on a line."""
    return " ".join(_lines(report.whole, view.invocation))


def _rank(finding: Finding) -> tuple[bool, int, bool]:
    """Returns what is to be read first, then by level, then the urgent ones."""
    return not finding.first, finding.level.rank, not finding.urgent


def _findings(report: Report, invocation: Invocation) -> Iterator[Finding]:
    for notice in report.before:
        yield from (_of_notice(notice, item, invocation, first=True) for item in notice.items)
    for notice in report.notices:
        if not notice.repeats:
            yield from (_of_notice(notice, item, invocation) for item in notice.items if item.code)
    for section in report.sections:
        for item in section.items:
            if item.code or item.says:
                yield _of_item(item, report.name, invocation)
            yield from _of_notes(item)
        for part in section.parts:
            for group in part.groups:
                yield from (
                    _of_cause(item, cause, invocation) for item, own in group.items_with_causes for cause in own
                )


def _of_notice(notice: Notice, item: Item, invocation: Invocation, *, first: bool = False) -> Finding:
    value = f"{item.subject}: {item.value}" if item.value else ""
    says, *more = filter(None, (value, item.says, item.alone))
    titled = (item.address, item.state or notice.heading) if item.address else (notice.heading, item.subject)
    return Finding(
        level=item.level,
        code=item.code,
        title=": ".join(filter(None, titled)),
        says=says,
        lines=(*more, *item.more, *(line for step in notice.steps for line in _lines(step, invocation))),
        address=item.address,
        subject=item.subject,
        place=item.place,
        first=first,
        urgent=item.urgent,
    )


def _of_item(item: Item, name: str, invocation: Invocation) -> Finding:
    says = item.alone or item.says
    return Finding(
        level=item.level,
        code=item.code,
        title=_title(item) or name,
        says=says,
        lines=(
            item.aside,
            item.says if item.alone else "",
            *_values(item),
            *(line for line in item.more if line != says),
            *_advised(item.advice, invocation),
            *_called(item),
            *(f"{label}: {value}" for label, value in item.support),
        ),
        address=item.address,
        subject=item.subject,
        place=item.place,
        left_out=item.skipped,
        in_doubt=item.in_doubt,
        urgent=item.urgent,
        properties=item.properties,
    )


def _title(item: Item) -> str:
    state = ": ".join(filter(None, (item.subject, item.state.rstrip("."))))
    return f"{state}, {NOT_ASKED}" if item.aside else state


def _called(item: Item) -> Iterator[str]:
    if item.customer:
        yield f"{labels.CUSTOMER}: {item.customer}"


def _values(item: Item, *, before: str = "") -> Iterator[str]:
    """Names and amounts on a line, every other field on its own, but not what is said anyhow."""
    table = [str(field.value) for field in item.fields if not isinstance(field.value, str)]
    if table:
        yield f"{before}{', '.join(table)}"
    for field in item.fields:
        if isinstance(field.value, str) and field.value != item.alone:
            yield f"{labelled(field.label)}: {field.value}"


def _of_notes(item: Item) -> Iterator[Finding]:
    """The warnings beside an item; those that a notice repeats are the notice's."""
    for note in item.notes:
        if not note.first:
            yield Finding(
                level=Level.WARNING,
                code=note.code,
                title=f"{item.subject}: {labels.TO_KNOW_FIRST}",
                says=note.text,
                address=item.address,
                place=item.place,
            )


def _of_cause(item: Item, cause: Cause, invocation: Invocation) -> Finding:
    quote = f"{cause.speaker}: {cause.quote}".splitlines() if cause.quote else ()
    return Finding(
        level=item.level,
        code=cause.code,
        title=_title(item),
        says=cause.says,
        lines=(
            item.aside,
            *_values(item, before=f"{labels.WANTED}: "),
            *quote,
            *_advised(cause.advice, invocation),
            *_called(item),
            *(f"{label}: {value}" for label, value in cause.support),
        ),
        address=item.address,
        place=item.place,
        in_doubt=cause.in_doubt,
    )


def _advised(advice: Advice, invocation: Invocation) -> Iterator[str]:
    """Yields who acts, the steps, and whether waiting helps, a line each."""
    if advice.who:
        yield f"{labels.WHO_MUST_ACT}: {advice.who}"
    several = len(advice.steps) > 1
    for number, step in enumerate(advice.steps, 1):
        first, *more = _lines(step, invocation) or [""]
        label = advice.lead if number == 1 else ""
        yield f"{number}. {first}" if several else f"{label}{first}"
        yield from (f"   {line}" for line in more)
    if advice.link:
        yield advice.link
    if advice.waiting:
        yield labels.waiting(advice.waiting)


def _lines(step: Step, invocation: Invocation) -> list[str]:
    return invocation.shown(step.text, step.run).splitlines()
