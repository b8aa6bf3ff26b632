"""Reads an estate's price sheets. Whoever validates an estate loads this, and nothing of planning."""

from collections.abc import Iterator
from pathlib import Path

from reconciler import pricing
from reconciler.advice import problem
from reconciler.manifests.settings import place_of_setting
from reconciler.model.errors import InvalidInput
from reconciler.model.limits import EVERY_CURRENCY, LIMITS, Limit, Limits, Unit, allowed, currencies
from reconciler.model.place import Place
from reconciler.model.prices import Prices
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
