"""Lists: all of their pages, or an error."""

import itertools
from typing import Any

import httpx
import pytest

from reconciler.advice import row
from reconciler.model.errors import ServiceError
from tests.partner_center.service import TENANT, Script, answer, client, page, subscription, upgrade

OTHER = "5d3a4a70-0000-4d3b-8a11-6f0d2f7c0009"


def linked(uri: str, *items: Any, headers: Any = ()) -> dict[str, Any]:
    """A page with a link to the next."""
    return page(*items, links={"next": {"uri": uri, "method": "GET", "headers": list(headers)}})


@pytest.mark.parametrize("uri", ["/customers/x/subscriptions?page=2", "/v1/customers/x/subscriptions?page=2"])
def test_next_links_are_followed_with_and_without_the_version(uri: str) -> None:
    script = Script(answer(linked(uri, subscription())), answer(page(subscription(id=OTHER))))
    assert len(client(script).subscriptions(TENANT).lives) == 2
    assert script.requests[1].url.raw_path == b"/v1/customers/x/subscriptions?page=2"


def test_a_next_link_gets_the_continuation_token_it_asks_for_and_no_other_header() -> None:
    asked = [{"key": "ms-continuationtoken", "value": "a,b/c="}, {"key": "Authorization", "value": "Bearer stolen"}]
    script = Script(answer(linked("/customers?seekOperation=Next", subscription(), headers=asked)), answer(page()))
    client(script).subscriptions(TENANT)
    assert script.requests[1].headers["MS-ContinuationToken"] == "a,b/c="
    assert "stolen" not in str(script.requests[1].headers.raw)


def test_a_token_beside_the_items_serves_as_well() -> None:
    script = Script(answer({**linked("/customers", subscription()), "continuationToken": "next"}), answer(page()))
    client(script).subscriptions(TENANT)
    assert script.requests[1].headers["MS-ContinuationToken"] == "next"


@pytest.mark.parametrize("uri", ["https://evil.example/v1/customers", "//evil.example/customers"])
def test_a_next_link_to_another_host_is_refused(uri: str) -> None:
    script = Script(answer(linked(uri, subscription())))
    with pytest.raises(ServiceError, match="another host"):
        client(script).subscriptions(TENANT)
    assert len(script.requests) == 1


def test_a_circle_of_pages_is_an_error() -> None:
    script = Script(answer(linked("/customers/x?page=2", subscription())))
    with pytest.raises(ServiceError, match="read already"):
        client(script).subscriptions(TENANT)
    assert len(script.requests) == 2


def test_thousands_of_items_may_stand_on_one_page() -> None:
    ids = [f"5d3a4a70-0000-4d3b-8a11-{number:012}" for number in range(3000)]
    script = Script(answer(page(*(subscription(id=item) for item in ids))))
    assert [live.id for live in client(script).subscriptions(TENANT).lives] == ids
    assert len(script.requests) == 1


def test_a_list_that_goes_on_and_on_is_an_error() -> None:
    pages = itertools.count(2)

    def reply(_: httpx.Request) -> httpx.Response:
        return answer(linked(f"/customers/x?page={next(pages)}"))

    with pytest.raises(ServiceError, match="page 1001 of a list that does not end"):
        client(httpx.MockTransport(reply)).subscriptions(TENANT)


@pytest.mark.parametrize("count", [37, "37"])
def test_fewer_items_than_counted_is_an_error(count: Any) -> None:
    commerce = client(Script(answer({**page(subscription()), "totalCount": count})))
    with pytest.raises(ServiceError, match="counts 37 items and holds 1"):
        commerce.subscriptions(TENANT)


@pytest.mark.parametrize("count", [0, 1, "01", "some", None, {}])
def test_any_other_count_is_passed_over(count: Any) -> None:
    assert len(client(Script(answer({**page(subscription()), "totalCount": count}))).subscriptions(TENANT).lives) == 1


@pytest.mark.parametrize("document", [{}, {"totalCount": 1}, {"items": {}}, {"items": "x"}, {"code": 1}, {"links": []}])
def test_an_object_without_items_is_an_error_not_an_empty_list(document: dict[str, Any]) -> None:
    with pytest.raises(ServiceError):
        client(Script(answer(document))).subscriptions(TENANT)


@pytest.mark.parametrize("document", [page(), {"totalCount": 0}, {"items": []}])
def test_an_empty_list_says_so(document: dict[str, Any]) -> None:
    assert client(Script(answer(document))).upgrades(TENANT, OTHER) == ()


@pytest.mark.parametrize(
    ("item", "item_id"),
    [
        (None, None),
        (1, None),
        ([], None),
        (subscription(id=OTHER, quantity="many"), OTHER),
        (subscription(id=OTHER.upper(), offerId=None), OTHER),
        (subscription(id=None), None),
        (subscription(id="\x1b[31m", quantity="many"), None),
        (subscription(id="a" * 101, quantity="many"), None),
        ({"id": OTHER, "code": "3000", "description": "not found"}, OTHER),
        (subscription(id=OTHER, quantity=[[]]), OTHER),
    ],
    ids=str,
)
def test_a_subscription_that_cant_be_understood_hides_no_other(item: Any, item_id: str | None) -> None:
    listing = client(Script(answer(page(item, subscription())))).subscriptions(TENANT)
    assert [live.id for live in listing.lives] == [subscription()["id"].lower()]
    assert [(item.id, item.position) for item in listing.unreadable] == [(item_id, 1)]
    assert "\x1b" not in str(listing.unreadable[0])


@pytest.mark.parametrize("item", [None, 1, "x", []])
def test_in_every_other_list_an_item_that_is_no_object_is_an_error(item: Any) -> None:
    with pytest.raises(ServiceError, match="can't be understood"):
        client(Script(answer(page(item)))).upgrades(TENANT, OTHER)


@pytest.mark.parametrize("token", ["a\r\nX: y", "\u20ac"])
def test_a_continuation_token_that_no_header_can_hold_is_an_error(token: str) -> None:
    script = Script(answer({**linked("/customers", subscription()), "continuationToken": token}))
    with pytest.raises(ServiceError, match="continuation token"):
        client(script).subscriptions(TENANT)


@pytest.mark.parametrize(("wrong", "named"), [({"id": OTHER}, f"item 3, id {OTHER}"), ({"id": "\x1b[31m"}, "item 3")])
def test_an_item_that_cant_be_understood_is_named_and_told_as_nothing_that_waiting_helps(
    wrong: dict[str, Any], named: str
) -> None:
    next_page = linked("/customers/x/subscriptions/y/upgrades?page=2", upgrade())
    script = Script(answer(next_page), answer(page(upgrade(), upgrade(targetOffer="?", **wrong))))
    with pytest.raises(ServiceError, match=rf"understood: .*\({named}\)$") as caught:
        client(script).upgrades(TENANT, OTHER)
    assert caught.value.remedy == row("misread").remedy()
    assert caught.value.remedy.retry == "no"
