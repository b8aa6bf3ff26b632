"""Customers, the relationship link, and the catalogue."""

from typing import Any

import pytest

from reconciler.model.commerce import Account
from reconciler.model.customer import Relationship
from reconciler.model.errors import InvalidInput, ServiceError
from reconciler.model.offer import CatalogueOffer
from tests.partner_center.service import E3, TENANT, Script, answer, client, page, pascal


def customer(**changes: Any) -> dict[str, Any]:
    return {"id": TENANT.upper(), "companyProfile": {"companyName": "Contoso"}, **changes}


@pytest.mark.parametrize(
    ("sent", "kind"),
    [("reseller", "reseller"), (2, "advisor"), ("MicrosoftSupport", "microsoft_support"), ("pal", "unknown(pal)")],
)
def test_a_relationship_has_its_kind_and_whether_delegation_is_allowed(sent: Any, kind: str) -> None:
    document = customer(relationshipToPartner=sent, allowDelegatedAccess=False)
    for spelt in (document, pascal(document)):
        found = client(Script(answer(spelt))).relationship(TENANT)
        assert found == Relationship(kind=kind, allow_delegated_access=False, display_name="Contoso")


def test_what_the_service_does_not_say_of_a_relationship_stays_unsaid() -> None:
    found = client(Script(answer({"companyProfile": None}))).relationship(TENANT)
    assert found == Relationship(kind=None, allow_delegated_access=None)


def test_accounts_are_all_customers_of_all_pages() -> None:
    first = page(customer(), links={"next": {"uri": "/v1/customers?size=500&seekOperation=Next"}})
    script = Script(answer(first), answer(page({"companyProfile": {"tenantId": E3}})))
    found = list(client(script).accounts())
    assert found == [Account(tenant=TENANT, display_name="Contoso"), Account(tenant=E3.lower(), display_name="")]
    assert script.requests[0].url.raw_path == b"/v1/customers?size=500"


def test_a_customer_without_a_tenant_is_an_error() -> None:
    with pytest.raises(ServiceError, match="without a tenant"):
        list(client(Script(answer(page({"companyProfile": {}})))).accounts())


def test_the_catalogue_has_canonical_ids() -> None:
    script = Script(answer(page({"id": E3, "name": "E3"}, {"id": "MS-AZR-0145P"})))
    found = client(script).offers("us")
    assert found == (CatalogueOffer(id=E3.lower(), name="E3"), CatalogueOffer(id="MS-AZR-0145P", name=""))
    assert script.requests[0].url.raw_path == b"/v1/offers?country=US"


@pytest.mark.parametrize(
    ("said", "read"), [([E3, None, 5], (E3.lower(),)), ([], ()), (None, None), ("none", None), ({}, None)]
)
def test_the_upgrades_that_an_offer_advertises_are_read_as_far_as_they_can_be(said: object, read: object) -> None:
    script = Script(answer(page({"id": E3, "upgradeTargetOffers": said, "isTrial": True, "isAddOn": True})))
    (offer,) = client(script).offers("us")
    assert (offer.upgrades, offer.trial, offer.add_on) == (read, True, True)


@pytest.mark.parametrize("country", ["", "USA", "U1", "\u00fc\u00fc", "U&"])
def test_what_is_no_country_is_refused_before_anything_is_sent(country: str) -> None:
    script = Script(answer(page()))
    with pytest.raises(InvalidInput):
        client(script).offers(country)
    assert not script.requests


@pytest.mark.parametrize("ampersand", ["&", "&amp;"])
def test_the_link_has_plain_ampersands(ampersand: str) -> None:
    sent = f"https://admin.example/invite?type=Reseller{ampersand}copy=1#/accept"
    assert (
        client(Script(answer({"url": sent}))).relationship_link()
        == "https://admin.example/invite?type=Reseller&copy=1#/accept"
    )


@pytest.mark.parametrize(
    "sent", ["", "http://admin.example", "javascript:alert(1)", "https://a b", "https://a\n", None]
)
def test_a_link_that_customers_should_not_click_is_an_error(sent: Any) -> None:
    with pytest.raises(ServiceError, match="no https link"):
        client(Script(answer({"url": sent and sent + "x"}))).relationship_link()
