"""`reconciler offers`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.options import Chosen, shared
from reconciler.cli.terminal import Screen, output

if TYPE_CHECKING:
    from reconciler.model.subscription import CatalogueOffer


@click.command()
@click.argument("text", required=False)
@click.option("--country", metavar="CC", help="Two letters, such as DE [US; in 21Vianet's cloud CN].")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "yaml"]),
    default="text",
    help="How to show it; yaml is an offers.yaml [text].",
)
@shared
def offers(text: str | None, country: str | None, form: str, chosen: Chosen) -> None:
    """Show the live catalogue of a country, and the upgrades it advertises; with TEXT, what has it in name or id.

    \b
    reconciler offers "enterprise e3"
    reconciler offers --country DE --format yaml > manifests/offers.yaml
    """
    from reconciler.cli.signals import ending_at_once
    from reconciler.cli.wiring import Wiring

    wiring = Wiring(chosen=chosen)
    where = (country or ("CN" if wiring.settings.cloud == "china" else "US")).upper()
    with ending_at_once(), wiring.commerce() as commerce:
        every = commerce.offers(where)
    wanted = (text or "").casefold()
    found = [one for one in every if wanted in one.name.casefold() or wanted in one.id.casefold()]
    found.sort(key=lambda one: (one.name.casefold(), one.id))
    screen = output(no_color=chosen.no_color, forms=(form,))
    screen.write(_shown(found, every, where, form, screen))


def _shown(
    found: list["CatalogueOffer"], every: tuple["CatalogueOffer", ...], country: str, form: str, screen: Screen
) -> str:
    if form == "yaml":
        from reconciler import manifests
        from reconciler.model.subscription import Offer

        names = manifests.offer_names({}, (Offer(id=one.id, name=one.name) for one in found))
        catalogue = {name: offer_id for offer_id, name in names.items() if name != offer_id}
        service_names = {one.id: one.name for one in found}
        return manifests.offers_text(catalogue, "", ".schema/offers.json", service_names)
    from reconciler.rendering import View
    from reconciler.rendering.offers import offers_json, offers_text

    if form == "json":
        return offers_json(found, country)
    return offers_text(found, country, every, View(width=screen.width, color=screen.color))
