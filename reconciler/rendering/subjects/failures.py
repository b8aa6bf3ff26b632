"""The formats that say what failed: the run, or a report of it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial

from reconciler.model.errors import Problem, ReconcilerError
from reconciler.rendering.formats import paint
from reconciler.rendering.reports.failure import failure_report, problems_report, unwritten_report
from reconciler.rendering.view import View


def _failed(form: str, error: ReconcilerError, view: View, at: datetime) -> str:
    return paint(form, failure_report(error, view, at), view)


def _failed_text(error: ReconcilerError, view: View, _: datetime) -> str:
    return paint("text", problems_report(error, view.notices), view)


FAILED: Mapping[str, Callable[[ReconcilerError, View, datetime], str]] = {
    "text": _failed_text,
    **{form: partial(_failed, form) for form in ("markdown", "github", "azure-devops", "junit")},
}
"""The formats that can say that there is no plan; a document that is a plan can't."""


def _unwritten(form: str, problems: Iterable[Problem], view: View, at: datetime) -> str:
    return paint(form, unwritten_report(problems, view, at), view)


UNWRITTEN: Mapping[str, Callable[[Iterable[Problem], View, datetime], str]] = {
    form: partial(_unwritten, form) for form in ("github", "azure-devops")
}
"""The formats that name reports that could not be written."""
