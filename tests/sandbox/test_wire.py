"""The form of every answer: bytes, headers, casing, tokens, refusals."""

import base64
import json
from pathlib import Path

import pytest

from reconciler.sandbox import Fault, FaultKind, Sold, Tenant, World
from reconciler.sandbox.catalogue import AZURE, CHINA_E3, E1, E3, EXCHANGE_1, EXCHANGE_ARCHIVING
from tests.sandbox.emulated import APP, NOON, Emulated, emulated, jwt

BOM = b"\xef\xbb\xbf"
ONE = "750fd5ea-904b-4c3e-b476-60d0feacab0d"


def test_good_answers_begin_with_a_byte_order_mark_that_the_length_counts(tmp_path: Path) -> None:
    reply = emulated(tmp_path).get()
    assert reply.content.startswith(BOM)
    assert int(reply.headers["Content-Length"]) == len(reply.content)
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"


def test_refusals_have_no_byte_order_mark_and_the_services_own_members(tmp_path: Path) -> None:
    reply = emulated(tmp_path).get(f"/{ONE}")
    assert not reply.content.startswith(BOM)
    assert reply.code == (404, "20003")
    assert set(reply.body) == {"code", "description", "data", "source"}


def test_the_callers_ids_come_back_and_missing_ones_are_made_up(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    sent = {"MS-RequestId": ONE, "MS-CorrelationId": E3.lower()}
    headers = service.get(headers=sent).headers
    assert (headers["MS-RequestId"], headers["MS-CorrelationId"]) == (ONE, E3.lower())
    other = service.get().headers
    assert len({other["MS-RequestId"], other["MS-CorrelationId"], ONE}) == 3
    assert {"ms-cv", "ms-serverid", "request-context"} <= set(other)
    assert other["Date"] == "Mon, 02 Mar 2026 12:00:00 GMT"


def test_ids_come_in_several_casings(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer=E1), Sold(offer="CFQ7TTC0LH18:0001:CFQ7TTC0K971"))
    legacy, new = service.get().body["items"]
    assert legacy["id"] == service.first.id.upper()
    assert legacy["offerId"] == E1
    assert new["id"] == service.tenant.subscriptions[1].id
    assert service.upgrades()[0]["targetOffer"]["product"]["id"].islower()
    etag = json.loads(base64.b64decode(legacy["attributes"]["etag"]))
    assert etag == {"id": service.first.id, "version": 1}


def test_the_list_holds_everything_with_odd_members_and_statuses_and_leaves_out_nulls(tmp_path: Path) -> None:
    odd = Sold(offer=E3, status="in_review", extra={"reviewTicket": "R-1"})
    parent = Sold(id=ONE, offer=EXCHANGE_1)
    kinds = [
        odd,
        parent,
        Sold(offer=EXCHANGE_ARCHIVING, parent=ONE),
        Sold(offer=AZURE),
        Sold(offer=E1, status="deleted"),
    ]
    body = emulated(tmp_path, *kinds).get().body
    assert body["totalCount"] == len(body["items"]) == 5
    assert body["items"][0]["reviewTicket"] == "R-1"
    assert [item.get("parentSubscriptionId") for item in body["items"]] == [None, None, ONE.upper(), None, None]
    assert not any(value is None for item in body["items"] for value in item.values())
    assert body["items"][3]["commitmentEndDate"].startswith("9999")


def test_add_ons_are_listed_under_their_parent(tmp_path: Path) -> None:
    archive = Sold(offer=EXCHANGE_ARCHIVING, parent=ONE)
    service = emulated(tmp_path, Sold(id=ONE, offer=EXCHANGE_1), archive)
    assert [item["offerId"] for item in service.get(f"/{ONE}/addons").body["items"]] == [EXCHANGE_ARCHIVING]


def test_the_list_can_be_filtered_by_partner_and_by_order(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer=E1, partner_id="6127349"), Sold(offer=E3))
    assert [item["offerId"] for item in service.get("?mpn_id=6127349").body["items"]] == [E1]
    order = service.tenant.subscriptions[1].order.upper()
    assert [item["offerId"] for item in service.get(f"?order_id={order}").body["items"]] == [E3]


@pytest.mark.parametrize(
    ("relationship", "customer", "subscriptions"), [("none", 403, 403), ("advisor", 200, 403), ("reseller", 200, 200)]
)
def test_only_a_resellers_customers_show_their_subscriptions(
    tmp_path: Path, relationship: str, customer: int, subscriptions: int
) -> None:
    service = emulated(tmp_path, relationship=relationship)
    replies = service.send("GET", f"/customers/{service.tenant.tenant}"), service.get()
    assert [reply.status for reply in replies] == [customer, subscriptions]
    assert all(reply.code == (403, "20002") for reply in replies if reply.status == 403)


def test_an_unknown_customer_is_403_20002(tmp_path: Path) -> None:
    assert emulated(tmp_path).send("GET", f"/customers/{ONE}/subscriptions").code == (403, "20002")


