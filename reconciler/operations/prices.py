"""Checks price sheets against an estate: what they are of, whether they are of this month, and what has no price."""

from collections.abc import Iterator
from datetime import date

from reconciler import advice
from reconciler.manifests import Estate
from reconciler.model.price_check import PriceCheck, WithoutPrice
from reconciler.model.prices import COMMERCIAL, Prices, Sheet
from reconciler.model.subscription import Desired


def check_prices(estate: Estate, prices: Prices, today: date) -> PriceCheck:
    """Returns what the sheets say of the offers that an estate declares, with the term and billing that it declares."""
    modern = [desired for desired in estate.desired if desired.offer.new_commerce]
    unpriced = tuple(item for desired in modern for item in _unpriced(desired, prices, today))
    return PriceCheck(
        sheets=prices.sheets,
        stale=tuple(_stale(prices, today)),
        unpriced=unpriced,
        priced=len(modern) - len(unpriced),
        traditional=len(estate.desired) - len(modern),
    )


def _stale(prices: Prices, today: date) -> Iterator[Sheet]:
    """Yields the newest sheet of each market, where it is not of this month."""
    for market in dict.fromkeys(sheet.market for sheet in prices.sheets):
        newest = max((sheet for sheet in prices.sheets if sheet.market == market), key=lambda sheet: sheet.month)
        if newest.month < today.replace(day=1):
            yield newest


def _unpriced(desired: Desired, prices: Prices, today: date) -> Iterator[WithoutPrice]:
    why = _why(desired, prices, today)
    if why:
        yield WithoutPrice(address=desired.address, offer=desired.offer.name, why=why)


def _why(desired: Desired, prices: Prices, today: date) -> str:
    """Returns why there is no price; empty where there is one."""
    sheet = prices.sheet(desired.market, today)
    if desired.market is None:
        return advice.sentence("price_without_market", customer=desired.customer.name)
    if sheet is None:
        return advice.sentence("price_without_sheet", market=desired.market)
    segment = desired.segment or COMMERCIAL
    wanted = {name: value for name, value in (("term", desired.term), ("billing", desired.billing)) if value}
    rows = (key for key in sheet.rows if key.offer_id == desired.offer.id and key.segment in {segment, ""})
    fitting = (key for key in rows if all(getattr(key, name) == value for name, value in wanted.items()))
    if any(sheet.price(key, today) is not None for key in fitting):
        return ""
    known = {"file": sheet.file, "offer": desired.offer.id, "segment": segment}
    terms = ", ".join(f"{name} {value}" for name, value in wanted.items())
    return advice.sentence("price_without_row", **known, terms=f" with {terms}" if terms else " in force")
