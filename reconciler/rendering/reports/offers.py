"""The reports of the live catalogue: what each offer advertises, and how `offers.yaml` differs from it."""

from collections.abc import Iterable, Sequence

from reconciler.model.catalogue import CatalogueCheck, CatalogueDifference
from reconciler.model.offer import CatalogueOffer
from reconciler.model.remedy import Step
from reconciler.rendering.phrases import count
from reconciler.rendering.report import Advice, Item, Report, Section, Span, Tone


def offers_report(offers: Sequence[CatalogueOffer], country: str, all_offers: Iterable[CatalogueOffer]) -> Report:
    """Each offer with its id, and below it the upgrades that it advertises. `all_offers` names those, too."""
    names = {offer.id: offer.name for offer in all_offers}
    items = tuple(
        Item(
            subject=f"{offer.name or offer.id}{_kind(offer)}",
            id=offer.id,
            more=tuple(f"-> {names.get(target) or target}" for target in offer.upgrades or ()),
        )
        for offer in offers
    )
    closing = Step(
        f"{count(len(offers), 'offer')} of the catalogue of {country}.\n"
        "What an offer advertises (->) is a hint, and one that advertises nothing may have upgrades all the same: plan "
        "asks the service for each subscription."
    )
    section = Section(id="offers", items=items, flush=True, dense=True)
    return Report(name="reconciler offers", sections=(section,), closing=(closing,))


def _kind(offer: CatalogueOffer) -> str:
    return " (add-on)" if offer.add_on else " (trial)" if offer.trial else ""


def check_report(check: CatalogueCheck) -> Report:
    """Every difference at its line of the catalogue, with what the service has by our name."""
    items = tuple(_difference(difference, check.country) for difference in check.differences)
    codes = dict.fromkeys(difference.code for difference in check.differences)
    commands = tuple(Step(run=("explain", code)) for code in codes)
    names, different = ", ".join(check.incomparable), count(len(items), "difference")
    lines = (
        f"Not compared, since the service's catalogue lists no offers of new commerce: {names}." if names else "",
        f"{count(check.compared, 'name')} compared with the catalogue of {check.country}: {different}.",
        "What to do:" if items else "",
    )
    todo = (Item(subject="", advice=Advice(steps=commands)),) if commands else ()
    return Report(
        name="reconciler offers",
        sections=(
            *((Section(id="differences", items=items, flush=True, dense=True),) if items else ()),
            Section(id="compared", intro="\n".join(filter(None, lines)), items=todo, dense=True),
        ),
    )


def _difference(difference: CatalogueDifference, country: str) -> Item:
    if difference.code == "offer_not_listed":
        says = f"The catalogue of {country} does not list {difference.offer_id}."
    else:
        says = f'The service calls it "{difference.service_name}" ({difference.offer_id}).'
    return Item(
        subject=difference.name,
        sign=Span("!", Tone.BAD),
        place=difference.source,
        says=says,
        code=difference.code,
        more=tuple(f"The service has that name for {offer.id}." for offer in difference.namesakes),
    )
