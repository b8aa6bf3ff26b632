"""Errors as a person reads them."""

import traceback

from reconciler.advice import problem
from reconciler.cli.terminal import messages
from reconciler.model.errors import ReconcilerError
from reconciler.rendering.reports.failure import problems_report


def show_error(error: Exception, *, no_color: bool) -> int:
    """Says what went wrong on stderr; the exit code it ends the program with."""
    here = messages(no_color=no_color)
    here.show(problems_report(known(error)), known(error).invocation)
    return known(error).exit_code


def known(error: Exception) -> ReconcilerError:
    """The error, or the fault of this program that it is."""
    return error if isinstance(error, ReconcilerError) else _own_fault(error)


def _own_fault(error: Exception) -> ReconcilerError:
    """A fault of this program: where it happened, for a report, and nothing of what it was working on."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return ReconcilerError(problem("fault", error=type(error).__name__, function=last.name, line=last.lineno))
