"""`reconciler set` and `reconciler accept`: edits of manifests by command."""

from typing import Any

import click

from reconciler.cli import completing
from reconciler.cli.chosen import Chosen
from reconciler.cli.figures import Day, QuantityText
from reconciler.cli.options import parallelism_option, shared
from reconciler.cli.parameters import Choice

_dry_run = click.option("--dry-run", is_flag=True, help="Show the edits as a diff, and write nothing.")


@click.command("set")
@click.argument("addresses", metavar="ADDRESS...", nargs=-1, required=True, shell_complete=completing.globs)
@click.option("--quantity", type=QuantityText(), help="So many seats, or so many more or fewer than declared.")
@click.option("--offer", metavar="NAME", help="A name of offers.yaml, or an offer id.")
@click.option(
    "--fewer-seats",
    type=Choice(["refuse", "at_renewal", "now", "once", "once_at_renewal"]),
    help="What fewer seats may do. once: this removal only, {to: QUANTITY}.",
)
@click.option("--until", type=Day(), metavar="DATE", help="With once: the last day of the permission.")
@click.option("--term", type=Choice(["monthly", "annual", "triennial"]), help="The length of the commitment.")
@click.option("--billing", type=Choice(["monthly", "annual", "triennial"]), help="The time between two charges.")
@click.option("--change-term", type=Choice(["at_renewal", "now"]), help="When another term or billing takes effect.")
@click.option("--renew", type=Choice(["auto", "end"]), help="What happens when the term ends.")
@click.option("--license-transfer", type=Choice(["required", "preferred", "never"]), help="Of users, with an upgrade.")
@click.option("--from-live", is_flag=True, help="As each subscription is, and is scheduled to be.")
@_dry_run
@shared
def set_(chosen: Chosen, **given: Any) -> None:
    """Edit the entry of each ADDRESS (globs, a customer, or label:NAME) in its manifest.

    Everything else in the file stays as it is, comments and order among it. What `validate` would refuse is refused.
    Nothing is sent: plan afterwards.

    \b
    reconciler set contoso/office --quantity 30
    reconciler set 'contoso/*' --quantity +10% --dry-run
    reconciler set contoso/office --quantity 8 --fewer-seats once
    reconciler set contoso/office --from-live
    """
    from reconciler.cli.actions.editing import SetOptions, set_values

    set_values(SetOptions(**given), chosen)


@click.command()
@click.argument("addresses", metavar="[ADDRESS...]", nargs=-1, shell_complete=completing.globs)
@_dry_run
@parallelism_option
@shared
def accept(addresses: tuple[str, ...], dry_run: bool, parallelism: int | None, chosen: Chosen) -> int:
    """Write what was changed outside into the manifests, so that they ask for it: of each ADDRESS, or of all drift.

    \b
    reconciler accept
    reconciler accept contoso/office --dry-run
    """
    from reconciler.cli.actions.editing import accept

    return accept(addresses, dry_run=dry_run, parallelism=parallelism, chosen=chosen)
