"""The formats of a plan."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from reconciler.documents.plan import dump as plan_json
from reconciler.documents.plan import fingerprint
from reconciler.model.plan import Plan
from reconciler.rendering.formats import paint
from reconciler.rendering.reports.plan import plan_report
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
