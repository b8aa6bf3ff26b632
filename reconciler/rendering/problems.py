"""Errors for people: where, what happened, what to do; and what Microsoft's support asks for first."""

from datetime import UTC

from reconciler.model.errors import Problem, ReconcilerError, ServiceError
from reconciler.model.support import Support
from reconciler.rendering.page import Page
from reconciler.rendering.phrases import count
from reconciler.rendering.prose import write_prose

_ADVICE = 4


def problems_text(error: ReconcilerError, *, width: int = 80, color: bool = False) -> str:
    """Every problem of the error, its place first in the form `file:line:column:` that editors and CI systems link.

    A ServiceError ends with a block to be pasted into a support ticket.
    """
    page = Page(width=width, color=color)
    for problem in error.problems:
        _write_problem(page, problem)
    if len(error.problems) > 1:
        page.gap()
        page.write((f"{count(len(error.problems), 'problem')}.", "bold red"))
    if isinstance(error, ServiceError) and error.support is not None:
        page.gap()
        write_support(page, error.support)
    return page.text()


def waiting_text(problem: Problem, *, width: int = 80, color: bool = False) -> str:
    """What is waited for, and what a person can do about it. No error yet."""
    page = Page(width=width, color=color)
    page.write((problem.what, "dim"))
    write_prose(page, problem.remedy, indent=_ADVICE)
    return page.text()


def write_support(page: Page, support: Support, *, indent: int = 0) -> None:
    """What to give to Microsoft's support; what is not known is left out."""
    page.write(("For a support ticket with Microsoft:", "dim"), indent=indent)
    for label, value in support_fields(support).items():
        page.exact(value, indent=indent + 2, mark=f"{label:<18}", style="")


def support_fields(support: Support) -> dict[str, str]:
    """The labels that support knows, and their values."""
    fields = {
        "Request": f"{support.method} {support.path}".strip(),
        "Status": "" if support.status is None else str(support.status),
        "Time": "" if support.at is None else f"{support.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "MS-RequestId": support.request_id,
        "Our request id": support.sent_request_id,
        "MS-CorrelationId": support.correlation_id,
        "MS-CV": support.ms_cv,
        "MS-ServerId": support.server_id,
        "Trace ID": support.trace_id,
    }
    return {label: value for label, value in fields.items() if value}


def _write_problem(page: Page, problem: Problem) -> None:
    where = "" if problem.where is None else str(problem.where)
    where = "Error" if problem.what.startswith(f"{where} ") else where or "Error"
    for number, words in enumerate(problem.what.splitlines() or [""]):
        if number == 0:
            page.write((f"{where}:", "bold red"), " ", (words, "bold"))
        else:
            page.write(words, indent=_ADVICE)
    if problem.remedy.strip():
        write_prose(page, problem.remedy, indent=_ADVICE)
