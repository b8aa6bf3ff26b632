"""`reconciler state …`."""

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.completing import customers, tracked
from reconciler.cli.lazy import Entry, LazyGroup
from reconciler.cli.options import shared
from reconciler.cli.parameters import Choice

COMMANDS = {
    "list": Entry("reconciler.cli.commands.state:list_", "Every address, and the subscription it means."),
    "show": Entry("reconciler.cli.commands.state:show_one", "One address: its chain, what is pending, its results."),
    "mv": Entry("reconciler.cli.commands.surgery:move", "Rename an address."),
    "pull": Entry("reconciler.cli.commands.state:pull", "Print the state as it is stored."),
    "push": Entry("reconciler.cli.commands.surgery:push", "Put back a state that could not be written."),
    "resolve": Entry("reconciler.cli.commands.surgery:resolve", "Settle a change whose outcome is unknown."),
}


@click.group("state", cls=LazyGroup, commands_at=COMMANDS)
@shared
@click.pass_context
def state(ctx: click.Context, chosen: Chosen) -> None:
    """Show and repair the state. Nothing here writes to the service.

    \b
    reconciler state list
    reconciler state show contoso/office
    reconciler state mv contoso/office contoso/headquarters
    reconciler state resolve contoso/office --not-done
    """
    ctx.obj = chosen


@click.command("list")
@click.option(
    "--format", "form", type=Choice(["text", "json", "brief", "csv"]), default="text", help="How to show it [text]."
)
@click.option("--brief", "form", flag_value="brief", help="One line per address, to search, whatever its length.")
@shared
def list_(form: str, chosen: Chosen) -> None:
    """Every address, the subscription it means, and how its last change ended.

    \b
    reconciler state list
    reconciler state list --brief | grep 'E3'
    reconciler state list --format csv > state.csv
    """
    from reconciler.cli.actions.state import list_addresses

    list_addresses(form, chosen)


@click.command("show")
@click.argument("address", shell_complete=tracked)
@shared
def show_one(address: str, chosen: Chosen) -> None:
    """One address: every subscription it has meant, what is pending, its results."""
    from reconciler.cli.actions.state import show_address

    show_address(address, chosen)


@click.command()
@click.argument("customer", required=False, shell_complete=customers)
@shared
def pull(customer: str | None, chosen: Chosen) -> None:
    """Print a customer's state as it is stored; without CUSTOMER, all of it as one JSON object by customer."""
    from reconciler.cli.actions.state import pull

    pull(customer, chosen)
