"""`reconciler validate`."""

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.options import shared


@click.command()
@shared
def validate(chosen: Chosen) -> None:
    """Check the manifests: every problem in one run, each with its place. No network, no credentials.

    \b
    reconciler validate
    reconciler -m estates/china validate
    """
    from reconciler.cli.actions.validate import validate

    validate(chosen)
