"""Subscriptions as the service spells them, in our words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.model.commerce import Commerce
from reconciler.model.errors import ServiceError
from reconciler.model.subscription import Live
from reconciler.model.term import Platform
from tests.partner_center.service import (
    E3,
    SOURCE,
    TARGET,
    TENANT,
    TOKEN,
    Script,
    answer,
    client,
    etag,
    page,
    pascal,
    rekeyed,
    subscription,
)


def read(**changes: Any) -> Live:
    """The subscription that the client reads, where the service's document has these changes."""
    return client(Script(answer(subscription(**changes)))).subscription(TENANT, SOURCE)


def test_a_subscription_comes_in_our_words_with_canonical_ids_and_its_whole_body() -> None:
    commerce: Commerce = client(Script(answer(subscription(parentSubscriptionId=SOURCE.upper()))))
    live = commerce.subscription(TENANT, SOURCE)
    assert (live.id, live.offer.id, live.offer.name) == (SOURCE, E3.lower(), "Office 365 Enterprise E3")
    assert (live.quantity, live.status, live.billing, live.etag) == (25, "active", "monthly", etag(3))
    assert live.parent_subscription_id == SOURCE
    assert live.body == subscription(parentSubscriptionId=SOURCE.upper())


def test_a_list_has_no_bodies() -> None:
    live, *_ = client(Script(answer(page(subscription())))).subscriptions(TENANT).lives
    assert live.body is None


def test_an_item_that_can_not_be_understood_keeps_its_offer_and_one_without_a_guid_is_such_an_item() -> None:
    lacking = {name: value for name, value in subscription(id=TARGET).items() if name != "quantity"}
    listing = client(Script(answer(page(subscription(), lacking, subscription(id="abc"))))).subscriptions(TENANT)
    assert [(item.id, item.offer_id) for item in listing.unreadable] == [(TARGET, E3.lower()), ("ABC", E3.lower())]
    assert [live.id for live in listing.lives] == [SOURCE]


def test_a_read_carries_every_header_and_a_request_id_of_its_own() -> None:
    script = Script(answer(page()))
    commerce = client(script)
    commerce.subscriptions(TENANT)
    commerce.subscriptions(TENANT)
    item, other = (request.headers for request in script.requests)
    assert item["Authorization"] == f"Bearer {TOKEN}"
    assert (item["Accept"], item["X-Locale"], item["MS-Contract-Version"]) == ("application/json", "en-US", "v1")
    assert item["MS-PartnerCenter-Application"] == item["User-Agent"] == "reconciler"
    assert item["MS-RequestId"] != other["MS-RequestId"]
    assert item["MS-CorrelationId"] == other["MS-CorrelationId"]


def test_keys_may_come_in_any_casing() -> None:
    for spell in (str.upper, str.lower):
        live = client(Script(answer(rekeyed(subscription(), spell)))).subscription(TENANT, SOURCE)
        assert (live.quantity, live.etag, live.status) == (25, etag(3), "active")
    live = client(Script(answer(pascal(page(subscription()))))).subscriptions(TENANT).lives[0]
    assert live.offer.id == E3.lower()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (1, "active"),
        ("2", "suspended"),
        ("Deleted", "deleted"),
        ("EXPIRED ", "expired"),
        (5, "pending"),
        ("disabled", "disabled"),
        (0, "none"),
        ("onHold", "unknown(onHold)"),
        (77, "unknown(77)"),
        (True, "unknown(true)"),
        (["active"], 'unknown(["active"])'),
        (None, "unknown()"),
    ],
)
def test_a_status_is_a_number_a_word_in_any_casing_or_kept_raw(sent: Any, status: str) -> None:
    assert read(status=sent).status == status


@pytest.mark.parametrize(
    ("sent", "cycle"), [("one_time", "one_time"), ("OneTime", "one_time"), (2, "annual"), (None, "")]
)
def test_billing_cycles_are_read_the_same_way(sent: Any, cycle: str) -> None:
    assert read(billingCycle=sent).billing == cycle


