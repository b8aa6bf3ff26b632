"""The report of a run that came to nothing: what went wrong must not look like no news."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from reconciler.model.errors import Problem, ReconcilerError, ServiceError
from reconciler.model.place import Place
from reconciler.model.plan import Notice as Guard
from reconciler.rendering.phrases import count
from reconciler.rendering.report import Advice, Item, Level, Notice, Report, Section, Span, Tone
from reconciler.rendering.reports.guards import guards
from reconciler.rendering.support import support_fields
from reconciler.rendering.view import View

_NOT_STARTED = "Nothing was sent. Correct this, and run it again."
_BEGUN = "What was sent before this is recorded in state. Correct this, and plan again."
_CAME_TO = {"plan": "There is no plan", "apply": "Apply began nothing"}


def problems_report(error: ReconcilerError, guards_changed: tuple[Guard, ...] = ()) -> Report:
    """Every problem of the error, its place first; then what to paste into a support ticket."""
    number = len(error.problems)
    items = tuple(replace(item, subject=item.subject or ("" if item.place else "Error")) for item in _items(error))
    return Report(
        name="reconciler",
        before=guards(guards_changed),
        sections=(
            Section(
                id="problems",
                items=tuple(replace(item, sign=None, tone=Tone.STRONG) for item in items),
                summary=f"{count(number, 'problem')}." if number > 1 else "",
                tone=Tone.BAD,
                flush=True,
                dense=True,
            ),
        ),
    )


def validation_report(error: ReconcilerError) -> Report:
    """Every problem of the manifests, for a CI system."""
    return Report(
        name="reconciler validate",
        case="validate",
        verdict=(Span(f"The manifests have {count(len(error.problems), 'problem')}", Tone.BAD),),
        sections=(Section(id="problems", heading="Problems", items=_items(error)),),
        errored=True,
    )


def waiting_report(problem: Problem) -> Report:
    """Tells what is waited for, and what a person can do about it. No error yet."""
    item = Item(subject="", says=problem.what, tone=Tone.QUIET, advice=Advice(steps=problem.steps))
    return Report(name="reconciler", sections=(Section(id="waiting", items=(item,), flush=True),))


def guards_report(changed: tuple[Guard, ...]) -> Report:
    """The notice of guards that the compared commits change, by itself."""
    return Report(name="reconciler", before=guards(changed))


def failure_report(error: ReconcilerError, view: View, at: datetime) -> Report:
    """The guards that the compared commits change, then every problem."""
    came_to = "Apply was broken off" if view.begun else _CAME_TO[view.kind]
    return Report(
        name=f"reconciler {view.kind}",
        case=view.kind,
        marker=f"reconciler {view.kind}",
        at=at,
        verdict=(Span(f"{came_to}: {count(len(error.problems), 'problem')}", Tone.BAD),),
        before=guards(view.notices),
        notices=(Notice(heading=_BEGUN if view.begun else _NOT_STARTED, level=Level.ERROR),),
        sections=(Section(id="problems", heading="Problems", items=_items(error)),),
        errored=True,
    )


def _items(error: ReconcilerError) -> tuple[Item, ...]:
    """A problem each; the last one with what support asks for, where the service refused."""
    *first, last = map(_item, error.problems)
    support = error.support if isinstance(error, ServiceError) else None
    return (*first, replace(last, support=tuple(support_fields(support).items())) if support else last)


def _item(problem: Problem) -> Item:
    is_placed = isinstance(problem.where, Place)
    return Item(
        subject="" if problem.where is None or is_placed else str(problem.where),
        sign=Span("x", Tone.BAD),
        level=Level.ERROR,
        says=problem.what,
        advice=Advice(steps=problem.steps),
        place=problem.where if isinstance(problem.where, Place) else None,
    )


def unwritten_report(problems: Iterable[Problem], view: View, at: datetime) -> Report:
    """The reports that could not be written."""
    items = tuple(
        Item(
            subject=f"reconciler {view.kind}",
            level=Level.WARNING,
            state="a report is missing",
            says=f"{problem.where}: {problem.what}" if problem.where else problem.what,
        )
        for problem in problems
    )
    return Report(
        name=f"reconciler {view.kind}",
        case=view.kind,
        marker=f"reconciler {view.kind}",
        at=at,
        verdict=(Span(f"{count(len(items), 'report is', 'reports are')} missing"),),
        sections=(Section(id="unwritten", heading="Reports that are missing", items=items),),
    )
