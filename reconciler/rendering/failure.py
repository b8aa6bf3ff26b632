"""A run that came to nothing, in the formats that pipelines collect: what went wrong must not look like no news."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from reconciler.model.errors import Problem, ReconcilerError
from reconciler.model.subscription import Place
from reconciler.rendering.azure_devops import issues
from reconciler.rendering.commonmark import placed, words
from reconciler.rendering.findings import Finding, Level, guard
from reconciler.rendering.github import annotations
from reconciler.rendering.guards import guards_text
from reconciler.rendering.junit import Head, report
from reconciler.rendering.markdown import footer, guards, marker
from reconciler.rendering.markdown_advice import inline
from reconciler.rendering.phrases import count
from reconciler.rendering.problems import problems_text
from reconciler.rendering.safe import defused
from reconciler.rendering.view import View

_LISTED = 50
"""How many problems a comment lists; the rest are counted."""


_NOT_BEGUN = "Nothing was sent. Correct this, and run it again."
_BEGUN = "What was sent before this is recorded in state. Correct this, and plan again."
_CAME_TO = {"plan": "There is no plan", "apply": "Apply began nothing"}


def _says(error: ReconcilerError, view: View) -> str:
    came_to = "Apply was broken off" if view.begun else _CAME_TO[view.kind]
    return f"{came_to}: {count(len(error.problems), 'problem')}"


def _findings(error: ReconcilerError, view: View) -> list[Finding]:
    problems = [
        Finding(
            level=Level.ERROR,
            code="",
            title="reconciler" if one.where is None or isinstance(one.where, Place) else str(one.where),
            says=one.what,
            lines=tuple(one.remedy.splitlines()),
            place=one.where if isinstance(one.where, Place) else None,
        )
        for one in error.problems
    ]
    return [*map(guard, view.notices), *problems]


def _text(error: ReconcilerError, view: View, _: datetime) -> str:
    first = guards_text(view.notices, width=view.width, color=view.color) if view.notices else ""
    return f"{first}{problems_text(error, width=view.width, color=view.color)}"


def _markdown(error: ReconcilerError, view: View, _: datetime) -> str:
    shown = "".join(f"- {_item(one, view)}\n" for one in error.problems[:_LISTED])
    left = len(error.problems) - _LISTED
    more = f"\n**{left} more are not shown here.**\n" if left > 0 else ""
    title = f"{words(view.name)}: " if view.name else ""
    return defused(
        f"{marker(view)}\n{''.join(guards(view.notices, view))}## {title}{words(_says(error, view))}\n\n"
        f"> [!CAUTION]\n> {_BEGUN if view.begun else _NOT_BEGUN}\n\n{shown}{more}\n{footer(view)}"
    )


def _item(problem: Problem, view: View) -> str:
    where = problem.where
    at = f"{placed(where, view)}: " if isinstance(where, Place) else f"{words(str(where))}: " if where else ""
    remedy = f"<br>\n  {inline(problem.remedy)}" if problem.remedy.strip() else ""
    return f"{at}**{words(problem.what)}**{remedy}"


def _github(error: ReconcilerError, view: View, _: datetime) -> str:
    return annotations(f"reconciler {view.kind}", _says(error, view), _findings(error, view), view)


def _azure_devops(error: ReconcilerError, view: View, _: datetime) -> str:
    return issues(_says(error, view), _findings(error, view), view)


def _junit(error: ReconcilerError, view: View, at: datetime) -> str:
    return report(
        Head(name=f"reconciler {view.kind}", case=view.kind, says=_says(error, view), at=at),
        _findings(error, view),
        view,
    )


def _unwritten(problems: Iterable[Problem], view: View) -> tuple[str, list[Finding]]:
    found = [
        Finding(
            level=Level.WARNING,
            code="",
            title=f"reconciler {view.kind}: a report is missing",
            says=f"{problem.where}: {problem.what}" if problem.where else problem.what,
        )
        for problem in problems
    ]
    return f"{count(len(found), 'report is', 'reports are')} missing", found


UNWRITTEN: Mapping[str, Callable[[Iterable[Problem], View], str]] = {
    "github": lambda problems, view: annotations(f"reconciler {view.kind}", *_unwritten(problems, view), view),
    "azure-devops": lambda problems, view: issues(*_unwritten(problems, view), view),
}
"""The formats that name reports that could not be written."""


FAILED: Mapping[str, Callable[[ReconcilerError, View, datetime], str]] = {
    "text": _text,
    "markdown": _markdown,
    "github": _github,
    "azure-devops": _azure_devops,
    "junit": _junit,
}
"""The formats that can say that there is no plan; a document that is a plan can't."""
