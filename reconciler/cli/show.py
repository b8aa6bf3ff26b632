"""`reconciler show`."""

from pathlib import Path

import click

from reconciler.cli.options import Chosen, format_option, shared
from reconciler.cli.terminal import output


@click.command()
@click.argument("planfile", required=False, type=click.Path(dir_okay=False, path_type=Path))
@format_option
@shared
def show(planfile: Path | None, form: str, chosen: Chosen) -> None:
    """Show a saved plan; without one, what is remembered of every address.

    \b
    reconciler show plan.json
    reconciler show
    """
    from reconciler import plan_file
    from reconciler.cli.files import read
    from reconciler.cli.state import remembered
    from reconciler.cli.wiring import Wiring
    from reconciler.rendering import FORMATS, View

    screen = output(no_color=chosen.no_color)
    if planfile is None and form not in {"text", "json"}:
        raise click.UsageError("What is remembered is shown as text or json; the other formats are for a plan file.")
    if planfile is None:
        screen.write(remembered(Wiring(chosen=chosen).store, form, screen))
        return
    plan = plan_file.load(read(planfile), str(planfile))
    command = f"reconciler apply {planfile}"
    screen.write(FORMATS[form](plan, View(width=screen.width, color=screen.color, next_command=command)))
