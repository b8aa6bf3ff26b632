"""Holds the estate's offer catalogue against the service's."""

from collections.abc import Iterable, Mapping

from reconciler.model.catalogue import CatalogueCheck, CatalogueDifference
from reconciler.model.offer import CatalogueOffer, Offer, same_name
from reconciler.model.place import Place


def compare_catalogue(
    catalogue: Mapping[str, Offer], places: Mapping[str, Place], listed: Iterable[CatalogueOffer], country: str
) -> CatalogueCheck:
    """Every difference between the estate's catalogue and what the service lists for a country.

    The list holds traditional offers only, so that those of new commerce can't be compared. An alias may be called
    anything, and need not be on sale.
    """
    live = {offer.id: offer for offer in listed}
    comparable = {name: offer for name, offer in sorted(catalogue.items()) if not offer.new_commerce}
    found = (_difference(offer, live, places.get(name)) for name, offer in comparable.items())
    return CatalogueCheck(
        country=country,
        compared=len(comparable),
        differences=tuple(difference for difference in found if difference is not None),
        incomparable=tuple(name for name in sorted(catalogue) if name not in comparable),
    )


def _difference(offer: Offer, live: Mapping[str, CatalogueOffer], source: Place | None) -> CatalogueDifference | None:
    known = live.get(offer.id)
    if offer.alias or (known and offer.agrees_with(known.name)):
        return None
    expected = offer.service_name or offer.name
    return CatalogueDifference(
        name=offer.name,
        offer_id=offer.id,
        code="offer_named_otherwise" if known else "offer_not_listed",
        service_name=known.name if known else "",
        namesakes=tuple(
            namesake for namesake in live.values() if namesake.id != offer.id and same_name(namesake.name, expected)
        ),
        source=source,
    )
