"""Carries out `reconciler offers`."""

from dataclasses import dataclass

import click

from reconciler import planning
from reconciler.advice import sentence
from reconciler.cli.chosen import Chosen
from reconciler.cli.signals import ending_at_once
from reconciler.cli.terminal import Screen, output
from reconciler.cli.wiring import Wiring
from reconciler.manifests.estate import read_catalogue
from reconciler.manifests.naming import offer_names
from reconciler.manifests.writing import offers_text
from reconciler.model.offer import CatalogueOffer, Offer
from reconciler.rendering.as_json import check_json, offers_json
from reconciler.rendering.reports.offers import check_report, offers_report


@dataclass(frozen=True, slots=True, kw_only=True)
class OffersOptions:
    """The options of `offers`, as typed. `text` is looked for in names and ids."""

    text: str | None
    country: str | None
    form: str
    check: bool


def offers(options: OffersOptions, chosen: Chosen) -> int:
    """Shows the live catalogue, or compares offers.yaml with it; returns 2 where they differ."""
    if options.check and (options.text or options.form == "yaml"):
        raise click.UsageError(sentence("check_of_everything"))
    wiring = Wiring(chosen=chosen)
    country = (options.country or ("CN" if wiring.settings.cloud == "china" else "US")).upper()
    with ending_at_once(), wiring.service.commerce() as commerce:
        every = commerce.offers(country)
    screen = output(no_color=chosen.no_color, forms=(options.form,))
    if options.check:
        return _checked(wiring, every, country, options.form, screen)
    wanted = (options.text or "").casefold()
    found = [offer for offer in every if wanted in offer.name.casefold() or wanted in offer.id.casefold()]
    found.sort(key=lambda offer: (offer.name.casefold(), offer.id))
    if options.form == "yaml":
        screen.write(_manifest(found))
    elif options.form == "json":
        screen.write(offers_json(found, country))
    else:
        screen.show(offers_report(found, country, every), wiring.chosen.invocation)
    return 0


def _checked(wiring: Wiring, offers: tuple[CatalogueOffer, ...], country: str, form: str, screen: Screen) -> int:
    known = read_catalogue(wiring.root)
    found = planning.compare_catalogue(known.offers, known.places, offers, country)
    if form == "json":
        screen.write(check_json(found))
    else:
        screen.show(check_report(found), wiring.chosen.invocation)
    return 2 if found.differences else 0


def _manifest(offers: list[CatalogueOffer]) -> str:
    names = offer_names({}, (Offer(id=offer.id, name=offer.name) for offer in offers))
    catalogue = {name: offer_id for offer_id, name in names.items() if name != offer_id}
    service_names = {offer.id: offer.name for offer in offers}
    return offers_text(catalogue, "", ".schema/offers.json", service_names)
