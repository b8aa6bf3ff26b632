"""The formats of a plan by the names that `--format` and `--report` take: one function each, all of the same value.

A format's libraries are loaded when it is asked for, so that a plan on a terminal waits for no web page's.
"""

from collections.abc import Callable, Mapping

from reconciler.documents.plan import dump as plan_json
from reconciler.model.plan import Plan
from reconciler.rendering.text import plan_text
from reconciler.rendering.view import View

Format = Callable[[Plan, View], str]


def _text(plan: Plan, view: View) -> str:
    return plan_text(plan, width=view.width, color=view.color, now=view.now, next_command=view.next_command)


def _json(plan: Plan, _: View) -> str:
    return plan_json(plan)


def _markdown(plan: Plan, view: View) -> str:
    from reconciler.rendering.markdown import plan_markdown

    return plan_markdown(plan, view)


def _html(plan: Plan, view: View) -> str:
    from reconciler.rendering.html_page import plan_html

    return plan_html(plan, view)


def _github(plan: Plan, view: View) -> str:
    from reconciler.rendering.github import plan_github

    return plan_github(plan, view)


def _azure_devops(plan: Plan, view: View) -> str:
    from reconciler.rendering.azure_devops import plan_azure_devops

    return plan_azure_devops(plan, view)


def _junit(plan: Plan, view: View) -> str:
    from reconciler.rendering.junit import plan_junit

    return plan_junit(plan, view)


def _sarif(plan: Plan, view: View) -> str:
    from reconciler.rendering.sarif import plan_sarif

    return plan_sarif(plan, view)


FORMATS: Mapping[str, Format] = {
    "text": _text,
    "json": _json,
    "markdown": _markdown,
    "html": _html,
    "github": _github,
    "azure-devops": _azure_devops,
    "junit": _junit,
    "sarif": _sarif,
}
"""Every format, in the order in which help lists them."""
