"""Says why the price sheets have no price of seats: what is bought of an offer, or what an entry asks for."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from reconciler.advice import sentence
from reconciler.model.cost import NoPrice
from reconciler.model.desired import Desired

if TYPE_CHECKING:
    from reconciler.model.prices import Prices


def no_price(code: str, **known: str) -> NoPrice:
    """Returns the reason of a code, worded with what is known."""
    return NoPrice(code=code, why=sentence(code, **known))


def why_without_price(
    prices: "Prices", desired: Desired, offer_id: str, terms: Mapping[str, str | None], today: date
) -> NoPrice | None:
    """Returns why no sheet has today's price of an offer for the customer of an entry; None where one has. `terms` are
    the `term` and `billing` that are wanted; what is None may be any.
    """
    market, segment = desired.market, desired.price_segment
    if market is None:
        return no_price("price_without_market", customer=desired.customer.name)
    sheet = prices.sheet(market, today)
    if sheet is None:
        return no_price("price_without_sheet", market=market)
    wanted = {name: value for name, value in terms.items() if value}
    every = dict.fromkeys(key for of_market in prices.sheets if of_market.market == market for key in of_market.rows)
    rows = (key for key in every if key.offer_id == offer_id and key.segment in {segment, ""})
    fitting = [key for key in rows if all(getattr(key, name) == value for name, value in wanted.items())]
    found = []
    for unnamed in dict.fromkeys(key._replace(segment="") for key in fitting):
        keys = (unnamed._replace(segment=segment), unnamed)
        found.append(next((in_force for key in keys if (in_force := prices.in_force(key, market, today))), ()))
    if any(len({(priced.currency, row.amount) for priced, row in of_key}) == 1 for of_key in found):
        return None
    if contradicting := next(filter(None, found), ()):
        files = " and ".join(dict.fromkeys(priced.file for priced, _ in contradicting))
        amounts = " and ".join(dict.fromkeys(f"{row.amount:f} {priced.currency}" for priced, row in contradicting))
        return no_price("price_contradicted", files=files, offer=offer_id, amounts=amounts)
    stated = ", ".join(f"{name} {value}" for name, value in wanted.items())
    known = {"file": sheet.file, "offer": offer_id, "segment": segment}
    return no_price("price_without_row", **known, terms=f" with {stated}" if stated else " in force")
