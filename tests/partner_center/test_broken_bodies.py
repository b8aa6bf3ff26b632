"""Whatever the service sends, a call gives a value or a ServiceError, and nothing else."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.errors import NoAnswer, ServiceError
from reconciler.model.order import CheckedOut
from reconciler.model.subscription import Live
from reconciler.model.upgrade import UpgradeResult
from reconciler.partner_center.client import PartnerCenter
from reconciler.partner_center.http import retry
from reconciler.partner_center.wire.subscriptions import single
from reconciler.partner_center.wire.upgrades import option
from tests.partner_center.mutations import DATES, RESTS, spoilt
from tests.partner_center.service import (
    E3,
    SOURCE,
    TENANT,
    TICKET,
    Script,
    client,
    page,
    raw,
    subscription,
    upgrade,
    upgrade_result,
)
from tests.requested import a_resize, an_order
from tests.thoroughness import examples

Call = Callable[[PartnerCenter], object]
SINCE = datetime(2024, 1, 1, tzinfo=UTC)

COPILOT = "CFQ7TTC0MM8R:0001"
A_CART = {
    "id": SOURCE,
    "status": "Active",
    "lineItems": [
        {"catalogItemId": f"{COPILOT}:X", "quantity": 3, "error": {"errorCode": 10015}, "pricing": {"price": 3.5}}
    ],
}
AN_ORDER = {
    "id": "5cf72f146967",
    "status": "pending",
    "lineItems": [{"offerId": f"{COPILOT}:X", "subscriptionId": SOURCE, "quantity": 3, "termDuration": "P1Y"}],
}

CALLS: list[tuple[Call, dict[str, Any]]] = [
    (lambda commerce: commerce.subscriptions(TENANT), page(subscription(), links={"next": {"uri": "/x"}})),
    (lambda commerce: commerce.subscription(TENANT, SOURCE), subscription(links={"offer": {"uri": f"/offers/{E3}"}})),
    (lambda commerce: commerce.upgrades(TENANT, SOURCE), page(upgrade(upgradeErrors=[{"code": 2}]))),
    (
        lambda commerce: commerce.upgrade(TENANT, SOURCE, option(upgrade()), 3, TICKET),
        upgrade_result(licenseErrors=[{"userObjectId": TENANT, "errors": [{"code": 1}]}]),
    ),
    (lambda commerce: commerce.update(TENANT, single(subscription()), a_resize(3), TICKET), subscription(quantity=3)),
    (lambda commerce: commerce.relationship(TENANT), {"id": TENANT, "companyProfile": {"companyName": "x"}}),
    (lambda commerce: commerce.relationship_link(), {"url": "https://admin.example/"}),
    (lambda commerce: list(commerce.accounts()), page({"id": TENANT, "companyProfile": {"tenantId": TENANT}})),
    (lambda commerce: commerce.offers("US"), page({"id": E3, "name": "E3"})),
    (
        lambda commerce: commerce.audit(TENANT, SINCE),
        page(
            {
                "customerId": TENANT,
                "resourceType": "subscription",
                "resourceNewValue": json.dumps({"Id": SOURCE, "Deep": [{"SubscriptionId": SOURCE}]}),
                "operationDate": "2024-03-01T12:00:00Z",
                "operationType": "upgrade_subscription",
                "customizedData": [{"key": "SubscriptionId-0", "value": SOURCE}],
            },
            continuationToken="next",
        ),
    ),
    (lambda commerce: commerce.create_cart(TENANT, an_order(COPILOT, f"{COPILOT}:X"), TICKET), A_CART),
    (lambda commerce: commerce.cart(TENANT, SOURCE), A_CART),
    (lambda commerce: commerce.check_out(TENANT, SOURCE, TICKET), {"orders": [AN_ORDER]}),
    (lambda commerce: commerce.orders(TENANT), page(AN_ORDER)),
    (lambda commerce: commerce.order(TENANT, SOURCE), AN_ORDER),
    (lambda commerce: commerce.agreement(TENANT), page({"type": "MicrosoftCustomerAgreement"})),
    (lambda commerce: commerce.availabilities(TENANT, COPILOT), page({"id": "X", "terms": [{"duration": "P1Y"}]})),
]

WRITES = CALLS[3:5]

BOUND = timedelta(seconds=5)
"""Far more than any answer takes to be read, and far less than an answer that is read for ever."""

STATUSES = st.sampled_from([200, 200, 200, 200, 201, 202, 204, 301, 400, 401, 403, 404, 409, 412, 429, 500, 503])


RANDOM = st.randoms(use_true_random=False)


def outcome(call: Call, *replies: httpx.Response) -> object:
    """The value or the ServiceError; any other error is the test's failure."""
    try:
        return call(client(Script(*replies)))
    except ServiceError as error:
        return error


@settings(max_examples=examples(40), deadline=BOUND)
@given(case=st.sampled_from(CALLS), random=RANDOM, status=STATUSES)
def test_a_call_gives_a_value_or_a_service_error(case: tuple[Call, Any], random: Random, status: int) -> None:
    call, document = case
    reply = raw(spoilt(document, random), status)
    found = outcome(call, *[reply] * 5, raw(json.dumps(page())))
    if isinstance(found, ServiceError):
        assert found.problems[0].what
        assert found.problems[0].remedy
        assert found.support is not None


