"""`reconciler history`."""

from datetime import datetime

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.completing import customers
from reconciler.cli.figures import UtcTime
from reconciler.cli.options import shared
from reconciler.cli.parameters import Choice


@click.command()
@click.argument("named", metavar="[CUSTOMER]", required=False, shell_complete=customers)
@click.option("--since", type=UtcTime(), help="Only what was finished since this day (UTC).")
@click.option(
    "--customer", metavar="NAME", shell_complete=customers, help="Only this customer, by its name in the manifests."
)
@click.option("--format", "form", type=Choice(["text", "json", "csv"]), default="text", help="How to show it [text].")
@shared
def history(named: str | None, since: datetime | None, customer: str | None, form: str, chosen: Chosen) -> None:
    """Show what was applied: when, which address, what it changed, how it ended, by which run and commit, and with
    which request ids.

    Reads the state location alone, which keeps every result for ever. Nobody needs to sign in.

    CUSTOMER is short for --customer CUSTOMER.

    \b
    reconciler history contoso
    reconciler history --since 2027-03-01
    reconciler history --since 2027-03-01 --format csv > march.csv
    """
    from reconciler.cli.actions.history import history

    if named and customer and named != customer:
        raise click.UsageError("Give CUSTOMER or --customer, not both.")
    history(since, customer or named, form, chosen)
