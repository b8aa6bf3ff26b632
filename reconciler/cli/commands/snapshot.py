"""`reconciler snapshot`."""

from pathlib import Path

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.options import parallelism_option, shared
from reconciler.cli.parameters import Choice, File


@click.command()
@click.argument("file", type=File())
@click.option(
    "--upgrades",
    type=Choice(["differing", "all"]),
    default="differing",
    help="Of which subscriptions to save the upgrades [differing: where the manifests ask for another offer].",
)
@parallelism_option
@shared
def snapshot(file: Path, upgrades: str, parallelism: int | None, chosen: Chosen) -> int:
    """Save the live state of the estate's customers, and what state remembers of them, to plan from elsewhere.

    `plan --snapshot FILE` then needs no sign-in, no network and no state location: for pull requests from forks, and
    for laptops. It holds no secret and nobody's name, but it does hold what your customers have: treat it as such.
    `--upgrades all` asks once for every active subscription, so that changes written after the snapshot can be planned.

    \b
    reconciler snapshot snapshot.json --upgrades all
    reconciler plan --snapshot snapshot.json
    """
    from reconciler.cli.actions.snapshot import snapshot

    return snapshot(file, parallelism, chosen, every_upgrade=upgrades == "all")
