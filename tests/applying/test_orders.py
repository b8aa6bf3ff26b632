"""Orders: bought once, compared before, and settled by what the service itself tells of them."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from reconciler.model.address import Address
from reconciler.model.order import order_id
from reconciler.model.subscription import Desired, Place
from reconciler.model.term import Billing, Term
from reconciler.sandbox import Sold
from tests.applying.scenes import GENEROUS, Scene, a_scene, an_offer, told

COPILOT, PREMIUM = "CFQ7TTC0MM8R:0001", "CFQ7TTC0LCHC:0002"
KEY = "2026-11-copilot"
ADDRESS = Address("contoso/copilot")


def an_entry(scene: Scene, name: str = "copilot", key: str = KEY, **values: object) -> Desired:
    entry = Desired(
        address=Address(f"contoso/{name}"),
        customer=scene.customers["contoso"],
        subscription_id=order_id(key),
        order=key,
        offer=an_offer(COPILOT),
        quantity=10,
        term=Term.ANNUAL,
        billing=Billing.MONTHLY,
        max_unit_price=Decimal("26.00"),
        market="US",
        source=Place(file="manifests/contoso.yaml", line=9, column=3),
    )
    return replace(entry, **values)  # type: ignore[arg-type] -- members of an entry


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Contoso has what Copilot needs, and its manifest orders ten seats of that."""
    found = a_scene(tmp_path, premium=Sold(name="premium", offer=f"{PREMIUM}:CFQ7TTC0SBX3", quantity=25))
    found.settings = replace(
        found.settings,
        limits=replace(GENEROUS, max_orders=5),
        orders=replace(found.settings.orders, attest_partner_on_record=True),
    )
    found.manifests[ADDRESS] = an_entry(found)
    return found


def purchases(scene: Scene) -> int:
    """How many times the service sold anything by an order."""
    return sum(entry.kind == "order" for entry in scene.ledger)


def is_settled(scene: Scene, *, times: int = 1) -> bool:
    """Returns whether the address follows what was bought, so that nothing is left to plan."""
    plan, bound = scene.plan(), scene.state().subscriptions["copilot"]
    bought = bound.previous_ids == (order_id(KEY),) and not scene.state().pending
    return bought and purchases(scene) == times and not (plan.changes or plan.blocked or plan.pending)


def test_an_order_is_bought_once_and_its_address_follows_the_subscription(scene: Scene) -> None:
    assert told(scene.apply()) == ["started", "succeeded", "summary"]
    assert is_settled(scene)
    assert told(scene.apply()) == ["summary"]
    assert scene.store.last_orders() == {scene.tenant(): KEY}
