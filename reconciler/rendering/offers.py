"""The live catalogue: for people with what each offer advertises, for machines as it is; and ours held against it."""

from collections.abc import Iterable, Sequence

from reconciler.model.catalogue import CatalogueCheck, CatalogueDifference
from reconciler.model.subscription import CatalogueOffer
from reconciler.rendering.formats.page import Page
from reconciler.rendering.phrases import count
from reconciler.rendering.view import View


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


def check_text(check: CatalogueCheck, view: View) -> str:
    """Every difference at its line of the catalogue, with what the service has by our name."""
    page = Page(width=view.width, color=view.color)
    for one in check.differences:
        right = (str(one.source), "dim") if one.source else ""
        page.ends(((one.name, "bold"),), right, mark=("! ", "bold red"))
        page.write(_difference(one, check.country), (f" [{one.code}]", "dim"), indent=4)
        for offer in one.namesakes:
            page.write(f"The service has that name for {offer.id}.", indent=4)
    page.gap()
    if check.incomparable:
        names = ", ".join(check.incomparable)
        page.write(f"Not compared, since the service's catalogue lists no offers of new commerce: {names}.")
    different = count(len(check.differences), "difference")
    page.write(f"{count(check.compared, 'name')} compared with the catalogue of {check.country}: {different}.")
    if check.differences:
        page.write("What to do:")
        for code in dict.fromkeys(one.code for one in check.differences):
            page.exact(f"reconciler explain {code}", indent=4)
    return page.text()


def _difference(one: CatalogueDifference, country: str) -> str:
    if one.code == "offer_not_listed":
        return f"The catalogue of {country} does not list {one.offer_id}."
    return f'The service calls it "{one.service_name}" ({one.offer_id}).'
