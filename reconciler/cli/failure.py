"""Errors as a person reads them."""

import traceback

from reconciler.cli.terminal import messages
from reconciler.model.errors import Problem, ReconcilerError
from reconciler.rendering import problems_text


def told(error: Exception, *, no_color: bool) -> int:
    """Says what went wrong on stderr; the exit code it ends the program with."""
    here = messages(no_color=no_color)
    here.write(problems_text(known(error), width=here.width, color=here.color))
    return known(error).exit_code


def known(error: Exception) -> ReconcilerError:
    """The error, or the fault of this program that it is."""
    return error if isinstance(error, ReconcilerError) else _own_fault(error)


def _own_fault(error: Exception) -> ReconcilerError:
    """A fault of this program: where it happened, for a report, and nothing of what it was working on."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return ReconcilerError(
        Problem(
            where=None,
            what=f"This is a fault in reconciler: {type(error).__name__} at {last.name}, line {last.lineno}.",
            remedy="Report it with this line and the command. State holds what was done; what is left to do:\n"
            "reconciler plan",
        )
    )
