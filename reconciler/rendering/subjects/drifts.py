"""The formats of drift."""

from collections.abc import Callable, Mapping
from functools import partial

from reconciler.model.drift import DriftReport
from reconciler.rendering.as_json import drift_json
from reconciler.rendering.formats import paint
from reconciler.rendering.reports.drift import drift_report
from reconciler.rendering.view import View


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