def test_delegated_access_shows_on_the_single_customer_only(tmp_path: Path) -> None:
    service = emulated(tmp_path, delegated_admin=False, display_name="Contoso Ltd")
    single = service.send("GET", f"/customers/{service.tenant.tenant}").body
    (listed,) = service.send("GET", "/customers").body["items"]
    assert single["allowDelegatedAccess"] is False
    assert "allowDelegatedAccess" not in listed
    assert single["companyProfile"]["companyName"] == "Contoso Ltd"


def test_the_relationship_link_needs_a_user(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    assert "invType=ResellerRelationship" in service.send("GET", "/customers/relationshiprequests").body["url"]
    assert service.send("GET", "/customers/relationshiprequests", token=APP).code == (403, "900329")


@pytest.mark.parametrize(
    ("token", "status"),
    [
        (jwt(scp="user_impersonation"), 200),
        (jwt(roles=[]), 403),
        (jwt(scp="user_impersonation", exp=NOON.timestamp() - 1), 401),
        ("not.a.jwt", 401),
        ("e30.W10.x", 401),
        ("opaque", 200),
        ("opaque-app-only", 403),
    ],
)
def test_who_speaks_is_read_from_the_token(tmp_path: Path, token: str, status: int) -> None:
    assert emulated(tmp_path).send("GET", "/customers/relationshiprequests", token=token).status == status


@pytest.mark.parametrize("authorization", ["", "Bearer", "Basic dTpw"])
def test_without_a_bearer_token_it_is_401_with_an_empty_body(tmp_path: Path, authorization: str) -> None:
    reply = emulated(tmp_path).get(headers={"Authorization": authorization})
    assert (reply.status, reply.content) == (401, b"")


@pytest.mark.parametrize(
    "headers",
    [{"MS-RequestId": "42"}, {"MS-CorrelationId": "x"}, {"X-Locale": "en_US"}, {"X-Locale": "english please"}],
)
def test_malformed_headers_are_refused(tmp_path: Path, headers: dict[str, str]) -> None:
    assert emulated(tmp_path).get(headers=headers).code == (400, "800002")


def test_a_body_of_another_content_type_is_refused(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    path = f"/customers/{service.tenant.tenant}/subscriptions/{service.first.id}"
    assert service.send("PATCH", path, {}, headers={"Content-Type": "text/plain"}).code == (400, "800002")


def test_unknown_paths_and_methods_are_refused(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    assert service.send("GET", "/invoices").status == 404
    assert service.send("DELETE", "/customers").status == 405


def test_offers_are_those_of_the_country_in_its_language(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    worldwide = service.send("GET", "/offers?country=US").body
    china = service.send("GET", "/offers?country=CN", headers={"X-Locale": "zh-CN"}).body
    assert {E1, E3, AZURE} <= {item["id"] for item in worldwide["items"]}
    assert next(item["name"] for item in china["items"] if item["id"] == CHINA_E3).startswith("Office 365 企业版")
    assert {"prerequisiteOffers", "supportedBillingCycles", "limitUnitOfMeasure"} <= set(worldwide["items"][0])
    assert (
        max(item["maximumQuantity"] for item in china["items"] if item["category"]["id"] == "SmallBusiness_Key") == 300
    )


@pytest.mark.parametrize(
    ("path", "refusal"),
    [
        ("/offers", (400, "800002")),
        ("/offers?country=us", (400, "800002")),
        ("/offers/CFQ7TTC0LH18:0001:CFQ7TTC0K971?country=US", (400, "2100")),
        (f"/offers/{CHINA_E3}?country=US", (404, "1000")),
    ],
)
def test_offers_need_a_country_and_a_legacy_id_of_it(tmp_path: Path, path: str, refusal: tuple[int, str]) -> None:
    assert emulated(tmp_path).send("GET", path).code == refusal


def test_a_single_offer_says_what_it_advertises_as_upgrades_only_where_the_catalogue_does(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    offers = {item["id"]: item for item in service.send("GET", "/offers?country=US").body["items"]}
    assert "upgradeTargetOffers" not in offers[E1]
    assert service.send("GET", f"/offers/{E1.lower()}?country=US").body == offers[E1]


def test_integers_for_words_can_be_switched_on(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer=E1, status="suspended"), faults=(Fault(kind=FaultKind.INTEGER_TYPES),))
    assert service.get().body["items"][0]["status"] == 2
    assert {item["upgradeType"] for item in service.upgrades()} == {1, 2}
    assert service.get(f"/{ONE}").body["code"] == 20003


def test_words_for_codes_can_be_switched_on(tmp_path: Path) -> None:
    service = emulated(tmp_path, Sold(offer=E1, status="suspended"), faults=(Fault(kind=FaultKind.WORD_CODES),))
    assert service.upgrades()[0]["upgradeErrors"][0]["code"] == "subscription_status_not_active"


def test_two_customers_of_one_world_are_kept_apart(tmp_path: Path) -> None:
    world = World(customers=[Tenant(name=name, subscriptions=[Sold(offer=E1)]) for name in ("contoso", "fabrikam")])
    service = Emulated(tmp_path / "world.json", world)
    theirs = world.customers[1].subscriptions[0].id
    assert theirs != service.first.id
    assert service.get(f"/{theirs}").code == (404, "20003")
