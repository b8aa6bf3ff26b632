"""Resizing: the whole subscription goes back with another quantity."""

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from reconciler.model.errors import NoAnswer, ServiceError, ServiceRefused
from reconciler.model.subscription import Live
from tests.partner_center.service import (
    SOURCE,
    TARGET,
    TENANT,
    TICKET,
    Script,
    answer,
    client,
    etag,
    pascal,
    raw,
    refused,
    subscription,
)
from tests.requested import a_resize


def resized(reply: httpx.Response, document: dict[str, Any] | None = None) -> tuple[Live | None, httpx.Request]:
    """Reads, resizes to 30; what came of it, and the request that did it."""
    script = Script(answer(document or subscription()), reply)
    commerce = client(script)
    return commerce.update(TENANT, commerce.subscription(TENANT, SOURCE), a_resize(30), TICKET), script.requests[1]


@pytest.mark.parametrize("document", [subscription(), pascal(subscription())], ids=["camel", "pascal"])
def test_everything_goes_back_as_it_came_but_for_the_quantity(document: dict[str, Any]) -> None:
    _, request = resized(answer(subscription(quantity=30)), document)
    key = "Quantity" if "Quantity" in document else "quantity"
    assert request.method == "PATCH"
    assert request.url.path == f"/v1/customers/{TENANT}/subscriptions/{SOURCE}"
    assert list(json.loads(request.content).items()) == list({**document, key: 30}.items())
    assert "If-Match" not in request.headers


def test_the_answer_is_the_subscription_as_it_is_now() -> None:
    live, _ = resized(answer(subscription(quantity=30, attributes={"etag": etag(4)})))
    assert live is not None
    assert (live.quantity, live.etag) == (30, etag(4))


@pytest.mark.parametrize("location", ["", f"/customers/{TENANT}/subscriptions/{SOURCE}", "subscriptions/relative"])
def test_accepted_means_that_the_service_is_still_at_work(location: str) -> None:
    live, _ = resized(raw("", 202, {"Location": location} if location else None))
    assert live is None


def test_accepted_with_a_place_elsewhere_can_not_be_trusted() -> None:
    with pytest.raises(NoAnswer, match="another host"):
        resized(raw("", 202, {"Location": "https://evil.example/customers"}))


def test_an_answer_with_the_changed_member_alone_is_to_be_read_back() -> None:
    live, _ = resized(answer({"quantity": 30, "attributes": {"objectType": "Subscription"}}))
    assert live is None


@pytest.mark.parametrize(
    "reply",
    [
        raw(""),
        raw("<html>"),
        raw("{"),
        answer({}),
        answer({"quantity": 29}),
        answer(subscription(id=TARGET)),
        answer(subscription(offerId="???")),
        raw("", 204),
        raw("", 500),
        raw("", 302, {"Location": "/elsewhere"}),
    ],
    ids=lambda item: item.text,
)
def test_an_answer_that_can_not_be_read_or_trusted_is_no_answer(reply: httpx.Response) -> None:
    with pytest.raises(NoAnswer):
        resized(reply)


@pytest.mark.parametrize(("status", "code"), [(400, "2055"), (412, "2055"), (400, "800090")])
def test_a_refusal_tells_status_and_code(status: int, code: str) -> None:
    with pytest.raises(ServiceRefused) as caught:
        resized(refused(status, code))
    assert (caught.value.status, caught.value.code) == (status, code)


def test_what_was_not_read_by_itself_is_never_sent() -> None:
    script = Script(answer(subscription()))
    commerce = client(script)
    seen = replace(commerce.subscription(TENANT, SOURCE), body=None)
    with pytest.raises(ValueError, match="no body"):
        commerce.update(TENANT, seen, a_resize(30), TICKET)
    assert len(script.requests) == 1


def test_a_body_that_json_can_not_say_is_never_sent() -> None:
    script = Script(answer(subscription()))
    commerce = client(script)
    seen = commerce.subscription(TENANT, SOURCE)
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ServiceError, match="Nothing was sent"):
        commerce.update(TENANT, replace(seen, body={**(seen.body or {}), "deep": deep}), a_resize(30), TICKET)
    assert len(script.requests) == 1
