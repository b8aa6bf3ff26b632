"""Asks before anything is bought, and refuses where nobody is there to answer."""

import sys
from collections.abc import Iterable
from typing import Protocol

import click

from reconciler.advice import problem
from reconciler.cli.chosen import Chosen
from reconciler.cli.plan_exits import nothing_read
from reconciler.cli.signals import INTERRUPTED, interruptible
from reconciler.cli.terminal import messages, output
from reconciler.model.errors import NotConfirmed, ServiceError
from reconciler.model.event import GuardLoosened
from reconciler.model.overrides import Override
from reconciler.model.plan import Plan
from reconciler.operations.apply import lifted
from reconciler.rendering.formats.events import event_text
from reconciler.rendering.reports.verdict import to_confirm
from reconciler.rendering.subjects.plans import FORMATS
from reconciler.rendering.view import View


def refuse_without_terminal(*, planned: bool, auto_approve: bool) -> None:
    """Raises NotConfirmed, before anything is read, where nobody is there to say yes."""
    if planned or auto_approve or sys.stdin.isatty():
        return
    raise NotConfirmed(problem("nobody_to_ask"))


class ConfirmOptions(Protocol):
    """The options that decide what is shown and whether a person is asked."""

    @property
    def form(self) -> str:
        """The format on the screen."""

    @property
    def auto_approve(self) -> bool:
        """Returns True if nobody is asked."""

    @property
    def overridden(self) -> tuple[Override, ...]:
        """The limits that are raised or lifted for this run."""

    @property
    def run(self) -> tuple[str, ...]:
        """The command of this run: the arguments after `reconciler`."""


def confirm(plan: Plan, loosened: Iterable[GuardLoosened], options: ConfirmOptions, chosen: Chosen) -> bool:
    """Shows the plan, and the guards that this run has `loosened`, and asks; raises NotConfirmed for any answer but
    yes. Asks nothing where nothing would change. Returns True if the guards were shown where the events are.

    Raises ServiceError where nothing could be read: "nothing to do" would be a lie.
    """
    screen = (output if options.form == "text" else messages)(no_color=chosen.no_color)
    binding = lifted(plan, options.overridden)
    view = View(
        width=screen.width,
        color=screen.color,
        now=plan.created_at,
        next_command=options.run if binding.limits else (),
        this_run=options.run,
        invocation=chosen.invocation,
    )
    screen.write(FORMATS["text"](binding, view))
    if nothing_read(plan):
        raise ServiceError(problem("nothing_read", options=options.run[1:]))
    refused = binding.refusing and binding.changes
    if options.auto_approve or refused or not (binding.ready or binding.rearranges):
        return False
    for guard in loosened:
        screen.write(event_text(guard, chosen.invocation, width=screen.width, color=screen.color))
    messages(no_color=chosen.no_color).say(to_confirm(binding))
    if _answer() != "yes":
        raise NotConfirmed(problem("not_confirmed"))
    return options.form == "text"


def _answer() -> str:
    """Returns what the person typed. A signal at any moment of the prompt ends the run before anything is sent."""
    try:
        with interruptible():
            answer: str = click.prompt("Only yes is taken as yes", default="no", show_default=False, err=True)
    except (click.Abort, KeyboardInterrupt):
        messages(no_color=True).write("\nInterrupted. Nothing was sent.")
        raise click.exceptions.Exit(INTERRUPTED) from None
    return answer.strip()
