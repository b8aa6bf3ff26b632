"""`reconciler show`."""

from pathlib import Path

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.options import format_option, report_option, shared
from reconciler.cli.parameters import File
from reconciler.cli.terminal import output


@click.command()
@click.argument("planfiles", metavar="[PLANFILE]...", nargs=-1, type=File())
@format_option
@report_option()
@shared
def show(planfiles: tuple[Path, ...], form: str, reports: tuple[tuple[str, str], ...], chosen: Chosen) -> None:
    """Show a saved plan, or several as one; without any, what is remembered of every address.

    \b
    reconciler show plan.json
    reconciler show plan.json --format html > plan.html
    reconciler show plan1.json plan2.json --report markdown=comment.md
    reconciler show
    """
    from reconciler import planning
    from reconciler.cli.destinations import refuse_loss
    from reconciler.cli.files import read
    from reconciler.cli.reports import Reports
    from reconciler.cli.state import remembered
    from reconciler.cli.wiring import Wiring
    from reconciler.documents import plan as plan_document
    from reconciler.rendering import FORMATS, plan_outputs, plan_verdict

    if not planfiles and (form not in {"text", "json"} or reports):
        raise click.UsageError("What is remembered is shown as text or json; the other formats are for a plan file.")
    if not planfiles:
        screen = output(no_color=chosen.no_color, forms=(form,))
        screen.write(remembered(Wiring(chosen=chosen).store, form, screen))
        return
    plan = planning.merged([plan_document.load(read(file), str(file)) for file in planfiles])
    refuse_loss(reports, chosen=chosen, read=planfiles)
    told = Reports.readied(form, reports, chosen=chosen)
    command = f"reconciler apply {planfiles[0]}" if len(planfiles) == 1 else None
    told.save(FORMATS, plan, plan_outputs, next_command=command)
    told.show(FORMATS, plan, plan_verdict(plan), next_command=command)
    told.close(FORMATS, plan, plan_outputs, next_command=command)
