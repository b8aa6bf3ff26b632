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
@click.option("--overwrite", is_flag=True, help="Replace manifest values that differ from live ones.")
@click.option("--new-only", is_flag=True, help="Add what nothing declares, and touch no entry that is there.")
@click.option("--update-ids", is_flag=True, help="Write the ids of today for those from before an upgrade.")
@parallelism_option
@shared
def import_(chosen: Chosen, **given: Any) -> int:
    """Merge live subscriptions into the manifests and offers.yaml. A plan right after a first import is empty.

    What nothing declares is added, with a file for each new customer; what can't be declared stands there in a comment.
    Entries that are there stay as they are, but for values that somebody changed at the service since the last apply.
    What they ask for and is not live is listed, and stays unless --overwrite is given. Comments and order stay. Nothing
    is sent but reads.

    \b
    reconciler import --customer c8faf55f-096c-48e5-b657-816d1edd2c3b
    reconciler import --all --into manifests
    reconciler import --all --new-only
    """
    from reconciler.cli.actions.import_ import ImportOptions, import_

    return import_(ImportOptions(**given), chosen)
