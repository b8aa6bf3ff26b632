"""A report for GitHub Actions: annotations on the lines of the manifests, and a step's outputs."""

from collections.abc import Mapping

from reconciler.rendering.formats.findings import Finding, findings
from reconciler.rendering.formats.room import SHOWN, Annotated, annotated, log_line
from reconciler.rendering.phrases import clipped
from reconciler.rendering.places import inside, path
from reconciler.rendering.report import Level, Report
from reconciler.rendering.safe import visible
from reconciler.rendering.view import View

SUMMARY_LIMIT = 1024 * 1024
"""The most that a step's summary may hold, in bytes."""

_LONGEST = 3_000
"""The longest message: GitHub cuts an annotation at 4 KB."""

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def github(report: Report, view: View) -> Annotated:
    """Workflow commands: a notice of what it all comes to, then each finding, by level, the gravest first: so many as
    the host shows are commands that annotate, the others are lines of the log.
    """
    summary = Finding(level=Level.NOTE, code="", title=report.name, says=report.summary)
    notes = view.annotations.get(str(Level.NOTE), SHOWN)
    room = {**view.annotations, str(Level.NOTE): notes - 1}
    every = [(summary, notes > 0), *annotated(report.name, findings(report, view), room)]
    lines = (_command(finding, view) if shown else log_line(finding) for finding, shown in every)
    return Annotated.of(lines, (finding.level for finding, shown in every if shown))


def github_outputs(values: Mapping[str, object]) -> str:
    """Returns what to append to the file that GITHUB_OUTPUT names: `name=value` a line. The values are our own
    (`outputs`).
    """
    return "".join(f"{name}={value}\n" for name, value in values.items())


def _command(finding: Finding, view: View) -> str:
    properties = {"title": f"{finding.title} [{finding.code}]" if finding.code else finding.title}
    if finding.place is not None and inside(finding.place, view):
        place = finding.place
        properties = {"file": path(place, view), "line": str(place.line), "col": str(place.column), **properties}
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.level]} {listed}::{_data(clipped(finding.text, _LONGEST))}"


def _property(text: str) -> str:
    return _data(visible(clipped(text, 200))).replace(":", "%3A").replace(",", "%2C")


def _data(text: str) -> str:
    """The escapes of the runner's own toolkit, the percent sign first."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
