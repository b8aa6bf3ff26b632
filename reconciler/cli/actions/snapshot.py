"""Carries out `reconciler snapshot`."""

from pathlib import Path

from reconciler.cli.chosen import Chosen, again
from reconciler.cli.destinations import refuse_loss
from reconciler.cli.files import check, write
from reconciler.cli.signals import ending_at_once
from reconciler.cli.terminal import messages, output
from reconciler.cli.wiring import Wiring
from reconciler.documents import snapshot as snapshots
from reconciler.operations.snapshot import take_snapshot
from reconciler.rendering.phrases import count


def snapshot(file: Path, parallelism: int | None, chosen: Chosen, *, every_upgrade: bool) -> int:
    """Saves the live state of the estate's customers; returns 1 where a customer could not be read."""
    refuse_loss(chosen=chosen, also=(file,))
    check(file)
    wiring = Wiring(chosen=chosen, parallelism=parallelism)
    with ending_at_once(), wiring.workspace() as workspace:
        taken = take_snapshot(workspace, every_upgrade=every_upgrade, partner=wiring.service.partner)
    write(file, snapshots.dump(taken))
    unread = [customer for customer in taken.customers if customer.unread]
    customers, held = (
        len(taken.customers) - len(unread),
        sum(len(customer.subscriptions) for customer in taken.customers),
    )
    output(no_color=chosen.no_color).say(
        f"Saved: {count(customers, 'customer')}, {count(held, 'subscription')}, "
        f"the upgrades of {sum(len(customer.upgrades) for customer in taken.customers):,}. To plan from it:",
        again("plan", "--snapshot", str(file), chosen=chosen),
    )
    aside = messages(no_color=chosen.no_color)
    names = {customer.tenant: customer.name for customer in workspace.estate.customers}
    for customer in unread:
        why, name = customer.unread.what if customer.unread else "", names.get(customer.tenant, "the customer")
        aside.say(f"Not saved, since it could not be read: {name} ({customer.tenant}). {why}")
    if unread:
        aside.say("The file holds the others. What to do about it:", again("drift", chosen=chosen))
    return 1 if unread else 0
