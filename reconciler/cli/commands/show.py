"""`reconciler show`."""

from typing import Any

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.options import brief_option, format_option, mails_option, report_option, shared
from reconciler.cli.parameters import File


@click.command()
@click.argument("planfiles", metavar="[PLANFILE]...", nargs=-1, type=File())
@format_option
@brief_option
@report_option()
@mails_option
@shared
def show(chosen: Chosen, **given: Any) -> None:
    """Show a saved plan, or several as one; without any, the state of every address.

    \b
    reconciler show plan.json
    reconciler show plan.json --format html > plan.html
    reconciler show plan1.json plan2.json --report markdown=comment.md
    reconciler show
    """
    from reconciler.cli.actions.show import ShowOptions, show

    show(ShowOptions(**given), chosen)
