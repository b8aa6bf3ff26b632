"""`reconciler prices …`."""

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.lazy import Entry, LazyGroup
from reconciler.cli.options import shared

COMMANDS = {
    "check": Entry("reconciler.cli.commands.prices:check", "Say what price sheets are of, and what has no price."),
}


@click.group("prices", cls=LazyGroup, commands_at=COMMANDS)
@shared
@click.pass_context
def prices(ctx: click.Context, chosen: Chosen) -> None:
    """Price sheets: what the partner pays. `reconciler guide costs` says where they come from.

    \b
    reconciler prices check
    """
    ctx.obj = chosen


@click.command()
@shared
def check(chosen: Chosen) -> None:
    """Say of each price sheet of the settings which month, market and currency it is of and how many prices it has, and
    which subscriptions of the estate have no price. Reads files only.
    """
    from reconciler.cli.actions.prices import check

    check(chosen)
