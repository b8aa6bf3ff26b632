"""`reconciler renewals`."""

from typing import Any

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.completing import customers
from reconciler.cli.duration import days_option
from reconciler.cli.options import exclude_option, parallelism_option, report_option, shared, targets
from reconciler.cli.parameters import Choice, File

FORMATS = ("text", "json", "markdown", "html", "csv", "ics")


@click.command()
@days_option
@click.option(
    "--customer", metavar="NAME", shell_complete=customers, help="Only this customer, or those with label:NAME."
)
@targets
@exclude_option
@click.option("--all", "routine", is_flag=True, help="List the plain renewals of monthly terms too.")
@click.option("--snapshot", metavar="FILE", type=File(), help="From a snapshot: no sign-in, no network.")
@click.option(
    "--format",
    "form",
    type=Choice(FORMATS),
    default="text",
    help="How to show it; markdown is made for an issue, ics for a calendar [text].",
)
@report_option(FORMATS)
@parallelism_option
@shared
def renewals(chosen: Chosen, **given: Any) -> int:
    """Show which terms end, by date: what renews, ends, lapses or turns paid, with how many seats, and until when that
    can be changed.

    Made to run on a schedule: it exits with 2 where anything needs you: a renewal that is not what the manifest asks
    for, say, or a task that an earlier change left. Plain renewals need nobody; those of monthly terms are counted on a
    line. Reads each customer once, and writes nothing.

    CUSTOMER is short for --target CUSTOMER.

    \b
    reconciler renewals
    reconciler renewals contoso
    reconciler renewals --within 14d --customer label:emea
    reconciler renewals --format markdown --report ics=renewals.ics > issue.md
    """
    from reconciler.cli.actions.renewals import RenewalsOptions, renewals

    return renewals(RenewalsOptions(**given), chosen)
