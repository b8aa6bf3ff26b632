"""The live catalogue: for people with what each offer advertises, for machines as it is."""

import json
from collections.abc import Iterable, Sequence

from pydantic import TypeAdapter

from reconciler.model.subscription import CatalogueOffer
from reconciler.rendering.page import Page
from reconciler.rendering.phrases import count
from reconciler.rendering.safe import json_safe
from reconciler.rendering.view import View

_OFFERS = TypeAdapter(tuple[CatalogueOffer, ...])


def offers_text(offers: Sequence[CatalogueOffer], country: str, every: Iterable[CatalogueOffer], view: View) -> str:
    """Each offer with its id, and below it the upgrades that it advertises. `every` names those, too."""
    page = Page(width=view.width, color=view.color)
    known = {one.id: one.name for one in every}
    for offer in offers:
        kind = "add-on" if offer.add_on else "trial" if offer.trial else ""
        named = ((offer.name or offer.id, "bold"), (f" ({kind})", "dim") if kind else "")
        page.ends(named, (offer.id, "dim"))
        for target in offer.upgrades or ():
            page.write(known.get(target) or target, indent=4, mark=("-> ", "dim"))
    page.gap()
    page.write(f"{count(len(offers), 'offer')} of the catalogue of {country}.")
    page.write(
        "What an offer advertises (->) is a hint, and one that advertises nothing may have upgrades all the same: plan "
        "asks the service for each subscription."
    )
    return page.text()


def offers_json(offers: Sequence[CatalogueOffer], country: str) -> str:
    """The catalogue as one JSON document."""
    document = {"country": country, "offers": _OFFERS.dump_python(tuple(offers), mode="json")}
    return json_safe(json.dumps(document, indent=2, ensure_ascii=False)) + "\n"
