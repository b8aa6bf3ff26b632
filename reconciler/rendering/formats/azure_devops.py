"""A report for Azure Pipelines: logging commands for what is wrong, plain lines for the rest."""

import sys
from collections.abc import Mapping

from reconciler.rendering.formats.findings import Finding, findings
from reconciler.rendering.formats.room import Annotated, annotated, log_line
from reconciler.rendering.phrases import clipped
from reconciler.rendering.places import inside, path
from reconciler.rendering.report import Level, Report
from reconciler.rendering.safe import visible
from reconciler.rendering.view import View

_LONGEST = 3_000


def azure_devops(report: Report, view: View) -> Annotated:
    """A line of what it all comes to, then each finding, by level, the gravest first.

    Errors and warnings are `task.logissue`, which the pipeline's page lists, so many as the agent keeps of a task; it
    knows no lesser kind. The others are lines of the log.
    """
    lines, levels = [visible(report.summary)], list[Level]()
    room = {**view.annotations, str(Level.NOTE): sys.maxsize}
    for finding, shown in annotated("reconciler", findings(report, view), room):
        is_issue = shown and finding.level is not Level.NOTE
        levels += [finding.level] if is_issue else []
        lines.append(_command(finding, view) if is_issue else log_line(finding))
    return Annotated.of(lines, levels)


def azure_summary(path: str) -> str:
    """Shows a Markdown file of the agent's disk on the run's page."""
    return f"##vso[task.uploadsummary]{_data(visible(path))}\n"


def azure_variables(values: Mapping[str, object]) -> str:
    """Variables that later steps and jobs may read. The values are our own: counts and the fingerprint."""
    return "".join(f"##vso[task.setvariable variable={name};isOutput=true]{value}\n" for name, value in values.items())


def _command(finding: Finding, view: View) -> str:
    properties = {"type": str(finding.level)}
    if finding.place is not None and inside(finding.place, view):
        place = finding.place
        properties |= {
            "sourcepath": path(place, view),
            "linenumber": str(place.line),
            "columnnumber": str(place.column),
        }
    properties["code"] = finding.code
    listed = "".join(f"{name}={_property(value)};" for name, value in properties.items())
    text = clipped(f"{visible(finding.title)}\n{finding.text}", _LONGEST)
    return f"##vso[task.logissue {listed}]{_data(text)}"


def _property(text: str) -> str:
    return _data(visible(clipped(text, 200))).replace("]", "%5D").replace(";", "%3B")


def _data(text: str) -> str:
    """The escapes of the agent's own library, the percent sign first."""
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")
