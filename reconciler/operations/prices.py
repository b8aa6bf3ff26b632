"""Checks an estate's price sheets against it: what they are of, and what has no price."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from reconciler.manifests.estate import Estate
from reconciler.model.desired import Desired
from reconciler.model.price_check import PriceCheck, WithoutPrice
from reconciler.model.prices import Prices, Sheet
from reconciler.planning.without_price import why_without_price


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
    terms = {"term": desired.term, "billing": desired.billing}
    reason = why_without_price(prices, desired, desired.offer.id, terms, today)
    if reason:
        yield WithoutPrice(
            address=desired.address,
            offer=desired.offer.name,
            code=reason.code,
            why=reason.why,
            source=desired.source,
        )
