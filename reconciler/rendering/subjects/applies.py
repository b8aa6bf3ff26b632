"""The formats of what an apply did."""

from collections.abc import Callable, Mapping
from functools import partial

from reconciler.rendering.as_json import event_json
from reconciler.rendering.formats import paint
from reconciler.rendering.formats.events import event_text
from reconciler.rendering.reports.applied import Applied, applied_report
from reconciler.rendering.reports.names import display_names
from reconciler.rendering.view import View


def _applied(form: str, applied: Applied, view: View) -> str:
    return paint(form, applied_report(applied, view), view)


def _applied_text(applied: Applied, view: View) -> str:
    names = display_names(applied.customers)
    look = partial(event_text, invocation=view.invocation, width=view.width, color=view.color, names=names)
    return "".join(map(look, applied.events))


def _applied_json(applied: Applied, view: View) -> str:
    return "".join(event_json(event, view.invocation) for event in applied.events)


APPLIED: Mapping[str, Callable[[Applied, View], str]] = {
    "text": _applied_text,
    "json": _applied_json,
    **{form: partial(_applied, form) for form in ("markdown", "github", "azure-devops", "junit")},
}
"""The formats in which an apply reports what it did."""
