"""Every command that a report shows, in every format, has the flags in force: without them it would be about another
estate's state.
"""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from reconciler import advice
from reconciler.model.drift import DriftReport
from reconciler.model.errors import InvalidInput
from reconciler.model.invocation import NO_FLAGS, Invocation
from reconciler.rendering.reports.applied import Applied
from reconciler.rendering.subjects.applies import APPLIED
from reconciler.rendering.subjects.drifts import DRIFT
from reconciler.rendering.subjects.failures import FAILED, UNWRITTEN
from reconciler.rendering.subjects.plans import FORMATS
from reconciler.rendering.subjects.renewals import RENEWALS
from reconciler.rendering.view import View
from tests.rendering import plans
from tests.rendering.happenings import every_event
from tests.rendering.test_renewals import INSTALLED, finding, renewals, term

HERE = Invocation(manifests="elsewhere/estate", state="elsewhere/st")
FLAGS = " --manifests elsewhere/estate --state elsewhere/st"
VIEW = View(invocation=HERE, width=400, next_command=("apply", "plan.json"), files=("plan.json",))

PLAN = replace(
    plans.showcase(),
    blocked=(
        plans.blocked("contoso/office", plans.reason("gone", "It is gone.", "Bind it:\nreconciler adopt a/b SOME_ID")),
    ),
    limits=(plans.breach(),),
)
DRIFTED = DriftReport(
    created_at=plans.NOON,
    cloud="sandbox",
    customers=1,
    compared=1,
    unseen=0,
    pending=PLAN.pending,
    tasks=PLAN.tasks,
    left=PLAN.undeclared,
    warnings=PLAN.warnings,
)
ERROR = InvalidInput(advice.problem("not_remembered", "contoso/office", customer="contoso"))

Render = Callable[[Any, View], str]


def at_noon(render: Callable[..., str]) -> Render:
    return lambda value, view: render(value, view, plans.NOON)


SUBJECTS: Mapping[str, tuple[Mapping[str, Render], Any]] = {
    "plan": (FORMATS, PLAN),
    "apply": (APPLIED, Applied(every_event(), PLAN.blocked)),
    "drift": (DRIFT, DRIFTED),
    "renewals": (RENEWALS, renewals(term("office", 10, finding()), tasks=PLAN.tasks)),
    "failure": ({form: at_noon(render) for form, render in FAILED.items()}, ERROR),
    "unwritten": ({form: at_noon(render) for form, render in UNWRITTEN.items()}, ERROR.problems),
}
CASES = [(name, form) for name, (formats, _) in SUBJECTS.items() for form in formats if form != "ics" or INSTALLED]

WITHOUT_ADVICE = {
    *((name, form) for name in ("plan", "drift", "renewals") for form in ("csv", "brief")),
    *(("unwritten", form) for form in UNWRITTEN),
}
"""Tables have no column for advice; what to do about a report that is missing stands on stderr."""


@pytest.mark.parametrize(("name", "form"), CASES)
def test_every_command_of_a_report_has_the_flags_in_force(
    name: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: set[str] = set()
    command = Invocation.command

    def noting(invocation: Invocation, *run: str) -> str:
        made.add(command(NO_FLAGS, *run))
        return command(invocation, *run)

    monkeypatch.setattr(Invocation, "command", noting)
    formats, value = SUBJECTS[name]
    shown = as_read(formats[form](value, VIEW))

    assert not [bare for bare in made if re.search(rf"{re.escape(bare)}(?!{re.escape(FLAGS)}|[\w./-]| -)", shown)]
    assert FLAGS in shown or (name, form) in WITHOUT_ADVICE


def as_read(shown: str) -> str:
    """A report as its reader sees it: the spellings of HTML and of pipelines undone, folded lines joined."""
    return html.unescape(shown).replace("%0A", "\n").replace("%3A", ":").replace("\r\n ", "")


def test_no_mail_to_a_customer_has_a_command() -> None:
    assert not [row.code for row in advice.all_rows() if row.mail and "reconciler" in row.mail.text]
