"""Carries out `reconciler prices …`."""

from reconciler.advice import problem
from reconciler.cli.chosen import Chosen
from reconciler.cli.terminal import output
from reconciler.cli.wiring import Wiring
from reconciler.model.errors import InvalidInput
from reconciler.operations.prices import check_prices
from reconciler.rendering.reports.prices import prices_report


def check(chosen: Chosen) -> None:
    """Shows what the price sheets are of, and what has no price. Raises InvalidInput where there is no sheet."""
    wiring = Wiring(chosen=chosen)
    if not wiring.prices:
        raise InvalidInput(problem("price_sheets_none", "reconciler.yaml"))
    today = wiring.service.now().date()
    output(no_color=chosen.no_color).show(prices_report(check_prices(wiring.estate, wiring.prices, today)))
