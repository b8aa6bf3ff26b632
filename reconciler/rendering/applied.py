"""What an apply did, as one report when it has ended: the same happenings as its stream of events."""

from collections.abc import Callable, Mapping

from reconciler.rendering.applied_findings import Happened, applied_findings, ended
from reconciler.rendering.applied_markdown import applied_markdown
from reconciler.rendering.azure_devops import issues
from reconciler.rendering.events import event_json, event_text
from reconciler.rendering.github import annotations
from reconciler.rendering.junit import Head, report
from reconciler.rendering.view import View

_TITLE = "reconciler apply"


def _text(events: Happened, view: View) -> str:
    return "".join(event_text(event, width=view.width, color=view.color) for event in events)


def _json(events: Happened, _: View) -> str:
    return "".join(map(event_json, events))


def _github(events: Happened, view: View) -> str:
    return annotations(_TITLE, ended(events), applied_findings(events), view)


def _azure_devops(events: Happened, view: View) -> str:
    return issues(ended(events), applied_findings(events), view)


def _junit(events: Happened, view: View) -> str:
    head = Head(name=_TITLE, case="apply", says=ended(events), at=events[-1].at)
    return report(head, applied_findings(events), view)


APPLIED: Mapping[str, Callable[[Happened, View], str]] = {
    "text": _text,
    "json": _json,
    "markdown": applied_markdown,
    "github": _github,
    "azure-devops": _azure_devops,
    "junit": _junit,
}
"""The formats in which an apply reports what it did. The stream must not be empty."""
