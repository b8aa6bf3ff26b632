"""The formats by the names that `--format` and `--report` take: each paints any report.

A format's libraries are loaded when it is needed, so that a page on a terminal waits for no web page's.
"""

from collections.abc import Callable, Mapping
from importlib import import_module

from reconciler.rendering.report import Report
from reconciler.rendering.view import View

Paint = Callable[[Report, View], str]


def paint(form: str, report: Report, view: View) -> str:
    """The report in a format."""
    painter: Paint = getattr(import_module(f"reconciler.rendering.formats.{_PAINTERS[form]}"), _PAINTERS[form])
    return painter(report, view)


_PAINTERS: Mapping[str, str] = {
    "text": "text",
    "markdown": "markdown",
    "html": "html",
    "github": "github",
    "azure-devops": "azure_devops",
    "junit": "junit",
    "sarif": "sarif",
    "brief": "brief",
    "csv": "spreadsheet",
}
"""The module of each format, and its function of the same name."""