@pytest.mark.parametrize(("sent", "quantity"), [("25", 25), (" 7 ", 7), (25.0, 25), (0, 0)])
def test_quantities_may_be_digits(sent: Any, quantity: int) -> None:
    assert read(quantity=sent).quantity == quantity


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity": None},
        {"quantity": "many"},
        {"quantity": -1},
        {"quantity": 1.5},
        {"quantity": True},
        {"quantity": 2**40},
        {"quantity": "٣"},
        {"id": None},
        {"id": ""},
        {"id": ".."},
        {"id": "00000000-0000-0000-0000-000000000000"},
        {"offerId": None},
        {"offerId": "not an id"},
        {"attributes": "etag"},
    ],
    ids=str,
)
def test_half_a_subscription_is_none_and_hides_no_other(changes: dict[str, Any]) -> None:
    listing = client(Script(answer(page(subscription(), subscription(**{"id": TARGET} | changes))))).subscriptions(
        TENANT
    )
    assert [live.id for live in listing.lives] == [SOURCE]
    assert "can't be understood" in listing.unreadable[0].why


def test_an_offer_may_be_named_by_a_link_only() -> None:
    live = read(offerId=None, links={"offer": {"uri": f"/v1/offers/{E3}?country=US", "method": "GET"}})
    assert live.offer.id == E3.lower()


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        ("2019-05-06T07:08:09Z", datetime(2019, 5, 6, 7, 8, 9, tzinfo=UTC)),
        ("2019-05-06T07:08:09.5Z", datetime(2019, 5, 6, 7, 8, 9, 500_000, tzinfo=UTC)),
        ("2019-05-06T07:08:09.1234567Z", datetime(2019, 5, 6, 7, 8, 9, 123_456, tzinfo=UTC)),
        ("2019-05-06T07:08:09-07:00", datetime(2019, 5, 6, 14, 8, 9, tzinfo=UTC)),
        ("2019-05-06T07: 08: 09Z", datetime(2019, 5, 6, 7, 8, 9, tzinfo=UTC)),
        ("2019-05-06 07:08:09Z", datetime(2019, 5, 6, 7, 8, 9, tzinfo=UTC)),
        ("2019-05-06T07:08:09", datetime(2019, 5, 6, 7, 8, 9, tzinfo=UTC)),
        ("0001-01-01T00:00:00", None),
        ("9999-12-31T23:59:59-07:00", None),
        ("some day", None),
        (1557126489, None),
        (None, None),
    ],
)
def test_dates_come_in_many_forms_and_an_unreadable_one_is_none(sent: Any, moment: datetime | None) -> None:
    assert read(creationDate=sent).created_at == moment


def test_empty_texts_and_the_zero_id_are_nothing() -> None:
    live = read(
        attributes={"etag": ""}, partnerId="", parentSubscriptionId="00000000-0000-0000-0000-000000000000", isTrial=None
    )
    assert (live.etag, live.partner_id, live.is_add_on, live.is_trial) == (None, None, False, False)


@pytest.mark.parametrize(
    ("changes", "platform", "product"),
    [
        ({"productType": {"id": "OnlineServicesNCE"}}, Platform.NEW_COMMERCE, "online_services_nce"),
        ({"productType": "onlineservicesnce"}, Platform.NEW_COMMERCE, "onlineservicesnce"),
        ({"productType": {"id": "Azure"}}, Platform.OTHER, "azure"),
        ({"productType": {"id": "AzureReservations"}}, Platform.OTHER, "azure_reservations"),
        ({"productType": [], "offerId": "cfq7tt000001:0001:cfq7tt00000a"}, Platform.OTHER, ""),
        ({"offerId": "MS-AZR-0145P"}, Platform.TRADITIONAL, ""),
    ],
    ids=str,
)
def test_the_product_type_decides_the_platform(changes: dict[str, Any], platform: Platform, product: str) -> None:
    live = read(**changes)
    assert (live.platform, live.product) == (platform, product)
    assert (live.commitment is None) is (platform is Platform.TRADITIONAL)


def test_the_offer_of_a_modern_subscription_is_product_and_sku() -> None:
    live = read(offerId="cfq7tt000001:0001:cfq7tt00000a")
    assert (live.offer.id, live.availability_id) == ("CFQ7TT000001:0001", "CFQ7TT00000A")


def test_an_answer_about_another_subscription_is_an_error() -> None:
    with pytest.raises(ServiceError, match="another subscription"):
        read(id=TENANT)


def test_one_subscription_twice_counts_once_and_two_versions_of_it_cant_be_understood() -> None:
    assert len(client(Script(answer(page(subscription(), subscription())))).subscriptions(TENANT).lives) == 1
    listing = client(Script(answer(page(subscription(), subscription(quantity=26))))).subscriptions(TENANT)
    assert listing.lives == ()
    assert "twice" in str(listing.unreadable_as(SOURCE))


def test_half_a_surrogate_pair_becomes_text_that_can_be_written() -> None:
    assert read(friendlyName="\ud83d").friendly_name.encode() == b"?"
