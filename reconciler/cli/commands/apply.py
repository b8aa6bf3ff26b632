"""`reconciler apply`."""

from typing import Any

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.duration import lock_timeout_option
from reconciler.cli.figures import Number
from reconciler.cli.options import (
    APPLY_FORMATS,
    accept_option,
    blocked_option,
    exclude_option,
    parallelism_option,
    report_option,
    shard_option,
    shared,
    target_option,
)
from reconciler.cli.parameters import Choice, File, LimitOverride


@click.command()
@click.argument("planfile", required=False, type=File())
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option("--settle", is_flag=True, help="Only settle what is pending: begin nothing, ask nothing.")
@click.option(
    "--approved",
    "reviewed",
    metavar="PLANFILE",
    type=File(),
    help="Plan afresh, and carry out only what this reviewed plan has too.",
)
@click.option(
    "--also-reviewed",
    metavar="PLANFILE",
    type=File(),
    multiple=True,
    help="Another request's reviewed plan: leave what it has to its own job; may be repeated.",
)
@click.option("--format", "form", type=Choice(["text", "json"]), default="text", help="json: one event a line.")
@report_option(APPLY_FORMATS)
@click.option(
    "--override-limit",
    "overridden",
    type=LimitOverride(),
    multiple=True,
    help="Raise this limit to VALUE for this run, or lift it; may be repeated.",
)
@click.option(
    "--license-report",
    metavar="FILE",
    type=File(),
    help="Users whose licences did not move (.csv or .json). Personal data.",
)
@target_option
@exclude_option
@accept_option
@click.option(
    "--canary",
    "canaries",
    type=Number(1),
    metavar="N",
    envvar="RECONCILER_CANARY",
    help="Finish the first N customers that have changes; go on only if all went well there.",
)
@click.option(
    "--stop-after-failures",
    type=Number(1),
    metavar="N",
    envvar="RECONCILER_STOP_AFTER_FAILURES",
    help="Begin nothing new after N failures [5].",
)
@shard_option
@blocked_option
@parallelism_option
@lock_timeout_option
@shared
def apply(chosen: Chosen, **given: Any) -> int:
    """Carry out a saved plan; or plan, show, ask, and apply. Every change is recorded before and after it is sent.

    \b
    reconciler apply                       plan, show, ask, apply
    reconciler apply plan.json             exactly that plan
    reconciler apply --approved plan.json  what was reviewed, planned afresh
    reconciler apply --auto-approve        in a pipeline that needs no saved plan
    reconciler apply --settle              settle what has an unknown outcome
    """
    from reconciler.cli.actions.apply import ApplyOptions, apply

    return apply(ApplyOptions(**given), chosen)
