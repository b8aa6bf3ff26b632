"""Answers about carts, orders and agreements that differ from what the emulator sends."""

import json
from decimal import Decimal
from typing import Any

import httpx
import pytest

from reconciler.model.errors import AuthenticationFailed, NoAnswer, ServiceError, ServiceRefused
from reconciler.model.order import Agreement, CartLine, CartStatus, Fate
from tests.partner_center.service import SOURCE, TENANT, TICKET, Script, answer, client, page, refused
from tests.requested import an_order

ITEM = "CFQ7TTC0MM8R:0001:CFQ7TTC0SC01"
ORDERED = an_order("CFQ7TTC0MM8R:0001", ITEM)


def order(**members: Any) -> dict[str, Any]:
    found = {"offerId": ITEM, "subscriptionId": SOURCE, "quantity": 3, "termDuration": "P1Y"}
    return {"id": "5cf72f146967", "status": "pending", "lineItems": [found], **members}


def cart_line(**members: Any) -> CartLine:
    line = {"catalogItemId": ITEM, "quantity": 3, **members}
    found = client(Script(answer({"id": SOURCE, "lineItems": [line]}))).cart(TENANT, SOURCE)
    assert found
    assert found.status is CartStatus.OTHER
    return found.lines[0]


def test_a_cart_asks_for_one_line_and_for_nothing_that_was_not_stated() -> None:
    script = Script(answer({"id": SOURCE, "lineItems": []}, 201))
    client(script).create_cart(TENANT, ORDERED, TICKET)
    assert json.loads(script.requests[0].content) == {
        "PartnerOnRecordAttestationAccepted": True,
        "lineItems": [
            {"id": 0, "catalogItemId": ITEM, "quantity": 10, "billingCycle": "monthly", "termDuration": "P1Y"}
        ],
    }


def test_a_checkout_has_no_body_and_is_sent_once() -> None:
    script = Script(answer({"orders": [order()]}, 201))
    client(script).check_out(TENANT, SOURCE, TICKET)
    (sent,) = script.requests
    assert (sent.content, sent.headers["MS-RequestId"]) == (b"", TICKET.request_id)


def test_one_order_may_be_answered_without_its_envelope() -> None:
    found = client(Script(answer(order(attributes={"objectType": "Order"}), 201))).check_out(TENANT, SOURCE, TICKET)
    assert [made.id for made in found.orders] == ["5cf72f146967"]


@pytest.mark.parametrize("body", [{}, {"orders": []}, {"orders": None, "orderErrors": []}, {"id": SOURCE}])
def test_a_result_without_orders_and_errors_is_no_answer(body: dict[str, Any]) -> None:
    with pytest.raises(NoAnswer):
        client(Script(answer(body, 201))).check_out(TENANT, SOURCE, TICKET)


@pytest.mark.parametrize(("code", "word"), [(800023, "403/800023"), ("800066", "403/800066"), (4711, "unknown(4711)")])
def test_an_orders_error_is_named_as_the_tables_of_errors_name_it(code: Any, word: str) -> None:
    body = {"orders": [], "orderErrors": [{"orderGroupId": "0", "code": code, "description": "No."}]}
    found = client(Script(answer(body, 201))).check_out(TENANT, SOURCE, TICKET)
    assert [(error.code, error.description) for error in found.errors] == [(word, "No.")]


@pytest.mark.parametrize(
    ("status", "word", "fate"),
    [
        ("Completed", "completed", Fate.BOUGHT),
        ("pendingPoUpload", "pending_po_upload", Fate.HELD),
        ("Partial Success", "partial_success", Fate.OVER),
        (2, "pending", Fate.BOUGHT),
        ("10", "error", Fate.OVER),
        ("in_vetting", "in_vetting", Fate.UNKNOWN),
        (None, "", Fate.UNKNOWN),
    ],
)
def test_a_status_is_a_word_in_any_casing_or_a_number_and_an_unknown_one_tells_nothing(
    status: Any, word: str, fate: Fate
) -> None:
    found = client(Script(answer(order(status=status)))).order(TENANT, "5cf72f146967")
    assert (found.status, found.fate) == (word, fate)


