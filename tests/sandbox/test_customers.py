"""The list of customers, in pages, and what only the single customer tells."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from reconciler.sandbox import Behaviour, NextLink, Tenant, World
from tests.sandbox.emulated import Emulated, Reply

NAMES = ["adatum", "bellows", "contoso", "datum", "echo"]


def _service(path: Path, **behaviour: Any) -> Emulated:
    customers = [Tenant(name=name, display_name=name.title()) for name in NAMES]
    return Emulated(path / "world.json", World(customers=customers, behaviour=Behaviour(**behaviour)))


def _names(reply: Reply) -> list[str]:
    return [item["companyProfile"]["companyName"].lower() for item in reply.body["items"]]


def _seek(service: Emulated, where: str, token: str) -> Reply:
    return service.send("GET", f"/customers?seekOperation={where}", headers={"MS-ContinuationToken": token})


@pytest.mark.parametrize("query", ["", "?size=0", "?size=5", "?size=500"])
def test_all_customers_come_at_once_where_no_smaller_page_is_asked_for(tmp_path: Path, query: str) -> None:
    reply = _service(tmp_path).send("GET", f"/customers{query}")
    assert _names(reply) == NAMES
    assert "continuationToken" not in reply.body
    assert "next" not in reply.body["links"]


@pytest.mark.parametrize("behaviour", [{}, {"page_limit": 2}])
def test_pages_follow_each_other_by_the_continuation_token(tmp_path: Path, behaviour: dict[str, Any]) -> None:
    service = _service(tmp_path, **behaviour)
    page = service.send("GET", "/customers" if behaviour else "/customers?size=2")
    pages = [_names(page)]
    while token := page.body.get("continuationToken"):
        assert page.body["totalCount"] == len(page.body["items"])
        page = _seek(service, "Next", token)
        pages.append(_names(page))
    assert pages == [NAMES[:2], NAMES[2:4], NAMES[4:]]


def test_a_seek_goes_back_to_the_start_and_to_the_end(tmp_path: Path) -> None:
    service = _service(tmp_path)
    first = service.send("GET", "/customers?size=2").body["continuationToken"]
    second = _seek(service, "next", first).body["continuationToken"]
    assert _names(_seek(service, "Previous", second)) == NAMES[:2]
    assert _names(_seek(service, "First", second)) == NAMES[:2]
    assert _names(_seek(service, "Last", second)) == NAMES[4:]


@pytest.mark.parametrize(
    ("kind", "begins"), [(NextLink.PLAIN, "/customers?"), (NextLink.WITH_V1, "/v1/customers?"), (NextLink.ABSENT, None)]
)
def test_the_next_link_has_the_version_or_not_or_is_not_there(
    tmp_path: Path, kind: NextLink, begins: str | None
) -> None:
    body = _service(tmp_path, next_link=kind).send("GET", "/customers?size=2").body
    link = body["links"].get("next")
    assert (link is None) == (begins is None)
    if link is not None:
        assert link["uri"].startswith(begins)
        assert link["headers"] == [{"key": "MS-ContinuationToken", "value": body["continuationToken"]}]


def test_a_filter_holds_for_the_pages_after_it_too(tmp_path: Path) -> None:
    service = _service(tmp_path)
    wanted = quote(json.dumps({"Field": "Domain", "Value": "onmicrosoft", "Operator": "substring"}))
    token = service.send("GET", f"/customers?size=4&filter={wanted}").body["continuationToken"]
    assert _names(_seek(service, "Next", token)) == NAMES[4:]
    named = quote(json.dumps({"Field": "CompanyName", "Value": "con", "Operator": "starts_with"}))
    assert _names(service.send("GET", f"/customers?filter={named}")) == ["contoso"]


@pytest.mark.parametrize(
    "query",
    [
        "?size=-1",
        "?size=many",
        "?seekOperation=Next",
        "?filter=x",
        "?filter=[]",
        "?filter=%7B%22Field%22:%22Age%22,%22Value%22:1%7D",
    ],
)
def test_pages_that_make_no_sense_are_refused(tmp_path: Path, query: str) -> None:
    assert _service(tmp_path).send("GET", f"/customers{query}").code == (400, "800002")


@pytest.mark.parametrize("token", ["", "x", "e30=", "WzFlNDAwLDEse31d", "WzEsMl0="])
def test_a_token_that_no_page_gave_is_refused(tmp_path: Path, token: str) -> None:
    assert _seek(_service(tmp_path), "Next", token).code == (400, "800002")


def test_a_customer_whose_id_is_no_guid_is_400_2000(tmp_path: Path) -> None:
    assert _service(tmp_path).send("GET", "/customers/contoso").code == (400, "2000")


def test_customers_without_a_relationship_are_not_listed(tmp_path: Path) -> None:
    world = World(customers=[Tenant(name="a"), Tenant(name="b", relationship="none")])
    assert _names(Emulated(tmp_path / "world.json", world).send("GET", "/customers")) == ["a"]
