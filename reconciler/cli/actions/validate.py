"""Carries out `reconciler validate`."""

from reconciler import manifests
from reconciler.cli.chosen import Chosen
from reconciler.cli.rehearsal import rehearsal
from reconciler.cli.terminal import output


def validate(chosen: Chosen) -> None:
    """Reads the manifests, which raises every problem of every file, and prints how much they declare."""
    estate = manifests.read(chosen.root, rehearsal=rehearsal(chosen.cloud))
    customers, subscriptions = _count(len(estate.customers), "customer"), _count(len(estate.desired), "subscription")
    output(no_color=chosen.no_color).write(f"The manifests are valid: {customers}, {subscriptions}.")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
