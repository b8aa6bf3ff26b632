"""Builders of requests: a test names only the members that it is about."""

from decimal import Decimal
from typing import Any

from reconciler.changes.resize import ResizeRequest
from reconciler.model.order_request import OrderRequest
from reconciler.model.request import UpgradeRequest


def an_upgrade(
    target_offer_id: str, quantity: int = 25, *, way: str = "upgrade_with_license_transfer", name: str = ""
) -> UpgradeRequest:
    return UpgradeRequest(
        kind="upgrade", type=way, target_offer_id=target_offer_id, target_offer_name=name, quantity=quantity
    )


def a_resize(quantity: int) -> ResizeRequest:
    return ResizeRequest(kind="resize", quantity=quantity)


def an_order(offer_id: str, catalog_item_id: str, quantity: int = 10, **values: Any) -> OrderRequest:
    """Seats for a year, paid monthly, at most 30.00 each; attested."""
    asked: dict[str, Any] = {
        "order": "2026-11-copilot",
        "term": "annual",
        "billing": "monthly",
        "unit_price": Decimal("30.00"),
        "currency": "USD",
        "attested": True,
    }
    return OrderRequest(
        kind="order",
        offer_id=offer_id,
        catalog_item_id=catalog_item_id,
        quantity=quantity,
        **{**asked, **values},
    )
