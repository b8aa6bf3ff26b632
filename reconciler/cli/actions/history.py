"""Carries out `reconciler history`."""

from datetime import datetime

from reconciler.cli.chosen import Chosen
from reconciler.cli.terminal import output
from reconciler.cli.wiring import Wiring
from reconciler.model.errors import EstateEmpty, InvalidInput
from reconciler.operations.history import read_history
from reconciler.rendering.as_json import history_json
from reconciler.rendering.reports.history import history_csv, history_report
from reconciler.system.clock import utc_now


def history(since: datetime | None, customer: str | None, form: str, chosen: Chosen) -> None:
    """Shows what was applied."""
    wiring = Wiring(chosen=chosen)
    declared = _declared(wiring) if customer else ()
    records = read_history(
        wiring.store, wiring.settings.lineage, utc_now(), since=since, customer=customer, declared=declared
    )
    screen = output(no_color=chosen.no_color, forms=(form,))
    if form == "text":
        screen.show(history_report(records, since), chosen.invocation)
    else:
        screen.write(history_json(records) if form == "json" else history_csv(records))


def _declared(wiring: Wiring) -> tuple[str, ...]:
    """Returns the customers of the manifests; none where these can't be read: history needs none of them."""
    try:
        return tuple(customer.name for customer in wiring.estate.customers)
    except (EstateEmpty, InvalidInput):
        return ()
