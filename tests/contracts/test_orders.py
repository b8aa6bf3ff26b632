"""Promises of every Commerce about orders, asked of the client before the emulator in-process and over HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from reconciler.model.commerce import Commerce
from reconciler.model.errors import NoAnswer, ServiceRefused
from reconciler.model.order import Agreement, CartStatus, CheckedOut, Fate
from reconciler.sandbox import Fault, FaultKind, Sold, Tenant
from tests.contracts.test_commerce import NOW, TRANSPORTS, Service, opened, ticket
from tests.requested import an_order
from tests.worlds import new_world

COPILOT, PREMIUM, BASIC = "CFQ7TTC0MM8R:0001", "CFQ7TTC0LCHC:0002", "CFQ7TTC0LH18:0001"
TEN = an_order(COPILOT, f"{COPILOT}:CFQ7TTC0SC01")


@pytest.fixture(params=TRANSPORTS)
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    """Contoso, with 25 seats of Business Premium, which Copilot needs."""
    premium = Sold(name="premium", offer=f"{PREMIUM}:CFQ7TTC0SBX3", quantity=25)
    traditional = Sold(name="old", offer="195416C1-3447-423A-B37B-EE59A99A19C4", quantity=5)
    new_world(Tenant(name="contoso", subscriptions=[premium, traditional])).save(tmp_path / "world.json")
    with opened(tmp_path / "world.json", request.param) as service:
        yield service


def bought(service: Service, commerce: Commerce) -> CheckedOut:
    """Ten seats of Copilot."""
    cart = commerce.create_cart(service.tenant, TEN, ticket())
    return commerce.check_out(service.tenant, cart.id, ticket())


def purchases(service: Service) -> list[tuple[str, int]]:
    """The purchases: offers and quantities."""
    return [(entry.offer, entry.quantity) for entry in service.ledger if entry.kind == "order"]


def test_an_item_of_the_catalogue_says_what_is_sold_to_whom(service: Service) -> None:
    found = service.commerce().sku(COPILOT, "us", "commercial")
    assert found
    assert (found.offer_id, found.name, found.trial, found.minimum) == (COPILOT, "Microsoft 365 Copilot", False, 1)
    assert PREMIUM in found.prerequisites
    sold = found.selling("annual", "monthly")
    assert sold
    assert (sold.catalog_item_id, sold.currency) == (f"{COPILOT}:CFQ7TTC0SC01", "USD")
    assert found.selling("annual", "weekly") is None


@pytest.mark.parametrize("offer_id", ["CFQ7TTC00000:0001", f"{COPILOT.partition(':')[0]}:00ZZ"])
def test_what_a_market_does_not_have_is_no_item(service: Service, offer_id: str) -> None:
    assert service.commerce().sku(offer_id, "US", None) is None


def test_a_cart_buys_nothing_and_says_what_the_line_would_cost(service: Service) -> None:
    commerce = service.commerce()
    cart = commerce.create_cart(service.tenant, TEN, ticket())
    (line,) = cart.lines
    assert (cart.status, cart.expires_at) == (CartStatus.ACTIVE, NOW + timedelta(days=7))
    assert (line.catalog_item_id, line.quantity, line.term, line.billing) == (
        TEN.catalog_item_id,
        10,
        "annual",
        "monthly",
    )
    assert (line.currency, line.unit_price, line.errors) == ("USD", Decimal("25.20"), ())
    assert commerce.cart(service.tenant, cart.id) == cart
    assert purchases(service) == []


def test_a_cart_that_is_not_there_is_none(service: Service) -> None:
    assert service.commerce().cart(service.tenant, str(uuid4())) is None


def test_a_line_that_cant_be_bought_says_why_and_how_many_seats_are_left(service: Service) -> None:
    with service.changed() as world:
        world.customers[0].seats_elsewhere = {BASIC: 290}
    asked = an_order(BASIC, f"{BASIC}:CFQ7TTC0K971", 20)
    (line,) = service.commerce().create_cart(service.tenant, asked, ticket()).lines
    assert ([(error.code, error.number) for error in line.errors], line.available) == (
        [("seats_not_available", 10015)],
        10,
    )


def test_the_purchase_of_a_cart_is_read_once_it_is_ordered_and_buys_nothing(service: Service) -> None:
    commerce = service.commerce()
    cart = commerce.create_cart(service.tenant, TEN, ticket())
    assert (commerce.purchase(service.tenant, cart.id, ticket()), purchases(service)) == (None, [])
    bought = commerce.check_out(service.tenant, cart.id, ticket())
    assert commerce.purchase(service.tenant, cart.id, ticket()) == bought
    assert len(purchases(service)) == 1
    assert commerce.purchase(service.tenant, "no-such-cart", ticket()) is None


def test_a_checkout_buys_the_cart_once_however_often_it_is_asked_for(service: Service) -> None:
    commerce = service.commerce()
    cart = commerce.create_cart(service.tenant, TEN, ticket())
    first, second = (commerce.check_out(service.tenant, cart.id, ticket()) for _ in range(2))
    assert first == second
    (order,) = first.orders
    (line,) = order.lines
    assert (order.fate, order.created_at, order.billing) == (Fate.BOUGHT, NOW, "monthly")
    assert (line.offer_id, line.quantity, line.term) == (COPILOT, 10, "annual")
    live = commerce.subscription(service.tenant, line.subscription_id or "")
    assert (live.offer.id, live.quantity, live.billing) == (COPILOT, 10, "monthly")
    after = commerce.cart(service.tenant, cart.id)
    assert after
    assert after.status is CartStatus.ORDERED
    assert purchases(service) == [(f"{COPILOT}:CFQ7TTC0SC01", 10)]


def test_a_name_and_a_reseller_reach_the_subscription(service: Service) -> None:
    commerce = service.commerce()
    asked = an_order(COPILOT, TEN.catalog_item_id, friendly_name="copilot of 2026-11", reseller="5357564")
    cart = commerce.create_cart(service.tenant, asked, ticket())
    (order,) = commerce.check_out(service.tenant, cart.id, ticket()).orders
    live = commerce.subscription(service.tenant, order.lines[0].subscription_id or "")
    assert (live.friendly_name, live.partner_id) == ("copilot of 2026-11", "5357564")


def test_orders_of_all_kinds_are_listed_and_a_new_one_shows_late(service: Service) -> None:
    service.behave(orders_listed_after=900)
    commerce = service.commerce()
    (made,) = bought(service, commerce).orders
    assert commerce.order(service.tenant, made.id) == made
    assert [order.lines[0].quantity for order in commerce.orders(service.tenant)] == [25, 5]
    service.behave(orders_listed_after=0)
    (_, _, second) = bought(service, commerce).orders and commerce.orders(service.tenant)
    assert second.id != made.id


def test_an_order_may_name_its_subscription_later(service: Service) -> None:
    service.behave(subscription_named="provisioned", provisioned_after=60)
    commerce = service.commerce()
    (order,) = bought(service, commerce).orders
    assert (order.status, order.fate, order.lines[0].subscription_id) == ("pending", Fate.BOUGHT, None)
    with service.changed() as world:
        world.ahead = timedelta(minutes=1)
    assert commerce.order(service.tenant, order.id).lines[0].subscription_id


@pytest.mark.parametrize(
    ("fault", "status", "fate"),
    [
        (FaultKind.ORDER_HELD, "pending_po_upload", Fate.HELD),
        (FaultKind.ORDER_FAILS, "error", Fate.OVER),
        (FaultKind.ORDER_FAILS_IN_PART, "partial_success", Fate.OVER),
    ],
)
def test_an_order_that_buys_nothing_is_no_purchase(service: Service, fault: FaultKind, status: str, fate: Fate) -> None:
    service.arm(fault.value)
    (order,) = bought(service, service.commerce()).orders
    assert (order.status, order.fate, purchases(service)) == (status, fate, [])


def test_a_checkout_that_fails_says_why_and_can_be_tried_again(service: Service) -> None:
    service.arm("checkout_fails")
    commerce = service.commerce()
    cart = commerce.create_cart(service.tenant, TEN, ticket())
    failed = commerce.check_out(service.tenant, cart.id, ticket())
    assert (failed.orders, [error.number for error in failed.errors]) == ((), [800003])
    assert commerce.check_out(service.tenant, cart.id, ticket()).orders


@pytest.mark.parametrize("kind", ["cart_busy", "order_in_progress", "already_submitted"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_an_answer_that_may_be_a_purchase_is_no_answer(service: Service, kind: str, when: str) -> None:
    service.arm(f"{kind}_{when}")
    with pytest.raises(NoAnswer):
        bought(service, service.commerce())
    assert len(purchases(service)) == (when == "after")


def test_a_checkout_that_is_turned_away_to_the_end_may_have_bought_for_all_that_is_promised(service: Service) -> None:
    service.arm(Fault(kind=FaultKind.THROTTLE_429, path="checkout", times=9, seconds=1))
    with pytest.raises(NoAnswer):
        bought(service, service.commerce())
    assert purchases(service) == []


@pytest.mark.parametrize("kind", ["performed_then_dropped", "http_500_after", "half_body", "html_body", "empty_body"])
def test_a_lost_or_unreadable_result_is_no_answer_and_the_same_cart_tells_what_was_bought(
    service: Service, kind: str
) -> None:
    commerce = service.commerce()
    cart = commerce.create_cart(service.tenant, TEN, ticket())
    service.arm(Fault(kind=FaultKind(kind), path="checkout"))
    with pytest.raises(NoAnswer):
        commerce.check_out(service.tenant, cart.id, ticket())
    assert commerce.check_out(service.tenant, cart.id, ticket()).orders
    assert len(purchases(service)) == 1


@pytest.mark.parametrize(
    ("agreement", "attested", "refusal"),
    [("none", True, (403, "13605")), ("confirmed", False, (400, "900206"))],
)
def test_what_a_purchase_needs_first_is_asked_for_at_the_checkout(
    service: Service, agreement: str, attested: bool, refusal: tuple[int, str]
) -> None:
    with service.changed() as world:
        world.customers[0].agreement = agreement  # type: ignore[assignment]
    commerce = service.commerce()
    cart = commerce.create_cart(service.tenant, an_order(COPILOT, TEN.catalog_item_id, attested=attested), ticket())
    with pytest.raises(ServiceRefused) as refused:
        commerce.check_out(service.tenant, cart.id, ticket())
    assert (refused.value.status, refused.value.code, purchases(service)) == (*refusal, [])


@pytest.mark.parametrize(
    ("agreement", "token", "found"),
    [
        ("none", "somebody", Agreement.MISSING),
        ("confirmed", "somebody", Agreement.ACCEPTED),
        ("signed", "somebody", Agreement.ACCEPTED),
        ("signed", "an-app-only-token", Agreement.UNREADABLE),
    ],
)
def test_the_customers_agreement_is_read_by_a_user(
    service: Service, agreement: str, token: str, found: Agreement
) -> None:
    with service.changed() as world:
        world.customers[0].agreement = agreement  # type: ignore[assignment]
    assert service.commerce(token).agreement(service.tenant) is found
