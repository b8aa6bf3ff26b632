"""`reconciler offers`."""

from typing import TYPE_CHECKING

import click

from reconciler.cli.chosen import Chosen
from reconciler.cli.options import shared
from reconciler.cli.parameters import Choice
from reconciler.cli.terminal import Screen, output

if TYPE_CHECKING:
    from reconciler.cli.wiring import Wiring
    from reconciler.model.subscription import CatalogueOffer


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
@click.option("--check", is_flag=True, help="Hold all of offers.yaml against it; exit with 2 where they differ.")
@shared
def offers(text: str | None, country: str | None, form: str, check: bool, chosen: Chosen) -> int:
    """Show the live catalogue of a country, and the upgrades it advertises; with TEXT, what has it in name or id.

    With --check, compare the estate's offers.yaml with it instead: names that the service has not for their ids, and
    ids that it does not list. It exits with 2 where there is a difference, with 0 where there is none.

    \b
    reconciler offers "enterprise e3"
    reconciler offers --country DE --format yaml > manifests/offers.yaml
    reconciler offers --check
    """
    if check and (text or form == "yaml"):
        raise click.UsageError("--check compares the whole catalogue, and shows it as text or json.")
    from reconciler.cli.signals import ending_at_once
    from reconciler.cli.wiring import Wiring

    wiring = Wiring(chosen=chosen)
    where = (country or ("CN" if wiring.settings.cloud == "china" else "US")).upper()
    with ending_at_once(), wiring.commerce() as commerce:
        every = commerce.offers(where)
    screen = output(no_color=chosen.no_color, forms=(form,))
    if check:
        return _checked(wiring, every, where, form, screen)
    wanted = (text or "").casefold()
    found = [one for one in every if wanted in one.name.casefold() or wanted in one.id.casefold()]
    found.sort(key=lambda one: (one.name.casefold(), one.id))
    screen.write(_shown(found, every, where, form, screen))
    return 0


def _checked(wiring: "Wiring", every: tuple["CatalogueOffer", ...], country: str, form: str, screen: Screen) -> int:
    from reconciler import manifests, planning
    from reconciler.rendering import View
    from reconciler.rendering.offers import check_json, check_text

    known = manifests.read_catalogue(wiring.root)
    found = planning.compare_catalogue(known.offers, known.places, every, country)
    view = View(width=screen.width, color=screen.color)
    screen.write(check_json(found) if form == "json" else check_text(found, view))
    return 2 if found.differences else 0


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
