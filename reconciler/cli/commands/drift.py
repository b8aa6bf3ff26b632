"""`reconciler drift`."""

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.options import brief_option, exclude_option, parallelism_option, shared, targets
from reconciler.cli.parameters import Choice


@click.command()
@click.option(
    "--format",
    "form",
    type=Choice(["text", "json", "markdown", "brief", "csv"]),
    default="text",
    help="How to show it; markdown is made for an issue [text].",
)
@brief_option
@targets
@exclude_option
@parallelism_option
@shared
def drift(form: str, target: tuple[str, ...], exclude: tuple[str, ...], parallelism: int | None, chosen: Chosen) -> int:
    """Show what changed outside since state last saw it, by whom, and which live subscriptions no manifest declares.

    Made to run on a schedule: it exits with 2 where there is anything to look at, with 0 where there is nothing. Reads
    each customer once, and writes nothing: what it shows stays until an apply records it, or a manifest declares it.

    CUSTOMER is short for --target CUSTOMER. Of a part of the estate only that part is read and compared; customers that
    no manifest declares are named only for the whole of it.

    \b
    reconciler drift
    reconciler drift contoso
    reconciler drift --target label:emea --exclude 'contoso/*'
    reconciler drift --format markdown > issue.md
    """
    from reconciler.cli.actions.drift import drift

    return drift(form, target, exclude, parallelism, chosen)
