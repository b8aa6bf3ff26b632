"""The formats of the list of renewals."""

from collections.abc import Callable, Mapping
from functools import partial

from reconciler.model.renewals import Renewals
from reconciler.rendering.as_calendar import calendar
from reconciler.rendering.as_json import renewals_json
from reconciler.rendering.formats import paint
from reconciler.rendering.reports.renewals import renewals_report
from reconciler.rendering.reports.renewals_csv import renewals_csv
from reconciler.rendering.view import View


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
