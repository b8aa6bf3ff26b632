"""The report of a run that came to nothing: what went wrong must not look like no news."""

from collections.abc import Iterable
from datetime import datetime

from reconciler.model.errors import Problem, ReconcilerError
from reconciler.model.subscription import Place
from reconciler.rendering.phrases import count
from reconciler.rendering.report import Advice, Item, Level, Notice, Report, Section, Span, Tone
from reconciler.rendering.reports.guards import guards
from reconciler.rendering.view import View

_NOT_BEGUN = "Nothing was sent. Correct this, and run it again."
_BEGUN = "What was sent before this is recorded in state. Correct this, and plan again."
_CAME_TO = {"plan": "There is no plan", "apply": "Apply began nothing"}


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
        notices=(Notice(heading=_BEGUN if view.begun else _NOT_BEGUN, level=Level.ERROR),),
        sections=(Section(id="problems", heading="Problems", items=tuple(map(_item, error.problems))),),
        errored=True,
    )


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
