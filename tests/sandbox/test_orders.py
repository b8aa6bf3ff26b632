"""Checkouts and orders: a cart is bought once, and every way in which that may look otherwise."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Behaviour, Fault, FaultKind, send_papers
from tests.sandbox.emulated import APP, NOON
from tests.sandbox.ordering import COPILOT, a_cart, a_shop, bought, check_out, line, listed, read_order, the_order

ONE = "750fd5ea-904b-4c3e-b476-60d0feacab0d"
TEN = [(COPILOT, 10)]


@pytest.mark.parametrize("body", [None, "", "Checkout", {}], ids=["none", "empty", "text", "object"])
def test_a_cart_is_bought_once_and_a_repeat_gets_the_first_result(tmp_path: Path, body: Any) -> None:
    service = a_shop(tmp_path)
    cart = a_cart(service)
    first, second = (check_out(service, cart, body) for _ in range(2))
    assert (first.status, first.body) == (201, second.body)
    assert first.body["attributes"] == {"objectType": "CartCheckoutResult"}
    assert "orderErrors" not in first.body
    assert bought(service) == TEN


def test_an_order_is_what_the_lines_asked_for(tmp_path: Path) -> None:
    service = a_shop(tmp_path)
    named = line(friendlyName="ours", participants=[{"key": "transaction_reseller", "value": "5357564"}])
    (order,) = check_out(service, a_cart(service, named)).body["orders"]
    (only,) = order["lineItems"]
    assert len(order["id"]) == 12
    assert (order["alternateId"], order["status"], order["totalPrice"]) == (order["id"], "completed", 3024.0)
    assert "etag" not in order["attributes"]
    assert (only["offerId"], only["friendlyName"], only["partnerIdOnRecord"]) == (COPILOT, "ours", "5357564")
    sold = service.world.find(only["subscriptionId"])
    assert (sold.name, sold.partner_id, sold.created, sold.order) == ("ours", "5357564", NOON, order["id"])
    found = service.get(f"?order_id={order['id']}").body["items"]
    assert [entry["id"] for entry in found] == [sold.id]


def test_the_ledger_tells_by_which_cart_order_and_request_something_was_bought(tmp_path: Path) -> None:
    service = a_shop(tmp_path)
    cart = a_cart(service)
    (order,) = check_out(service, cart, request_id=ONE).body["orders"]
    (entry,) = service.ledger
    assert (entry.kind, entry.cart, entry.order, entry.request_id) == ("order", cart, order["id"], ONE)
    assert (entry.source, entry.before, entry.quantity) == ("", 0, 10)


def test_a_second_cart_buys_a_second_time(tmp_path: Path) -> None:
    service = a_shop(tmp_path)
    for _ in range(2):
        check_out(service, a_cart(service))
    assert bought(service) == [*TEN, *TEN]


def test_a_repeat_may_be_refused_as_submitted_already(tmp_path: Path) -> None:
    service = a_shop(tmp_path, behaviour=Behaviour(checkout_repeated="already_submitted"))
    cart = a_cart(service)
    check_out(service, cart)
    assert check_out(service, cart).code == (400, "800065")
    assert bought(service) == TEN


@pytest.mark.parametrize(
    ("kind", "code"),
    [("cart_busy", (409, "800064")), ("order_in_progress", (409, "800060")), ("already_submitted", (400, "800065"))],
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_codes_that_are_no_no_come_with_a_purchase_or_without(
    tmp_path: Path, kind: str, code: tuple[int, str], when: str
) -> None:
    service = a_shop(tmp_path, FaultKind(f"{kind}_{when}"))
    cart = a_cart(service)
    assert check_out(service, cart).code == code
    assert len(bought(service)) == (when == "after")
    assert check_out(service, cart).body["orders"]
    assert bought(service) == TEN


@pytest.mark.parametrize("kind", ["dropped_before", "performed_then_dropped", "half_body", "http_500_after"])
def test_a_lost_answer_to_a_cart_and_to_a_checkout_leave_one_purchase(tmp_path: Path, kind: str) -> None:
    service = a_shop(tmp_path)
    cart = a_cart(service)
    service.arm(Fault(kind=FaultKind(kind), path="checkout"))
    try:
        lost = check_out(service, cart)
    except ConnectionResetError:
        lost = None
    assert lost is None or lost.body is None or lost.status == 500
    check_out(service, cart)
    assert bought(service) == TEN


def test_a_checkout_that_fails_is_tried_again_by_a_repeat(tmp_path: Path) -> None:
    service = a_shop(tmp_path, FaultKind.CHECKOUT_FAILS)
    cart = a_cart(service)
    failed = check_out(service, cart)
    assert (failed.status, failed.body["orders"], failed.body["orderErrors"][0]["code"]) == (201, [], 800003)
    assert bought(service) == []
    assert "orderErrors" not in check_out(service, cart).body
    assert bought(service) == TEN


@pytest.mark.parametrize(
    ("kind", "status"),
    [(FaultKind.ORDER_FAILS, "error"), (FaultKind.ORDER_FAILS_IN_PART, "partial_success")],
)
def test_an_order_that_fails_buys_nothing(tmp_path: Path, kind: FaultKind, status: str) -> None:
    service = a_shop(tmp_path, kind)
    (order,) = check_out(service, a_cart(service)).body["orders"]
    assert (order["status"], bought(service), service.get().body["totalCount"]) == (status, [], 1)


def test_an_order_in_part_buys_all_lines_but_the_last(tmp_path: Path) -> None:
    service = a_shop(tmp_path, FaultKind.ORDER_FAILS_IN_PART)
    check_out(service, a_cart(service, line(), line("CFQ7TTC0LH18:0001:CFQ7TTC0K971", 1)))
    assert bought(service) == TEN


def test_an_order_may_fail_after_it_was_pending(tmp_path: Path) -> None:
    service = a_shop(tmp_path, Fault(kind=FaultKind.ORDER_FAILS_LATER, seconds=60))
    (order,) = check_out(service, a_cart(service)).body["orders"]
    service.later(60)
    assert (order["status"], read_order(service, order["id"])["status"], bought(service)) == ("pending", "error", [])


def test_an_order_that_is_held_is_bought_when_its_papers_come(tmp_path: Path) -> None:
    service = a_shop(tmp_path, FaultKind.ORDER_HELD)
    (order,) = check_out(service, a_cart(service)).body["orders"]
    assert (order["status"], "subscriptionId" in order["lineItems"][0], bought(service)) == (
        "pending_po_upload",
        False,
        [],
    )
    service.colleague.send_papers(order["id"])
    after = read_order(service, order["id"])
    assert (after["status"], bought(service)) == ("completed", TEN)
    assert service.get(f"/{after['lineItems'][0]['subscriptionId']}").body["quantity"] == 10


def test_somebody_sends_the_papers_of_every_order_that_waits(tmp_path: Path) -> None:
    service = a_shop(tmp_path, FaultKind.ORDER_HELD)
    check_out(service, a_cart(service))

    (said,) = send_papers(service.world_file)

    assert f"the papers of order {the_order(service).id} in the portal, so it goes on (10 seats of" in said
    assert (bought(service), send_papers(service.world_file)) == (TEN, [])


def test_papers_may_be_rejected(tmp_path: Path) -> None:
    service = a_shop(tmp_path, FaultKind.ORDER_HELD)
    check_out(service, a_cart(service))
    service.colleague.reject_papers(the_order(service).id)
    assert (read_order(service, the_order(service).id)["status"], bought(service)) == ("po_review_rejected", [])
    with pytest.raises(KeyError):
        service.colleague.send_papers(the_order(service).id)


def test_a_status_may_be_a_word_that_nobody_documents(tmp_path: Path) -> None:
    service = a_shop(tmp_path, Fault(kind=FaultKind.ORDER_STATUS_UNKNOWN, seconds=60))
    (order,) = check_out(service, a_cart(service)).body["orders"]
    service.later(60)
    assert (order["status"], read_order(service, order["id"])["status"]) == ("in_vetting", "completed")
    assert bought(service) == TEN


@pytest.mark.parametrize("late", [Behaviour(orders_listed_after=900), Fault(kind=FaultKind.SLOW_ORDERS, seconds=900)])
def test_a_new_order_is_listed_late_and_read_at_once(tmp_path: Path, late: Behaviour | Fault) -> None:
    behaviour, faults = (late, ()) if isinstance(late, Behaviour) else (None, (late,))
    service = a_shop(tmp_path, *faults, behaviour=behaviour)
    (order,) = check_out(service, a_cart(service)).body["orders"]
    assert (len(listed(service)), read_order(service, order["id"])["id"]) == (1, order["id"])
    service.later(900)
    assert [found["id"] for found in listed(service)][1:] == [order["id"]]


@pytest.mark.parametrize(("named", "now", "later"), [("at_once", 1, 1), ("provisioned", 0, 1), ("never", 0, 0)])
def test_an_order_names_its_subscription_at_once_or_later_or_never(
    tmp_path: Path, named: Any, now: int, later: int
) -> None:
    service = a_shop(tmp_path, behaviour=Behaviour(subscription_named=named, provisioned_after=60, visible_after=120))
    (order,) = check_out(service, a_cart(service)).body["orders"]
    assert (order["status"], len([key for key in order["lineItems"][0] if key == "subscriptionId"])) == ("pending", now)
    service.later(60)
    (after,) = read_order(service, order["id"])["lineItems"]
    assert (("subscriptionId" in after), service.get().body["totalCount"]) == (later, 1)
    service.later(60)
    assert service.get().body["totalCount"] == 2


def test_the_title_may_take_the_place_of_the_name_that_was_asked_for(tmp_path: Path) -> None:
    service = a_shop(tmp_path, behaviour=Behaviour(friendly_name_kept=False))
    (order,) = check_out(service, a_cart(service, line(friendlyName="ours"))).body["orders"]
    (only,) = order["lineItems"]
    assert only["friendlyName"] == "ours"
    assert service.get(f"/{only['subscriptionId']}").body["friendlyName"] == "Microsoft 365 Copilot"


def test_the_memory_of_request_ids_can_be_off_or_end(tmp_path: Path) -> None:
    service = a_shop(tmp_path, behaviour=Behaviour(remembered_for=60))
    path, body = f"/customers/{service.tenant.tenant}/carts", {"lineItems": [line()]}
    first, second = (service.send("POST", path, body, headers={"MS-RequestId": ONE}).body["id"] for _ in range(2))
    service.later(60)
    assert first == second != service.send("POST", path, body, headers={"MS-RequestId": ONE}).body["id"]


def test_orders_have_ids_of_three_forms_and_an_etag_only_if_traditional(tmp_path: Path) -> None:
    service = a_shop(tmp_path)
    with service.changed() as world:
        contoso = world.customers[0]
        contoso.subscriptions[0].order = ""
        world.customers[0] = type(contoso)(
            name="contoso",
            subscriptions=[
                *contoso.subscriptions,
                type(contoso.subscriptions[0])(offer="195416C1-3447-423A-B37B-EE59A99A19C4", quantity=5),
                type(contoso.subscriptions[0])(offer="DZH318Z0BPS6:0001:DZH318Z0SC02", platform="Azure"),
            ],
        )
    found = listed(service)
    assert [len(order["id"]) for order in found] == [12, 36, 32]
    assert ["etag" in order["attributes"] for order in found] == [False, True, False]
    assert all(read_order(service, order["id"]) == order for order in found)


def test_the_audit_log_has_the_order_with_its_correlation_and_no_cart(tmp_path: Path) -> None:
    service = a_shop(tmp_path, behaviour=Behaviour(audited_after=9))
    cart = a_cart(service)
    path = f"/customers/{service.tenant.tenant}/carts/{cart}/checkout"
    (order,) = service.send("POST", path, None, headers={"MS-CorrelationId": ONE}).body["orders"]
    assert service.send("GET", "/auditrecords").body["items"] == []
    service.later(9)
    (record,) = service.send("GET", "/auditrecords").body["items"]
    assert (record["operationType"], record["resourceType"]) == ("create_order", "order")
    assert record["originalCorrelationId"] == ONE
    assert {"key": "OrderId", "value": order["id"]} in record["customizedData"]
    assert '"SubscriptionId":' in record["resourceNewValue"]


@pytest.mark.parametrize(("kind", "status"), [(FaultKind.ORDER_FAILS, "failed"), (FaultKind.ORDER_HELD, "succeeded")])
def test_the_audit_log_names_no_subscription_where_nothing_was_bought(
    tmp_path: Path, kind: FaultKind, status: str
) -> None:
    service = a_shop(tmp_path, kind)
    check_out(service, a_cart(service))
    (record,) = service.send("GET", "/auditrecords").body["items"]
    assert (record["operationStatus"], [entry["key"] for entry in record["customizedData"]]) == (
        status,
        ["OrderId", "Quantity-0"],
    )


def test_a_purchase_can_be_cancelled_for_seven_days_and_the_order_shows_it(tmp_path: Path) -> None:
    service = a_shop(tmp_path)
    (order,) = check_out(service, a_cart(service)).body["orders"]
    path = f"/customers/{service.tenant.tenant}/subscriptions/{order['lineItems'][0]['subscriptionId']}"
    live = service.send("GET", path).body
    assert live["cancellationAllowedUntilDate"] == "2026-03-09T12:00:00Z"
    assert service.send("PATCH", path, live | {"status": "deleted"}).status == 200
    kinds = [entry["transactionType"] for entry in read_order(service, order["id"])["lineItems"]]
    assert kinds == ["New", "cancel"]


def test_after_seven_days_a_purchase_stays(tmp_path: Path) -> None:
    service = a_shop(tmp_path)
    (order,) = check_out(service, a_cart(service)).body["orders"]
    service.later(timedelta(days=7, seconds=1).total_seconds())
    path = f"/customers/{service.tenant.tenant}/subscriptions/{order['lineItems'][0]['subscriptionId']}"
    live = service.send("GET", path).body
    assert service.send("PATCH", path, live | {"status": "deleted"}).code == (400, "900213")


def test_lines_of_an_order_are_provisioned_and_a_user_may_ask(tmp_path: Path) -> None:
    service = a_shop(tmp_path)
    (order,) = check_out(service, a_cart(service)).body["orders"]
    path = f"/customers/{service.tenant.tenant}/orders/{order['id']}/provisioningstatus"
    assert [entry["status"] for entry in service.send("GET", path).body["items"]] == ["Fulfilled"]
    assert service.send("GET", path, token=APP).code == (403, "900329")


def test_an_order_that_is_not_there_is_a_404(tmp_path: Path) -> None:
    service = a_shop(tmp_path)
    assert service.send("GET", f"/customers/{service.tenant.tenant}/orders/{ONE}").code == (404, "20000")


def test_what_a_colleague_buys_in_the_portal_is_an_order_too(tmp_path: Path) -> None:
    service = a_shop(tmp_path)
    made = service.colleague.order("contoso", COPILOT, 3)
    assert service.get(f"/{made}").body["quantity"] == 3
    assert [(entry.kind, entry.actor, entry.cart) for entry in service.ledger] == [("order", "colleague", "")]
    assert listed(service)[-1]["lineItems"][0]["subscriptionId"] == made
