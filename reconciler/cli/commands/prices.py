"""`reconciler prices …`."""

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.lazy import Entry, LazyGroup
from reconciler.cli.options import shared
from reconciler.cli.parameters import Choice

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
@click.option(
    "--format",
    "form",
    type=Choice(["text", "json", "github", "azure-devops"]),
    default="text",
    help="How to show it; github and azure-devops annotate the entries without a price [text].",
)
@shared
def check(form: str, chosen: Chosen) -> None:
    """Say of each price sheet of the settings which month, market and currency it is of and how many prices it has, and
    which subscriptions of the estate have no price. Reads files only.
    """
    from reconciler.cli.actions.prices import check

    check(form, chosen)
