"""A plan for GitHub Actions: annotations on the lines of the manifests, the step's summary, and its outputs."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from reconciler.model.plan import Plan
from reconciler.rendering.commonmark import clipped
from reconciler.rendering.findings import Finding, Level, findings, overview
from reconciler.rendering.places import inside, path
from reconciler.rendering.safe import visible
from reconciler.rendering.verdict import counts, plain, verdict
from reconciler.rendering.view import View

SUMMARY_LIMIT = 1024 * 1024
"""The most that a step's summary may hold, in bytes."""

_SHOWN = 10
"""How many annotations of a kind GitHub shows for one step."""

_LONGEST = 3_000
"""The longest message: GitHub cuts an annotation at 4 KB."""

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def plan_github(plan: Plan, view: View) -> str:
    """Workflow commands that annotate the plan's findings, the gravest first, after a notice of the verdict."""
    return annotations("reconciler plan", f"{plain(verdict(plan))} {counts(plan)}", findings(plan, view), view)


def annotations(title: str, says: str, found: Iterable[Finding], view: View) -> str:
    """A notice of what it all comes to, then a command for each finding; they come by level, the gravest first."""
    lines = [_command(Finding(level=Level.NOTE, code="", title=title, says=says), view)]
    for _, group in groupby(found, key=lambda one: one.level):
        alike = list(group)
        lines.extend(_command(one, view) for one in (*_overview(title, alike), *alike))
    return "".join(f"{line}\n" for line in lines)


def github_outputs(values: Mapping[str, object]) -> str:
    """What to append to the file that GITHUB_OUTPUT names: `name=value` a line. The values are our own (`outputs`)."""
    return "".join(f"{name}={value}\n" for name, value in values.items())


def _overview(title: str, found: list[Finding]) -> Iterator[Finding]:
    if len(found) > _SHOWN:
        yield Finding(level=found[0].level, code="", title=title, says=overview(found, _SHOWN - 1))


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
