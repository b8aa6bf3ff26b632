"""One plan of an order for every thing that can be said of it: every rule, every warning, and their steps."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from reconciler.model.capabilities import Capabilities, unavailable
from reconciler.model.order import Agreement, order_id
from reconciler.model.prices import PriceKey, PriceRow, Prices, Sheet
from reconciler.model.subscription import UnreadableItem
from reconciler.model.term import Renew, Term
from reconciler.planning import CustomerPlan
from tests.planning.cases import BOUGHT, E3, MODERN, NOT_KEPT, NOW, OFFICE, bound, live, state
from tests.planning.ordering import COPILOT, KEY, begun, bought_before, entry, on_sale, ordered, ordering

UNREADABLE = UnreadableItem(id=BOUGHT, position=2, why="has no number of seats")
_OLD = entry("old", "2026-10-old")
_HAS_OFFICE = state(office=bound(offer=MODERN))
_KEY_OF_OLD = state(old=bound(OFFICE, order_id(KEY), offer=MODERN))
SHEET = Sheet(
    file="prices.csv",
    market="US",
    currency="USD",
    month=NOW.date().replace(day=1),
    rows={
        PriceKey(COPILOT.id, "annual", "annual", "commercial"): (
            PriceRow(Decimal("480.00"), NOW.date().replace(day=1), NOW.date() + timedelta(days=300)),
        )
    },
)


def rules() -> list[CustomerPlan]:
    """Returns what speaks against an order."""
    nowhere = Capabilities(orders=unavailable("china_has_no_orders"))
    trial = on_sale(trial=True)
    other_market = dict.fromkeys(on_sale())
    return [
        ordering(by={"capabilities": nowhere}),
        ordering(entry(offer=E3)),
        ordering(entry(market=None)),
        ordering(entry(), _OLD, state=state({"old": begun("2026-10-old")})),
        ordering(_OLD, state=state({"old": begun("2026-10-old", operation="0f1e2d3c4b5a")})),
        ordering(last_order="2026-10-old"),
        ordering(state=_HAS_OFFICE),
        ordering(lives=[live(MODERN), live(COPILOT, of=BOUGHT)]),
        ordering(unreadable=(UNREADABLE,)),
        ordering(orders=(ordered(),)),
        ordering(agreement=Agreement.MISSING),
        ordering(skus=other_market),
        ordering(skus=trial),
        ordering(skus=on_sale(attested=True)),
        ordering(entry(term=Term.TRIENNIAL)),
        ordering(skus=on_sale(availabilities=())),
        ordering(entry(seats=2), skus=on_sale(minimum=5, maximum=300)),
        ordering(entry(max_unit_price=None)),
        ordering(entry(max_unit_price=None), by={"prices": Prices(sheets=(replace(SHEET, currency="GBP"),))}),
        ordering(lives=[]),
        ordering(skus=dict.fromkeys(on_sale(), NOT_KEPT)),
        ordering(state=state(copilot=bound(BOUGHT, offer=COPILOT))),
        ordering(state=state(results=(bought_before(),))),
        ordering(state=state(copilot=bound(order_id("2026-10-old"), offer=COPILOT))),
        ordering(state=_KEY_OF_OLD),
        ordering(entry(of=BOUGHT), state=state(copilot=bound(order_id(KEY), offer=COPILOT))),
        ordering(entry(), entry("old", "2026-10-old", of=OFFICE), state=_KEY_OF_OLD),
    ]


def cautions() -> list[CustomerPlan]:
    """Returns what is warned of where nothing is blocked."""
    beside = live(COPILOT, of=BOUGHT)
    base = entry("base", "2026-11-base", MODERN)
    bases = {**on_sale(), **on_sale(MODERN, prerequisites=())}
    return [
        ordering(entry(besides=(BOUGHT,)), lives=[live(MODERN), beside]),
        ordering(entry(), entry("second", "2026-11-second")),
        ordering(
            entry(besides=(BOUGHT,)), entry("second", "2026-11-second", besides=(BOUGHT,)), lives=[live(MODERN), beside]
        ),
        ordering(agreement=Agreement.UNREADABLE),
        ordering(by={"partner_on_record_attested": False}),
        ordering(entry(), base, lives=[], skus=bases),
        ordering(entry(renew=Renew.END)),
        ordering(entry(reseller="1234567")),
        ordering(by={"prices": Prices(sheets=(SHEET,))}),
        ordering(by={"prices": Prices(sheets=(replace(SHEET, currency="GBP"),))}),
        ordering(lives=[live(MODERN), beside], state=state(copilot=bound(BOUGHT, order_id(KEY), offer=COPILOT))),
    ]
