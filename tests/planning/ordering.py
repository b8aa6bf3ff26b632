"""Contoso, in the US, orders Copilot for ten people, and has what that needs: a test names only what it is about."""

from decimal import Decimal
from typing import Any

from reconciler.model.address import Address
from reconciler.model.change import Before
from reconciler.model.desired import Desired
from reconciler.model.offer import Availability, Offer
from reconciler.model.order import Agreement, Order, OrderLine, Sku, order_id
from reconciler.model.pending import Pending
from reconciler.model.result import Outcome, Result, ended
from reconciler.model.subscription import Live
from reconciler.model.term import Billing, Term
from reconciler.planning import CustomerPlan, Facts, SkuWanted
from tests.planning.cases import BOUGHT, MODERN, NOW, OFFICE, REQUEST, RUN, facts, live, pending, planned, wants
from tests.requested import an_order

COPILOT = Offer(id="CFQ7TTC0MM8R:0001", name="Microsoft 365 Copilot")
KEY = "2026-11-copilot"
SOLD = Availability(
    id="SC01",
    purchasable=True,
    terms=(("annual", "annual"), ("annual", "monthly")),
    catalog_item_id=f"{COPILOT.id}:SC01",
    currency="USD",
)
NEEDED = MODERN.id


def entry(name: str = "copilot", key: str = KEY, offer: Offer = COPILOT, **more: Any) -> Desired:
    """The entry of an order: ten seats for a year, at most 30.00 each."""
    asked = {"term": Term.ANNUAL, "billing": Billing.ANNUAL, "max_unit_price": Decimal("30.00"), "market": "US"}
    return wants(name, offer, more.pop("seats", 10), more.pop("of", order_id(key)), order=key, **{**asked, **more})


def on_sale(offer: Offer = COPILOT, **more: Any) -> dict[SkuWanted, Sku]:
    """The item as the US sells it, to whoever has an office."""
    known = {"offer_id": offer.id, "name": offer.name, "prerequisites": (NEEDED,), "availabilities": (SOLD,)}
    return {SkuWanted(offer.id, "US", None): Sku(**{**known, **more})}


def having(*entries: Desired, **more: Any) -> Facts:
    """The facts, all of them read."""
    known = {"lives": [live(MODERN)], "skus": on_sale(), "orders": (), "agreement": Agreement.ACCEPTED}
    return facts(*(entries or (entry(),)), **{**known, **more})


def ordering(*entries: Desired, by: dict[str, Any] | None = None, **more: Any) -> CustomerPlan:
    """The plan; `by` are circumstances."""
    return planned(having(*entries, **more), **{"partner_on_record_attested": True, **(by or {})})


def ordered(made: str | None = BOUGHT, offer: Offer = COPILOT, **more: Any) -> Order:
    """An order that the service lists, of yesterday."""
    lines = (OrderLine(offer_id=offer.id, quantity=10, subscription_id=made),)
    return Order(**{"id": "0f1e2d3c4b5a", "status": "completed", "created_at": NOW, "lines": lines, **more})


def begun(key: str = KEY, offer: Offer = COPILOT, **more: Any) -> Pending:
    """An order that was sent two hours ago and not answered."""
    known = {
        "request": an_order(offer.id, SOLD.catalog_item_id, order=key),
        "run": RUN,
        "request_id": REQUEST,
        "correlation_id": REQUEST,
        "started_at": pending().started_at,
        "subscription_id": order_id(key),
        "known_subscription_ids": (OFFICE,),
        "before": Before.of(Live.nothing(order_id(key))),
        "cart_id": "cart-1",
    }
    return Pending(**{**known, **more})


def bought_before(key: str = KEY) -> Result:
    """An order that was carried out under this key, and of which nothing but the result is remembered."""
    return ended(begun(key), Address("contoso/copilot"), Outcome.SUCCEEDED, NOW, BOUGHT, RUN)
