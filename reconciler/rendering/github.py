"""A plan for GitHub Actions: annotations on the lines of the manifests, the step's summary, and its outputs."""

from collections.abc import Iterable, Mapping

from reconciler.model.plan import Plan
from reconciler.rendering.commonmark import clipped
from reconciler.rendering.findings import Finding, Level, findings
from reconciler.rendering.places import inside, path
from reconciler.rendering.room import SHOWN, annotated, log_line
from reconciler.rendering.safe import visible
from reconciler.rendering.verdict import counts, plain, verdict
from reconciler.rendering.view import View

SUMMARY_LIMIT = 1024 * 1024
"""The most that a step's summary may hold, in bytes."""

_LONGEST = 3_000
"""The longest message: GitHub cuts an annotation at 4 KB."""

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def plan_github(plan: Plan, view: View) -> str:
    """Workflow commands that annotate the plan's findings, the gravest first, after a notice of the verdict."""
    return annotations("reconciler plan", f"{plain(verdict(plan))} {counts(plan)}", findings(plan, view), view)


def annotations(title: str, says: str, found: Iterable[Finding], view: View) -> str:
    """A notice of what it all comes to, then each finding, by level, the gravest first: so many as the host shows are
    commands that annotate, the others are lines of the log.
    """
    summary = Finding(level=Level.NOTE, code="", title=title, says=says)
    notes = view.annotations.get(str(Level.NOTE), SHOWN)
    room = {**view.annotations, str(Level.NOTE): notes - 1}
    every = [(summary, notes > 0), *annotated(title, found, room)]
    return "".join(f"{_command(one, view) if command else log_line(one)}\n" for one, command in every)


def github_outputs(values: Mapping[str, object]) -> str:
    """What to append to the file that GITHUB_OUTPUT names: `name=value` a line. The values are our own (`outputs`)."""
    return "".join(f"{name}={value}\n" for name, value in values.items())


def _command(finding: Finding, view: View) -> str:
    properties = {"title": f"{finding.title} [{finding.code}]" if finding.code else finding.title}
    if finding.place is not None and inside(finding.place, view):
        place = finding.place
        properties = {"file": path(place, view), "line": str(place.line), "col": str(place.column), **properties}
    said = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.level]} {said}::{_data(clipped(finding.text, _LONGEST))}"


def _property(text: str) -> str:
    return _data(visible(clipped(text, 200))).replace(":", "%3A").replace(",", "%2C")


def _data(text: str) -> str:
    """The escapes of the runner's own toolkit, the percent sign first."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
