"""`reconciler explain`."""

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.completing import codes
from reconciler.cli.options import shared


@click.command()
@click.argument("code", required=False, shell_complete=codes)
@shared
def explain(code: str | None, chosen: Chosen) -> None:
    """Explain a code: what it means, who must act, what to do, whether waiting helps. Without CODE, list them all.

    \b
    reconciler explain delegated_admin_permissions_disabled
    reconciler explain 1
    reconciler explain 20002
    reconciler explain 403/20002
    """
    from reconciler.cli.actions.explain import explain

    explain(code, chosen)