@settings(max_examples=examples(40), deadline=None)
@given(case=st.sampled_from(WRITES), random=RANDOM)
def test_a_write_whose_200_is_spoilt_is_never_taken_for_refused(case: tuple[Call, Any], random: Random) -> None:
    call, document = case
    found = outcome(call, raw(spoilt(document, random)))
    assert isinstance(found, NoAnswer | UpgradeResult | Live | None)
    if isinstance(found, UpgradeResult):
        assert found.performed or found.upgrade_errors


@settings(max_examples=examples(40), deadline=None)
@given(random=RANDOM, status=st.sampled_from([200, 201, 202]))
def test_a_checkout_whose_answer_is_spoilt_is_never_taken_for_refused(random: Random, status: int) -> None:
    found = outcome(
        lambda commerce: commerce.check_out(TENANT, SOURCE, TICKET), raw(spoilt({"orders": [AN_ORDER]}, random), status)
    )
    assert isinstance(found, NoAnswer | CheckedOut)
    assert isinstance(found, NoAnswer) or found.orders


@settings(max_examples=examples(40), deadline=None)
@given(data=st.data(), header=st.text(max_size=12) | st.sampled_from(DATES + RESTS))
def test_headers_can_hold_anything(data: st.DataObject, header: str) -> None:
    name = data.draw(st.sampled_from(["Date", "Retry-After", "Location", "MS-CV", "MS-RequestId", "Content-Type"]))
    status = data.draw(st.sampled_from([200, 202, 429, 500]))
    reply = httpx.Response(status, headers=[(name.encode(), header.encode())], content=b"{}")
    for call, _ in CALLS:
        found = outcome(call, reply)
        assert not isinstance(found, ServiceError) or found.support is not None


@pytest.mark.parametrize("date", DATES)
def test_no_date_of_the_services_stops_the_clock(date: str) -> None:
    commerce = client(Script(raw(json.dumps(page()), 200, {"Date": date})))
    commerce.subscriptions("tenant")
    assert commerce.now() < datetime.now(UTC) + timedelta(hours=1)


WORDS = ["status", "upgradeType", "code", "billingCycle", "relationshipToPartner", "operationType", "operationStatus"]


def _invented(document: Any, word: object) -> Any:
    """The document with this in place of every word of an enumeration."""
    if isinstance(document, dict):
        return {key: word if key in WORDS else _invented(value, word) for key, value in document.items()}
    return [_invented(item, word) for item in document] if isinstance(document, list) else document


@settings(max_examples=examples(40), deadline=BOUND)
@given(data=st.data(), word=st.text(max_size=30) | st.integers() | st.booleans() | st.none())
def test_no_word_that_the_service_invents_makes_an_answer_unreadable(data: st.DataObject, word: object) -> None:
    call, document = data.draw(st.sampled_from(CALLS))
    plain = {key: value for key, value in document.items() if key not in {"links", "continuationToken"}}
    found = outcome(call, raw(json.dumps(_invented(plain, word))))
    assert not isinstance(found, ServiceError)


@pytest.mark.parametrize(("call", "document"), CALLS)
def test_an_answer_that_unpacks_without_end_is_cut_off(
    call: Call, document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "MAXIMUM_BODY", 1_000_000)
    bomb = gzip.compress(json.dumps(document).encode() + b" " * 20_000_000)

    def packed(_: httpx.Request) -> httpx.Response:
        pieces = (bomb[at : at + 512] for at in range(0, len(bomb), 512))
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, content=pieces)

    try:
        found: object = call(client(httpx.MockTransport(packed)))
    except ServiceError as error:
        found = error
    assert isinstance(found, NoAnswer)
    assert "too long" in str(found)


@pytest.mark.parametrize("claimed", ["gzip, gzip", "gzip,deflate", "br", "zstd", "x-unheard-of"])
def test_what_is_packed_twice_or_as_nobody_asked_for_is_not_unpacked(claimed: str) -> None:
    bomb = gzip.compress(gzip.compress(b" " * 20_000_000))

    def packed(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"Content-Encoding": claimed}, stream=httpx.ByteStream(bomb))

    with pytest.raises(NoAnswer, match="unpacked"):
        client(httpx.MockTransport(packed)).subscriptions(TENANT)


@pytest.mark.parametrize(("call", "document"), CALLS)
def test_an_encoding_that_is_only_claimed_is_no_answer(call: Call, document: dict[str, Any]) -> None:
    stream = json.dumps(document).encode()
    for claimed in ("gzip", "deflate"):

        def lying(_: httpx.Request, claimed: str = claimed) -> httpx.Response:
            return httpx.Response(200, headers={"Content-Encoding": claimed}, stream=httpx.ByteStream(stream))

        with pytest.raises(NoAnswer, match="unpacked"):
            call(client(httpx.MockTransport(lying)))
