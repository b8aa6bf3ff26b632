"""`reconciler snapshot`."""

from pathlib import Path

import click

from reconciler.cli.chosen import Chosen, again
from reconciler.cli.options import parallelism_option, shared
from reconciler.cli.parameters import Choice, File
from reconciler.cli.terminal import messages, output


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
    from reconciler import snapshot as snapshots
    from reconciler.cli.destinations import refuse_loss
    from reconciler.cli.files import check, write
    from reconciler.cli.signals import ending_at_once
    from reconciler.cli.wiring import Wiring
    from reconciler.operations.snapshot import take_snapshot
    from reconciler.rendering import visible

    refuse_loss(chosen=chosen, also=(file,))
    check(file)
    with ending_at_once(), Wiring(chosen=chosen, parallelism=parallelism).workspace() as workspace:
        taken = take_snapshot(workspace, every_upgrade=upgrades == "all")
    write(file, snapshots.dump(taken))
    unread = [customer for customer in taken.customers if customer.unread]
    customers, held = len(taken.customers) - len(unread), sum(len(one.subscriptions) for one in taken.customers)
    output(no_color=chosen.no_color).write(
        f"Saved: {customers:,} {'customer' if customers == 1 else 'customers'}, {held:,} subscriptions, "
        f"the upgrades of {sum(len(one.upgrades) for one in taken.customers):,}. To plan from it:\n"
        f"    {again('plan', '--snapshot', str(file), chosen=chosen)}"
    )
    told = messages(no_color=chosen.no_color)
    for customer in unread:
        why = customer.unread.what if customer.unread else ""
        told.write(visible(f"Not saved, since it could not be read: the customer {customer.tenant}. {why}"))
    return 1 if unread else 0
