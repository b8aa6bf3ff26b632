"""Checks price sheets against an estate: what they are of, whether they are of this month, and what has no price."""

from collections.abc import Iterator
from dataclasses import replace
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
        sheets=tuple(_as_of(sheet, today) for sheet in prices.sheets),
        stale=tuple(_stale(prices, today)),
        unpriced=unpriced,
        priced=len(modern) - len(unpriced),
        traditional=len(estate.desired) - len(modern),
    )


def _stale(prices: Prices, today: date) -> Iterator[Sheet]:
    """Yields the newest sheet of each market, where it is not of this month."""
    for market in dict.fromkeys(sheet.market for sheet in prices.sheets):
        newest = prices.sheet(market, today)
        if newest and newest.month_on(today) < today.replace(day=1):
            yield _as_of(newest, today)


def _as_of(sheet: Sheet, today: date) -> Sheet:
    """The sheet under the month that it is of today: prices that are published ahead make no newer one of it."""
    return replace(sheet, month=sheet.month_on(today))


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
    every = dict.fromkeys(
        key for other_sheet in prices.sheets if other_sheet.market == desired.market for key in other_sheet.rows
    )
    rows = (key for key in every if key.offer_id == desired.offer.id and key.segment in {segment, ""})
    fitting = (key for key in rows if all(getattr(key, name) == value for name, value in wanted.items()))
    found = [prices.in_force(key, desired.market, today) for key in fitting]
    if any(len({(priced.currency, row.amount) for priced, row in of_key}) == 1 for of_key in found):
        return ""
    if contradicting := next(filter(None, found), ()):
        files = " and ".join(dict.fromkeys(priced.file for priced, _ in contradicting))
        amounts = " and ".join(dict.fromkeys(f"{row.amount:f} {priced.currency}" for priced, row in contradicting))
        return advice.sentence("price_contradicted", files=files, offer=desired.offer.id, amounts=amounts)
    known = {"file": sheet.file, "offer": desired.offer.id, "segment": segment}
    terms = ", ".join(f"{name} {value}" for name, value in wanted.items())
    return advice.sentence("price_without_row", **known, terms=f" with {terms}" if terms else " in force")
