"""Reads an estate's price sheets, and checks them against it: what they are of, and what has no price."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from reconciler import advice, pricing
from reconciler.advice import problem
from reconciler.manifests.estate import Estate
from reconciler.manifests.settings import place_of_setting
from reconciler.model.desired import Desired
from reconciler.model.errors import InvalidInput
from reconciler.model.limits import EVERY_CURRENCY, LIMITS, Limit, Limits, Unit, allowed, currencies
from reconciler.model.place import Place
from reconciler.model.price_check import PriceCheck, WithoutPrice
from reconciler.model.prices import COMMERCIAL, Prices, Sheet
from reconciler.model.settings import Settings


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
    for code, known in _why(desired, prices, today):
        yield WithoutPrice(
            address=desired.address,
            offer=desired.offer.name,
            code=code,
            why=advice.sentence(code, **known),
            source=desired.source,
        )


def _why(desired: Desired, prices: Prices, today: date) -> Iterator[tuple[str, dict[str, str]]]:
    """Yields why there is no price, as a code with its data; nothing where there is one."""
    sheet = prices.sheet(desired.market, today)
    if desired.market is None:
        yield "price_without_market", {"customer": desired.customer.name}
        return
    if sheet is None:
        yield "price_without_sheet", {"market": desired.market}
        return
    segment = desired.segment or COMMERCIAL
    wanted = {name: value for name, value in (("term", desired.term), ("billing", desired.billing)) if value}
    every = dict.fromkeys(
        key for other_sheet in prices.sheets if other_sheet.market == desired.market for key in other_sheet.rows
    )
    rows = (key for key in every if key.offer_id == desired.offer.id and key.segment in {segment, ""})
    fitting = (key for key in rows if all(getattr(key, name) == value for name, value in wanted.items()))
    found = [prices.in_force(key, desired.market, today) for key in fitting]
    if any(len({(priced.currency, row.amount) for priced, row in of_key}) == 1 for of_key in found):
        return
    if contradicting := next(filter(None, found), ()):
        files = " and ".join(dict.fromkeys(priced.file for priced, _ in contradicting))
        amounts = " and ".join(dict.fromkeys(f"{row.amount:f} {priced.currency}" for priced, row in contradicting))
        yield "price_contradicted", {"files": files, "offer": desired.offer.id, "amounts": amounts}
        return
    known = {"file": sheet.file, "offer": desired.offer.id, "segment": segment}
    terms = ", ".join(f"{name} {value}" for name, value in wanted.items())
    yield "price_without_row", {**known, "terms": f" with {terms}" if terms else " in force"}
