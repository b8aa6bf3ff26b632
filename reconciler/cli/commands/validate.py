"""`reconciler validate`."""

from pathlib import Path

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.options import shared
from reconciler.cli.parameters import Choice


@click.command()
@click.argument("files", metavar="[FILE...]", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=Choice(["text", "json", "github", "azure-devops"]),
    default="text",
    help="How to show it; github and azure-devops annotate the lines [text].",
)
@shared
def validate(files: tuple[Path, ...], form: str, chosen: Chosen) -> int:
    """Check the manifests: every problem in one run, each with its place. No network, no credentials.

    With FILEs or folders only what concerns them is shown. The estate that they are part of is read as a whole.

    \b
    reconciler validate
    reconciler validate manifests/contoso.yaml --format github
    reconciler -m estates/china validate
    """
    from reconciler.cli.actions.validate import validate

    return validate(files, form, chosen)