@pytest.mark.parametrize("made", ["_8qg-ErcO-4MPbPqq", "-8qg", "9qg-ErcO-4MPbPqq_3MIQaS7bn8W6HfG1"])
def test_an_orders_id_keeps_its_casing_whatever_it_begins_with(made: str) -> None:
    script = Script(answer(page(order(id=made))), answer(order(id=made)))
    (found,) = client(script).orders(TENANT)
    assert client(script).order(TENANT, found.id).id == made
    assert script.requests[-1].url.path.endswith(f"/orders/{made}")


def test_a_subscriptions_id_that_cant_be_read_is_not_named_yet_and_a_quantity_is_an_error() -> None:
    odd = {"offerId": ITEM, "subscriptionId": {"not": "an id"}, "quantity": 3}
    found = client(Script(answer(order(lineItems=[odd])))).order(TENANT, "5cf72f146967")
    assert found.lines[0].subscription_id is None
    with pytest.raises(ServiceError):
        client(Script(answer(order(lineItems=[{**odd, "quantity": "many"}])))).order(TENANT, "5cf72f146967")


@pytest.mark.parametrize(
    ("price", "cents"), [(30.4, "30.40"), ("364.805", "364.81"), (0, "0.00"), (1e-3, "0.00"), (None, None)]
)
def test_a_price_is_whole_cents(price: Any, cents: str | None) -> None:
    assert cart_line(pricing={"price": price}).unit_price == (None if cents is None else Decimal(cents))


@pytest.mark.parametrize("price", [-1, "free", True, [], "NaN", "1e9"])
def test_a_price_that_cant_be_read_makes_the_cart_unreadable(price: Any) -> None:
    with pytest.raises(ServiceError):
        cart_line(pricing={"price": price})


@pytest.mark.parametrize("error", [{"errorCode": 10015}, [{"errorCode": "10015"}], {"ErrorCode": 10015}])
def test_a_lines_error_is_read_in_every_form(error: Any) -> None:
    assert [(found.code, found.number) for found in cart_line(error=error).errors] == [("seats_not_available", 10015)]


def test_a_lines_error_that_nobody_documents_is_one_too() -> None:
    assert [found.code for found in cart_line(error={"errorDescription": "No."}).errors] == ["unknown()"]
    assert [found.number for found in cart_line(error={"errorCode": 4711}).errors] == [4711]


@pytest.mark.parametrize(
    ("listed", "signed", "found"),
    [
        (page({"type": "MicrosoftCloudAgreement"}), True, Agreement.ACCEPTED),
        (page({"type": "MicrosoftCloudAgreement"}), False, Agreement.MISSING),
        (page({"type": "microsoftCustomerAgreement"}), False, Agreement.ACCEPTED),
    ],
)
def test_only_the_customer_agreement_counts(listed: dict[str, Any], signed: bool, found: Agreement) -> None:
    script = Script(answer(listed), answer({"isSigned": signed}))
    assert client(script).agreement(TENANT) is found


@pytest.mark.parametrize("reply", [refused(403, "900329"), refused(404, "1000"), httpx.Response(403)])
def test_an_agreement_that_may_not_be_read_is_unreadable(reply: httpx.Response) -> None:
    assert client(Script(reply)).agreement(TENANT) is Agreement.UNREADABLE


def test_a_customer_that_is_not_ours_and_a_sign_in_that_failed_stay_errors() -> None:
    with pytest.raises(ServiceRefused):
        client(Script(refused(403, "20002"))).agreement(TENANT)
    with pytest.raises(AuthenticationFailed):
        client(Script(*[refused(401, "900421")] * 2)).agreement(TENANT)


def test_a_cart_or_an_item_is_absent_only_by_the_services_own_code() -> None:
    assert client(Script(refused(404, "800008"))).cart(TENANT, SOURCE) is None
    with pytest.raises(ServiceError):
        client(Script(refused(404, "1000"))).cart(TENANT, SOURCE)
    with pytest.raises(ServiceError):
        client(Script(httpx.Response(404))).sku("CFQ7TTC0MM8R:0001", "US", None)
