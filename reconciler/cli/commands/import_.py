"""`reconciler import`."""

from typing import Any

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.completing import tenants
from reconciler.cli.options import parallelism_option, shared
from reconciler.cli.parameters import Folder


@click.command("import")
@click.option(
    "--customer",
    "customers",
    metavar="TENANT",
    multiple=True,
    shell_complete=tenants,
    help="This customer; may be repeated.",
)
@click.option("--all", "everyone", is_flag=True, help="Every customer of the partner.")
@click.option(
    "--into",
    metavar="DIR",
    type=Folder(),
    help="Where to write [the estate's manifests].",
)
@click.option("--overwrite", is_flag=True, help="Replace manifests that say something else.")
@parallelism_option
@shared
def import_(chosen: Chosen, **given: Any) -> int:
    """Write manifests and offers.yaml from live subscriptions, a file for each customer. A plan right after is empty.

    Customers, subscriptions and offers that are declared already keep their names. What can't be declared stands in a
    comment, with the reason; a customer who has nothing gets no file. Run again, it writes the same bytes; a manifest
    that says something else is kept unless --overwrite is given. Nothing is sent but reads.

    \b
    reconciler import --customer c8faf55f-096c-48e5-b657-816d1edd2c3b
    reconciler import --all --into manifests
    """
    from reconciler.cli.actions.import_ import ImportOptions, import_

    return import_(ImportOptions(**given), chosen)
