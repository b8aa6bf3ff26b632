"""`reconciler fmt`."""

from pathlib import Path

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.options import shared


@click.command()
@click.argument("files", metavar="[FILE...]", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; exit with 2 where a file would be written otherwise.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would be written otherwise.")
@shared
def fmt(files: tuple[Path, ...], check: bool, diff: bool, chosen: Chosen) -> int:
    """Lay out the manifests in one way: these files or folders, or the whole estate. The files that differ are listed.

    Two blanks for each level of keys, lists, texts and comments, one behind a dash, none at the end of a line, line
    feeds. Order, quotation marks, what stands in braces and the meaning stay as they are, and each comment stays with
    its entry.

    \b
    reconciler fmt
    reconciler fmt --check
    reconciler fmt manifests/contoso.yaml --diff
    """
    from reconciler.cli.actions.fmt import fmt

    return fmt(files, check=check, diff=diff, chosen=chosen)
