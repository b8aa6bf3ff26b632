"""`reconciler validate`."""

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.options import shared
from reconciler.cli.terminal import output


@click.command()
@shared
def validate(chosen: Chosen) -> None:
    """Check the manifests: every problem in one run, each with its place. No network, no credentials.

    \b
    reconciler validate
    reconciler -m estates/china validate
    """
    from reconciler import manifests
    from reconciler.cli.wiring import rehearsal

    estate = manifests.read(chosen.root, rehearsal=rehearsal(chosen.cloud))
    customers, subscriptions = len(estate.customers), len(estate.desired)
    output(no_color=chosen.no_color).write(
        f"The manifests are valid: {_count(customers, 'customer')}, {_count(subscriptions, 'subscription')}."
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
