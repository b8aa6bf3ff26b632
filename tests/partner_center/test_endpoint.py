"""The addresses that may be used, and those to which a link of the service may lead."""

from dataclasses import fields

import httpx
import pytest

from reconciler.model import choices
from reconciler.model.errors import InvalidInput
from reconciler.partner_center.clouds import CLOUDS
from reconciler.partner_center.http.endpoint import Endpoint, check_endpoint


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://api.example.test", "https://api.example.test"),
        ("https://api.example.test/", "https://api.example.test"),
        ("https://api.example.test/proxy/v1/", "https://api.example.test/proxy"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.3.2.1:8080", "http://127.3.2.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://localhost:8080/", "http://localhost:8080"),
    ],
)
def test_https_and_http_on_this_machine_are_endpoints(given: str, kept: str) -> None:
    assert check_endpoint(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        "http://api.example.test",
        "http://127.0.0.1.example.test",
        "http://localhost.example.test",
        "http://10.0.0.1",
        "ftp://localhost",
        "api.example.test",
        "",
        "https://",
        "https://[broken",
        "https://api.example.test/?key=1",
        "https://api.example.test/#top",
        "https://api.example.test?",
    ],
)
def test_anything_else_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_endpoint(given)
    assert caught.value.problems[0].remedy


def test_an_endpoint_with_a_password_is_refused_without_repeating_it() -> None:
    with pytest.raises(InvalidInput, match="password") as caught:
        check_endpoint("https://someone:hunter2@api.example.test")
    assert "hunter2" not in str(caught.value.problems)


@pytest.mark.parametrize(
    "link",
    [
        "/customers?size=2&seekOperation=Next",
        "/v1/customers?size=2&seekOperation=Next",
        "v1/customers?size=2&seekOperation=Next",
        "/v1//v1/customers?size=2&seekOperation=Next",
        "customers?size=2?seekOperation=Next",
        "https://api.example.test/v1/customers?size=2&seekOperation=Next",
        "https://API.example.test:443/v1/customers?size=2&seekOperation=Next",
    ],
)
def test_a_link_leads_to_the_same_place_in_whatever_form_it_comes(link: str) -> None:
    found = Endpoint("https://api.example.test").follow(link)
    assert str(found) == "https://api.example.test/v1/customers?size=2&seekOperation=Next"


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/v1/customers",
        "http://api.example.test/v1/customers",
        "https://api.example.test:8443/v1/customers",
        "https://user@api.example.test/v1/customers",
        "//evil.example/v1/customers",
        "javascript:alert(1)",
        "https://[broken",
        "/customers\r\nX: y",
    ],
)
def test_a_link_that_leaves_the_api_is_refused(link: str) -> None:
    with pytest.raises(ValueError, match="link"):
        Endpoint("https://api.example.test").follow(link)


def test_ids_are_quoted_into_paths() -> None:
    assert Endpoint("https://api.example.test").url("customers", "a/b?c").raw_path == b"/v1/customers/a%2Fb%3Fc"


@pytest.mark.parametrize("segment", ["..", ".", ""])
def test_a_path_can_not_be_climbed(segment: str) -> None:
    with pytest.raises(InvalidInput):
        Endpoint("https://api.example.test").url("customers", segment)


def test_a_prefix_of_the_endpoint_is_kept() -> None:
    endpoint = Endpoint("https://api.example.test/proxy/")
    assert endpoint.url("offers", query={"country": "CN"}) == "https://api.example.test/proxy/v1/offers?country=CN"
    assert endpoint.owns(httpx.URL("https://api.example.test:443/other"))


def test_every_cloud_has_an_endpoint_and_a_reason_for_whatever_it_can_not_do() -> None:
    assert tuple(CLOUDS) == choices.CLOUDS
    for name, cloud in CLOUDS.items():
        capabilities = cloud.capabilities
        assert cloud.name == name
        assert check_endpoint(cloud.api) == cloud.api
        assert cloud.authority_hosts
        for field in fields(capabilities):
            capability = getattr(capabilities, field.name)
            assert capability.available == (capability.lacking == "")


def test_china_signs_in_at_its_newer_host_and_knows_the_older_one() -> None:
    assert CLOUDS["china"].authority_hosts == ("login.partner.microsoftonline.cn", "login.chinacloudapi.cn")
