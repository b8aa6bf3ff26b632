"""Add-ons: what they need, and what becomes of them with it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Sold
from reconciler.sandbox.catalogue import E1, EXCHANGE_1, EXCHANGE_ARCHIVING
from tests.sandbox.emulated import Emulated, Reply, emulated
from tests.sandbox.modern import PREMIUM, licences
from tests.sandbox.ordering import COPILOT, listed


def patched(service: Emulated, **line: Any) -> Reply:
    """Buys seats of archiving for the first subscription, by its order."""
    order = listed(service)[0]["id"]
    asked = {"offerId": EXCHANGE_ARCHIVING, "parentSubscriptionId": service.first.id, "quantity": 2, **line}
    path = f"/customers/{service.tenant.tenant}/orders/{order}"
    return service.send("PATCH", path, {"lineItems": [{"lineItemNumber": 0, **asked}]})


def test_a_traditional_add_on_is_one_more_line_of_its_bases_order(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer=EXCHANGE_1, quantity=25))
    found = patched(service).body
    assert [(line["lineItemNumber"], line["offerId"], line["quantity"]) for line in found["lineItems"]] == [
        (0, EXCHANGE_1, 25),
        (1, EXCHANGE_ARCHIVING, 2),
    ]
    assert [order["id"] for order in listed(service)] == [found["id"]]
    assert [(entry.kind, entry.offer) for entry in service.ledger] == [("order", EXCHANGE_ARCHIVING)]


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ({"offerId": E1}, (400, "800004")),
        ({"parentSubscriptionId": "750fd5ea-904b-4c3e-b476-60d0feacab0d"}, (400, "800029")),
        ({"quantity": 0}, (400, "800002")),
    ],
)
def test_what_is_no_add_on_of_the_base_is_refused(
    tmp_path: Path, line: dict[str, Any], refusal: tuple[int, str]
) -> None:
    service = emulated(tmp_path, Sold(offer=EXCHANGE_1, quantity=25))
    assert patched(service, **line).code == refusal
    assert service.ledger == []


def test_an_add_on_is_not_sold_for_a_base_that_is_not_active_and_is_suspended_with_it(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer=EXCHANGE_1, quantity=25))
    patched(service)
    service.patch(status="suspended")
    assert [sold.status for sold in service.tenant.subscriptions] == ["suspended", "suspended"]
    assert patched(service).code == (409, "27009")


@pytest.mark.parametrize(("base", "status"), [("active", "active"), ("deleted", "expired")])
def test_an_add_on_of_new_commerce_expires_at_its_renewal_without_its_base(
    tmp_path: Path, base: str, status: str
) -> None:
    day = datetime(2025, 3, 10, 8, 15, tzinfo=UTC)
    service = emulated(
        tmp_path,
        licences(offer=PREMIUM, quantity=25, created=datetime(2025, 12, 1, tzinfo=UTC), status=base),
        licences(offer=COPILOT, created=day),
    )
    service.world_clock.set(datetime(2026, 3, 11, tzinfo=UTC))
    assert service.tenant.subscriptions[1].status == status
