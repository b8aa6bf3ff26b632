"""Errors as a person reads them."""

import traceback

from reconciler.advice import problem
from reconciler.cli.terminal import messages
from reconciler.model.errors import ReconcilerError
from reconciler.model.invocation import Invocation
from reconciler.rendering.reports.failure import problems_report


def show_error(error: Exception, invocation: Invocation, *, no_color: bool) -> int:
    """Says what went wrong on stderr, with commands of advice under the flags in force; returns the exit code with
    which it ends the program.
    """
    messages(no_color=no_color).show(problems_report(known(error)), invocation)
    return known(error).exit_code


def known(error: Exception) -> ReconcilerError:
    """The error, or the fault of this program that it is."""
    return error if isinstance(error, ReconcilerError) else _own_fault(error)


def _own_fault(error: Exception) -> ReconcilerError:
    """A fault of this program: where it happened, for a report, and nothing of what it was working on."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return ReconcilerError(problem("fault", error=type(error).__name__, function=last.name, line=last.lineno))
