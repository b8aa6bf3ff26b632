"""`reconciler plan`."""

from typing import Any

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.options import (
    accept_option,
    blocked_option,
    brief_option,
    exclude_option,
    format_option,
    mails_option,
    parallelism_option,
    report_option,
    shard_option,
    shared,
    since_option,
    targets,
)
from reconciler.cli.parameters import File, Folder


@click.command()
@click.option("--out", metavar="FILE", type=File(), help="Save the plan for apply.")
@format_option
@brief_option
@report_option()
@mails_option
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 where changes are planned.")
@click.option(
    "--snapshot",
    metavar="FILE",
    type=File(),
    help="Plan from a snapshot: no sign-in, no network, no state location.",
)
@click.option(
    "--recent",
    metavar="DIR",
    type=Folder(),
    help="Read only customers that changed since the newest snapshot in DIR.",
)
@targets
@exclude_option
@shard_option
@since_option
@accept_option
@blocked_option
@parallelism_option
@shared
def plan(chosen: Chosen, **given: Any) -> int:
    """Show what apply would do, and what is blocked, why, and who must act. Writes nothing to the service or to state.

    CUSTOMER is short for --target CUSTOMER.

    --recent takes a customer from the snapshot, and reads it only if it may have changed: the service's log names it,
    a term or trial of it ends by tomorrow, a change of it is pending or was applied since, or the plan has something
    to say about it. Where the log can't be read, all customers are read: see `reconciler guide snapshots`.

    \b
    reconciler plan
    reconciler plan contoso
    reconciler plan --brief | grep blocked
    reconciler plan --target contoso --target 'fabrikam/*'
    reconciler plan --changed-since origin/main --report markdown=comment.md
    reconciler plan --out plan.json --detailed-exitcode --blocked warn
    reconciler plan --snapshot snapshot.json
    reconciler plan --recent snapshots
    """
    from reconciler.cli.actions.plan import PlanOptions, plan

    return plan(PlanOptions(**given), chosen)
