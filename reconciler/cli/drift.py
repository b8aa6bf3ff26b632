"""`reconciler drift`."""

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.options import parallelism_option, shared
from reconciler.cli.parameters import Choice
from reconciler.cli.terminal import output


@click.command()
@click.option(
    "--format",
    "form",
    type=Choice(["text", "json", "markdown"]),
    default="text",
    help="How to show it; markdown is made for an issue [text].",
)
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
    from reconciler.cli.signals import ending_at_once
    from reconciler.cli.wiring import Wiring
    from reconciler.model.errors import worst
    from reconciler.operations.drift import find_drift
    from reconciler.rendering import View
    from reconciler.rendering.drift import DRIFT_FORMATS

    with ending_at_once(), Wiring(chosen=chosen, parallelism=parallelism).workspace() as workspace:
        report = find_drift(workspace)
    screen = output(no_color=chosen.no_color, forms=(form,))
    screen.write(DRIFT_FORMATS[form](report, View(width=screen.width, color=screen.color, now=report.created_at)))
    return worst(({1} if report.unread else set()) | ({2} if report.found else set()))
