"""The directory of a rehearsal: both versions of the endpoints, and what they refuse."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler.sandbox import Behaviour, Cloud, Rehearsal, application
from reconciler.sandbox.directory import Directory
from reconciler.sandbox.tokens import claims_of
from tests.sandbox.emulated import NOON, emulated, jwt

TENANT = "5f1d2f6a-52a1-4c0e-8d0c-0f6f2f3c0001"
CLIENT = "0d9b8a77-6e5d-4c3b-9a29-1817f6e50002"
AUDIENCE = "https://api.partnercenter.microsoft.com"
PROOF_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALONE = {"grant_type": "client_credentials", "client_secret": "s", "scope": f"{AUDIENCE}/.default"}
WITH_USER = {"grant_type": "refresh_token", "scope": f"{AUDIENCE}/user_impersonation openid offline_access"}
FEDERATED = {key: value for key, value in ALONE.items() if key != "client_secret"}
SOON = NOON.timestamp() + 600


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[httpx.Client]:
    """The directory of the worldwide cloud, and the service beyond it."""
    service = emulated(tmp_path)
    behaviour = Behaviour(cloud=Cloud.WORLDWIDE, require_mfa=True)
    api = application(service.world_file, lambda: NOON, rehearsal=Rehearsal(behaviour=behaviour))
    app = Directory(api, behaviour, lambda: NOON)
    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="https://localhost:8443") as client:
        yield client


def token(directory: httpx.Client, form: dict[str, str], path: str = "oauth2/v2.0/token", **more: str) -> Any:
    reply = directory.post(f"/{TENANT}/{path}", data={"client_id": CLIENT, **form, **more})
    assert reply.status_code == (400 if "error" in reply.json() else 200)
    return reply.json()


def claims(answer: Any) -> dict[str, Any]:
    return claims_of(answer["access_token"]) or {}


def proof(**changed: Any) -> dict[str, str]:
    """A pipeline's token as the application's proof."""
    said = {"aud": "api://AzureADTokenExchange", "sub": "repo:a/b", "exp": SOON, **changed}
    return {**FEDERATED, "client_assertion": jwt(**said), "client_assertion_type": PROOF_TYPE}


@pytest.mark.parametrize(("version", "end"), [("/v2.0", "oauth2/v2.0/token"), ("", "oauth2/token")])
def test_each_version_is_discovered_where_it_was_asked(directory: httpx.Client, version: str, end: str) -> None:
    found = directory.get(f"/{TENANT}{version}/.well-known/openid-configuration").json()
    assert found["token_endpoint"] == f"https://localhost:8443/{TENANT}/{end}"
    assert {"issuer", "authorization_endpoint", "device_authorization_endpoint"} < set(found)


def test_an_application_alone_gets_a_token_without_a_user(directory: httpx.Client) -> None:
    found = claims(token(directory, ALONE))
    assert (found["aud"], found["tid"], found["appid"]) == (AUDIENCE, TENANT, CLIENT)
    assert found["exp"] == NOON.timestamp() + 3600
    assert "scp" not in found


def test_the_first_version_takes_a_resource(directory: httpx.Client) -> None:
    asked = {"grant_type": "client_credentials", "client_secret": "s", "resource": AUDIENCE}
    assert claims(token(directory, asked, "oauth2/token"))["aud"] == AUDIENCE


@pytest.mark.parametrize(("refresh_token", "factors"), [("a-user", ["pwd"]), ("a-user-mfa.4", ["pwd", "mfa"])])
def test_a_refresh_token_brings_a_user_and_a_successor_of_its_kind(
    directory: httpx.Client, refresh_token: str, factors: list[str]
) -> None:
    answer = token(directory, WITH_USER, refresh_token=refresh_token)
    assert (claims(answer)["scp"], claims(answer)["amr"]) == ("user_impersonation", factors)
    assert answer["refresh_token"] not in {"", refresh_token}
    assert claims(token(directory, WITH_USER, refresh_token=answer["refresh_token"]))["amr"] == factors


def test_a_persons_code_is_entered_by_itself(directory: httpx.Client) -> None:
    invited = directory.post(
        f"/{TENANT}/oauth2/v2.0/devicecode", data={"client_id": CLIENT, "scope": WITH_USER["scope"]}
    ).json()
    grant = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": invited["device_code"]}
    assert claims(token(directory, grant))["amr"] == ["pwd", "mfa"]


def test_a_pipelines_token_proves_the_application(directory: httpx.Client) -> None:
    assert claims(token(directory, proof()))["appid"] == CLIENT


@pytest.mark.parametrize(
    ("form", "number"),
    [
        (ALONE | {"client_id": "nobody"}, 700016),
        (ALONE | {"client_secret": "an-expired-one"}, 7000222),
        (ALONE | {"client_secret": "the-wrong-one"}, 7000215),
        (ALONE | {"scope": f"{AUDIENCE}/user_impersonation"}, 1002012),
        (ALONE | {"scope": "https://graph.windows.net/.default"}, 500011),
        (ALONE | {"scope": ""}, 1002012),
        (FEDERATED, 7000216),
        (proof(aud="api://AzureADTokenExchangeChina"), 700212),
        (proof(exp=NOON.timestamp()), 700024),
        (proof() | {"client_assertion": "no token"}, 50027),
        (WITH_USER | {"refresh_token": "revoked-mfa"}, 50173),
        (WITH_USER | {"refresh_token": "expired"}, 700082),
        (WITH_USER, 900144),
        ({"grant_type": "password"}, 70003),
        ({}, 70003),
    ],
)
def test_what_makes_no_sense_is_refused_by_number(directory: httpx.Client, form: dict[str, str], number: int) -> None:
    answer = token(directory, form)
    assert answer["error_codes"] == [number]
    assert f"AADSTS{number}" in answer["error_description"]
    assert "access_token" not in answer


def test_a_tenant_that_can_not_be_one_is_refused(directory: httpx.Client) -> None:
    assert directory.get("/nobody/v2.0/.well-known/openid-configuration").json()["error_codes"] == [90002]


def test_its_tokens_open_the_service_beyond_it(directory: httpx.Client) -> None:
    given = token(directory, WITH_USER, refresh_token="mfa")["access_token"]
    assert directory.get("/v1/customers", headers={"Authorization": f"Bearer {given}"}).status_code == 200
    assert directory.get("/v1/customers").status_code == 401


def test_a_refusal_repeats_nothing_that_was_sent(directory: httpx.Client) -> None:
    assert "expired-s3cret" not in json.dumps(token(directory, ALONE | {"client_secret": "expired-s3cret"}))
