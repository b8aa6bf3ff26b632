"""`reconciler drift`."""

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.options import brief_option, parallelism_option, shared
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
@parallelism_option
@shared
def drift(form: str, parallelism: int | None, chosen: Chosen) -> int:
    """Show what changed outside since state last saw it, by whom, and which live subscriptions no manifest declares.

    Made to run on a schedule: it exits with 2 where there is anything to look at, with 0 where there is nothing. Reads
    each customer once, and writes nothing: what it shows stays until an apply records it, or a manifest declares it.

    \b
    reconciler drift
    reconciler drift --format markdown > issue.md
    """
    from reconciler.cli.actions.drift import drift

    return drift(form, parallelism, chosen)
