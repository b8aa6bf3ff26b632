"""The formats in which a value can be rendered: one table for each kind of value."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from reconciler.documents.plan import dump as plan_json
from reconciler.documents.plan import fingerprint
from reconciler.model.drift import DriftReport
from reconciler.model.errors import Problem, ReconcilerError
from reconciler.model.plan import Plan
from reconciler.model.renewals import Renewals
from reconciler.rendering.as_calendar import calendar
from reconciler.rendering.as_json import drift_json, event_json, renewals_json
from reconciler.rendering.formats import paint
from reconciler.rendering.formats.pages import event_text
from reconciler.rendering.reports.applied import Applied, applied_report
from reconciler.rendering.reports.drift import drift_report
from reconciler.rendering.reports.failure import failure_report, problems_report, unwritten_report
from reconciler.rendering.reports.names import display_names
from reconciler.rendering.reports.plan import plan_report
from reconciler.rendering.reports.renewals import renewals_report
from reconciler.rendering.reports.renewals_csv import renewals_csv
from reconciler.rendering.view import View

Format = Callable[[Plan, View], str]


def _plan(form: str, plan: Plan, view: View) -> str:
    report = plan_report(plan, view)
    return paint(form, replace(report, digest=fingerprint(plan)) if form in _DIGESTED else report, view)


_DIGESTED = {"markdown", "html", "sarif"}
"""Formats that show the plan's fingerprint, which takes a while for a large plan."""


def _plan_json(plan: Plan, view: View) -> str:
    return plan_json(plan, view.invocation)


FORMATS: Mapping[str, Format] = {
    form: _plan_json if form == "json" else partial(_plan, form)
    for form in ("text", "json", "markdown", "html", "github", "azure-devops", "junit", "sarif", "brief", "csv")
}
"""The formats of a plan, in the order in which help lists them."""


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


def _drift(form: str, drift: DriftReport, view: View) -> str:
    return paint(form, drift_report(drift, view), view)


def _drift_json(drift: DriftReport, view: View) -> str:
    return drift_json(drift, view.invocation)


DRIFT: Mapping[str, Callable[[DriftReport, View], str]] = {
    "text": partial(_drift, "text"),
    "json": _drift_json,
    **{form: partial(_drift, form) for form in ("markdown", "brief", "csv")},
}
"""The formats of drift."""


def _renewals(form: str, renewals: Renewals, view: View) -> str:
    return paint(form, renewals_report(renewals, view, brief=form == "text"), view)


def _renewals_json(renewals: Renewals, view: View) -> str:
    return renewals_json(renewals, view.invocation)


def _renewals_csv(renewals: Renewals, _: View) -> str:
    return renewals_csv(renewals)


def _renewals_ics(renewals: Renewals, view: View) -> str:
    return calendar(renewals, view)


RENEWALS: Mapping[str, Callable[[Renewals, View], str]] = {
    "text": partial(_renewals, "text"),
    "json": _renewals_json,
    "markdown": partial(_renewals, "markdown"),
    "html": partial(_renewals, "html"),
    "csv": _renewals_csv,
    "ics": _renewals_ics,
}
"""The formats of the list of renewals."""
