"""The costs of a plan's changes in all, by currency."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import groupby

from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.cost import Costs, CurrencyCosts, SheetUsed
from reconciler.model.money import total
from reconciler.model.prices import Prices


def costs_of(changes: Iterable[Change], prices: Prices, markets: Mapping[Address, str | None], now: datetime) -> Costs:
    """Returns the costs of a plan's changes. `markets` are those of the addresses."""
    today = now.astimezone(UTC).date()
    every = sorted(changes, key=lambda change: change.address)
    of_address = [(address, list(items)) for address, items in groupby(every, key=lambda change: change.address)]
    currencies: dict[str, CurrencyCosts] = {}
    for address, items in of_address:
        for currency, costs in _of_address(address, items, prices, markets.get(address)):
            currencies[currency] = currencies.get(currency, CurrencyCosts()).joined(costs)
    return Costs(
        currencies=dict(sorted(currencies.items())),
        sheets=tuple(
            SheetUsed(
                file=sheet.file, month=f"{sheet.month_on(today):%Y-%m}", market=sheet.market, currency=sheet.currency
            )
            for sheet in prices.sheets
        ),
    )


def _of_address(
    address: Address, items: list[Change], prices: Prices, market: str | None
) -> Iterable[tuple[str, CurrencyCosts]]:
    """The costs of one address by currency: from what its first change begins with to what its last one leaves. One
    change without a price leaves out all of the address: part of it would be no total.
    """
    costs = [item.cost for item in items if item.cost]
    if len(costs) < len(items):
        known = prices.currency(market)
        for currency in (known,) if known else prices.currencies:
            yield currency, CurrencyCosts(unpriced=(address,))
        return
    for currency in dict.fromkeys(cost.currency for cost in costs):
        own = [cost for cost in costs if cost.currency == currency]
        more = total(cost.monthly_change for cost in own)
        yield (
            currency,
            CurrencyCosts(
                monthly_before=own[0].monthly_before,
                monthly_after=own[0].monthly_before + more,
                monthly_change=more,
                committed=total(cost.committed for cost in own),
            ),
        )
