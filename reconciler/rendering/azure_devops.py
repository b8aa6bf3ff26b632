"""A plan for Azure Pipelines: logging commands for what is wrong, plain lines for the rest."""

import sys
from collections.abc import Iterable, Mapping

from reconciler.model.plan import Plan
from reconciler.rendering.commonmark import clipped
from reconciler.rendering.findings import Finding, Level, findings
from reconciler.rendering.places import inside, path
from reconciler.rendering.room import annotated, log_line
from reconciler.rendering.safe import visible
from reconciler.rendering.verdict import counts, plain, verdict
from reconciler.rendering.view import View

_LONGEST = 3_000


def plan_azure_devops(plan: Plan, view: View) -> str:
    """Errors and warnings as `task.logissue`, which the pipeline's page lists; it knows no lesser kind, so the rest
    are lines of the log.
    """
    return issues(f"{plain(verdict(plan))} {counts(plan)}", findings(plan, view), view)


def issues(says: str, found: Iterable[Finding], view: View) -> str:
    """A line of what it all comes to, then each finding, by level, the gravest first: so many as the agent keeps of a
    task are commands, the others are lines of the log.
    """
    lines = [visible(says)]
    for one, command in annotated("reconciler", found, {**view.annotations, str(Level.NOTE): sys.maxsize}):
        lines.append(_command(one, view) if command and one.level is not Level.NOTE else log_line(one))
    return "".join(f"{line}\n" for line in lines)


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
    said = "".join(f"{name}={_property(value)};" for name, value in properties.items())
    text = clipped(f"{visible(finding.title)}\n{finding.text}", _LONGEST)
    return f"##vso[task.logissue {said}]{_data(text)}"


def _property(text: str) -> str:
    return _data(visible(clipped(text, 200))).replace("]", "%5D").replace(";", "%3B")


def _data(text: str) -> str:
    """The escapes of the agent's own library, the percent sign first."""
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")
