"""Reads an estate's price sheets, and checks them against it: what they are of, and what has no price."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from reconciler import pricing
from reconciler.advice import problem
from reconciler.manifests.estate import Estate
from reconciler.manifests.settings import place_of_setting
from reconciler.model.desired import Desired
from reconciler.model.errors import InvalidInput
from reconciler.model.limits import EVERY_CURRENCY, LIMITS, Limit, Limits, Unit, allowed, currencies
from reconciler.model.place import Place
from reconciler.model.price_check import PriceCheck, WithoutPrice
from reconciler.model.prices import Prices, Sheet
from reconciler.model.settings import Settings
from reconciler.planning.without_price import why_without_price


def read_prices(settings: Settings, root: Path) -> Prices:
    """Returns the prices of the sheets that the settings of an estate name.

    Raises InvalidInput with what is wrong with the sheets, and with limits of money that do not go with their
    currencies, each at its place.
    """

    def named_at(*keys: str) -> Place | None:
        return place_of_setting(root, keys)

    found = pricing.read(settings.prices.sheets, root, named_at=lambda name: named_at("prices", "sheets", name))
    problems = [
        problem(code, named_at("limits", limit.name), **known)
        for limit in LIMITS.values()
        for code, known in _contradiction(limit, settings.limits, found.currencies)
    ]
    if problems:
        raise InvalidInput.of(problems)
    return found


def _contradiction(limit: Limit, limits: Limits, several: tuple[str, ...]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yields that a limit of money is one number for several currencies, or says nothing of one of them."""
    stated = currencies(limits, limit.name) if limit.unit is Unit.MONEY else ()
    lacking = [currency for currency in several if currency not in stated]
    if not stated or not lacking or (len(several) == 1 and EVERY_CURRENCY in stated):
        return
    figures = ((currency, allowed(limits, limit.name, currency) or 100) for currency in several)
    example = ", ".join(f"{currency}: {figure}" for currency, figure in figures)
    known = {"name": limit.name, "example": f"{{{example}}}", "all": " and ".join(several)}
    if EVERY_CURRENCY in stated:
        yield "limit_needs_currencies", {**known, "currencies": known["all"]}
    else:
        yield "limit_lacks_currency", {**known, "currencies": " and ".join(lacking)}


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
