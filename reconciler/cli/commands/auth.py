"""`reconciler auth …`."""

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.lazy import Entry, LazyGroup
from reconciler.cli.options import shared

COMMANDS = {
    "check": Entry("reconciler.cli.commands.auth:check", "Show who is signed in, and what that allows."),
    "login": Entry("reconciler.cli.commands.auth:login", "Sign in on this machine, in a browser anywhere."),
}


@click.group("auth", cls=LazyGroup, commands_at=COMMANDS)
@shared
@click.pass_context
def auth(ctx: click.Context, chosen: Chosen) -> None:
    """Show who is signed in to Partner Center, and what that allows.

    \b
    reconciler auth check
    reconciler auth login --cloud worldwide
    """
    ctx.obj = chosen


@click.command()
@shared
def check(chosen: Chosen) -> None:
    """Sign in, show for whom the token speaks, what it allows and until when, and ask Partner Center whether it agrees.

    Changes nothing: it reads one page of the customers.
    """
    from reconciler.cli.actions.auth import check

    check(chosen)


@click.command()
@shared
def login(chosen: Chosen) -> None:
    """Sign in as a person, with a code that you enter in a browser anywhere. The sign-in is kept on this machine.

    \b
    reconciler auth login --cloud china
    """
    from reconciler.cli.actions.auth import login

    login(chosen)
