"""`reconciler offers`."""

from typing import Any

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.options import shared
from reconciler.cli.parameters import Choice


@click.command()
@click.argument("text", required=False)
@click.option("--country", metavar="CC", help="Two letters, such as DE [US; in 21Vianet's cloud CN].")
@click.option(
    "--format",
    "form",
    type=Choice(["text", "json", "yaml"]),
    default="text",
    help="How to show it; yaml is an offers.yaml [text].",
)
@click.option("--check", is_flag=True, help="Compare all of offers.yaml with it; exit with 2 where they differ.")
@shared
def offers(chosen: Chosen, **given: Any) -> int:
    """Show the live catalogue of a country, and the upgrades it advertises; with TEXT, what has it in name or id.

    With --check, compare the estate's offers.yaml with it instead: names that differ from the service's,
    and ids that the service does not list. It exits with 2 where there is a difference, with 0 where there is none.

    \b
    reconciler offers "enterprise e3"
    reconciler offers --country DE --format yaml > manifests/offers.yaml
    reconciler offers --check
    """
    from reconciler.cli.actions.offers import OffersOptions, offers

    return offers(OffersOptions(**given), chosen)
