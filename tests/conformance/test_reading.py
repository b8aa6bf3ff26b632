"""Promises of reads that the emulator and Microsoft's own service both keep. Nothing is changed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from reconciler.model.address import canonical, is_guid
from reconciler.model.errors import ServiceRefused
from reconciler.model.subscription import Live
from reconciler.model.term import Platform
from reconciler.model.upgrade import UpgradeType
from reconciler.partner_center.client import PartnerCenter

Estate = dict[str, tuple[Live, ...]]


def every(estate: Estate) -> Iterator[tuple[str, Live]]:
    for tenant, lives in estate.items():
        yield from ((tenant, live) for live in lives)


@pytest.fixture
def tenant(estate: Estate) -> str:
    """A customer that can be read."""
    if not estate:
        pytest.skip("no customer can be read")
    return next(iter(estate))


@pytest.fixture
def legacy(estate: Estate) -> tuple[str, Live]:
    """A subscription that is not of new commerce, active where there is such a one."""
    traditional = ((tenant, live) for tenant, live in every(estate) if live.platform is Platform.TRADITIONAL)
    found = [(tenant, live) for tenant, live in traditional if not live.is_add_on]
    if not found:
        pytest.skip("no customer has a legacy subscription")
    return next((pair for pair in found if pair[1].active), found[0])


def test_the_customers_are_listed_with_their_tenants(commerce: PartnerCenter) -> None:
    accounts = list(commerce.accounts())
    assert accounts
    assert all(is_guid(item.tenant) for item in accounts)
    assert len({account.tenant for account in accounts}) == len(accounts)


def test_every_subscription_has_an_id_an_offer_and_a_status(estate: Estate) -> None:
    for _, live in every(estate):
        assert live.id == canonical(live.id)
        assert live.offer.id == canonical(live.offer.id)
        assert live.status
        assert live.quantity >= 0


def test_a_list_read_twice_says_the_same(commerce: PartnerCenter, estate: Estate, tenant: str) -> None:
    assert {live.id for live in commerce.subscriptions(tenant).lives} == {live.id for live in estate[tenant]}


def test_a_tenant_may_be_asked_for_in_any_casing(commerce: PartnerCenter, estate: Estate, tenant: str) -> None:
    assert {live.id for live in commerce.subscriptions(tenant.upper()).lives} == {live.id for live in estate[tenant]}


def test_a_subscription_by_itself_is_the_listed_one(commerce: PartnerCenter, legacy: tuple[str, Live]) -> None:
    tenant, listed = legacy
    single = commerce.subscription(tenant, listed.id.upper())
    assert replace(single, body=None) == listed
    assert single.body


def test_a_legacy_subscription_has_an_etag(legacy: tuple[str, Live]) -> None:
    assert legacy[1].etag


def test_upgrades_are_pairs_of_a_target_and_a_known_type(commerce: PartnerCenter, legacy: tuple[str, Live]) -> None:
    tenant, live = legacy
    for option in commerce.upgrades(tenant, live.id):
        assert option.type in set(UpgradeType)
        assert option.eligible != bool(option.errors)
        assert not any(error.code.startswith("unknown") for error in option.errors)


def test_a_subscription_that_is_not_there_is_refused_as_20003(commerce: PartnerCenter, tenant: str) -> None:
    with pytest.raises(ServiceRefused) as caught:
        commerce.subscription(tenant, str(uuid4()))
    assert (caught.value.status, caught.value.code) == (404, "20003")


def test_a_customer_that_is_not_ours_is_refused_and_carries_what_support_asks_for(commerce: PartnerCenter) -> None:
    with pytest.raises(ServiceRefused) as caught:
        commerce.subscriptions(str(uuid4()))
    assert caught.value.status in {400, 403, 404}
    support = caught.value.support
    assert support is not None
    assert support.request_id
    assert support.correlation_id
    assert support.at is not None


def test_a_token_that_nobody_issued_is_unauthorised(base_url: str) -> None:
    expired = "eyJhbGciOiJub25lIn0.eyJleHAiOjEsInNjcCI6Im5vbmUifQ.c2lnbmF0dXJl"
    response = httpx.get(f"{base_url}/v1/customers?size=1", headers={"Authorization": f"Bearer {expired}"}, timeout=60)
    assert response.status_code == httpx.codes.UNAUTHORIZED


def test_the_relationship_tells_whether_delegation_is_allowed(commerce: PartnerCenter, tenant: str) -> None:
    found = commerce.relationship(tenant)
    assert found.kind
    assert not found.kind.startswith("unknown(")


def test_the_catalogue_has_ids_in_one_spelling(commerce: PartnerCenter) -> None:
    offers = commerce.offers("US")
    assert all(offer.id == canonical(offer.id) for offer in offers)
    assert len({offer.id for offer in offers}) == len(offers)


def test_the_audit_log_can_be_read_or_is_refused(commerce: PartnerCenter, tenant: str) -> None:
    try:
        found = commerce.audit(tenant, commerce.now() - timedelta(days=30))
    except ServiceRefused as error:
        assert error.status in {403, 404}  # noqa: PT017 - a cloud without a log is no failure
    else:
        assert all(item.at is not None for item in found)


def test_the_services_clock_is_the_worlds(commerce: PartnerCenter) -> None:
    next(iter(commerce.accounts()))
    assert abs(commerce.now() - datetime.now(UTC)) < timedelta(minutes=10)


def test_json_is_json_whatever_stands_before_it(base_url: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    response = httpx.get(f"{base_url}/v1/customers?size=1", headers=headers, timeout=60)
    assert response.status_code == httpx.codes.OK
    assert response.content.decode("utf-8-sig").lstrip().startswith("{")
    assert response.headers["MS-RequestId"]


def test_what_a_new_commerce_subscription_may_become_and_became_can_be_read(
    commerce: PartnerCenter, estate: dict[str, tuple[Live, ...]]
) -> None:
    modern = [
        (tenant, live)
        for tenant, lives in estate.items()
        for live in lives
        if live.active and live.platform is Platform.NEW_COMMERCE
    ]
    if not modern:
        pytest.skip("there is no new-commerce subscription")
    for tenant, live in modern[:3]:
        for option in commerce.transition_options(tenant, live.id):
            assert option.catalog_item_id.upper().startswith(f"{option.target.id}:")
        assert all(found.key for found in commerce.transitions(tenant, live.id))
