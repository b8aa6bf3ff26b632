"""Tokens that are accepted, by cloud, factor and age."""

from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Behaviour, Cloud
from reconciler.sandbox.catalogue import E3
from tests.sandbox.emulated import NOON, emulated, jwt

WORLDWIDE = "https://api.partnercenter.microsoft.com"
CHINA = "https://partner.partnercenterapi.microsoftonline.cn"


@pytest.mark.parametrize(
    ("cloud", "claims", "accepted"),
    [
        (Cloud.SANDBOX, {}, True),
        (Cloud.SANDBOX, {"aud": "https://graph.windows.net"}, True),
        (Cloud.WORLDWIDE, {"aud": WORLDWIDE}, True),
        (Cloud.WORLDWIDE, {"aud": f"{WORLDWIDE}/"}, True),
        (Cloud.US_GOVERNMENT, {"aud": WORLDWIDE}, True),
        (Cloud.CHINA, {"aud": CHINA}, True),
        (Cloud.CHINA, {"aud": WORLDWIDE}, False),
        (Cloud.WORLDWIDE, {"aud": CHINA}, False),
        (Cloud.WORLDWIDE, {"aud": "https://graph.windows.net"}, False),
        (Cloud.WORLDWIDE, {}, False),
        (Cloud.WORLDWIDE, {"opaque": True}, False),
    ],
)
def test_each_cloud_takes_tokens_for_its_own_audience(
    tmp_path: Path, cloud: Cloud, claims: dict[str, Any], accepted: bool
) -> None:
    reply = emulated(tmp_path, behaviour=Behaviour(cloud=cloud)).get(token=jwt(scp="user_impersonation", **claims))
    assert reply.status == (200 if accepted else 401)
    assert accepted or reply.code == (401, "900420")


def test_a_token_that_is_no_jwt_is_good_for_every_cloud(tmp_path: Path) -> None:
    assert emulated(tmp_path, behaviour=Behaviour(cloud=Cloud.CHINA)).get(token="opaque").status == 200


@pytest.mark.parametrize(
    ("token", "accepted"),
    [
        (jwt(scp="user_impersonation", amr=["pwd", "mfa"]), True),
        (jwt(scp="user_impersonation", amr=["pwd"]), False),
        (jwt(scp="user_impersonation"), False),
        (jwt(scp="user_impersonation", amr="mfa"), False),
        (jwt(roles=[]), True),
        ("opaque", False),
        ("opaque-with-mfa", True),
        ("opaque-app-only", True),
    ],
)
def test_a_second_factor_is_asked_of_users_only(tmp_path: Path, token: str, accepted: bool) -> None:
    reply = emulated(tmp_path, behaviour=Behaviour(require_mfa=True)).get(token=token)
    assert reply.status == (200 if accepted else 401)
    assert accepted or reply.code == (401, "900421")


def test_a_refused_token_does_nothing_and_is_told_by_the_header(tmp_path: Path) -> None:
    service = emulated(tmp_path, behaviour=Behaviour(require_mfa=True))
    reply = service.upgrade(E3)
    assert reply.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert (service.world.ledger, service.world.answered) == ([], {})


def test_a_token_is_good_until_it_expires(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    token = jwt(scp="user_impersonation", exp=NOON.timestamp() + 60)
    assert service.get(token=token).status == 200
    service.later(60)
    reply = service.get(token=token)
    assert (reply.status, reply.content) == (401, b"")


def test_a_users_calls_are_refused_to_an_application(tmp_path: Path) -> None:
    service = emulated(tmp_path)
    path = f"/{service.first.id}/provisioningstatus"
    assert service.get(path, token=jwt(roles=[])).code == (403, "900329")
    assert service.get(path, token=jwt(scp="user_impersonation")).status == 200


def test_the_cloud_of_china_has_no_granular_delegation_and_moves_no_licences(tmp_path: Path) -> None:
    behaviour = Behaviour(cloud=Cloud.CHINA)
    service = emulated(tmp_path, behaviour=behaviour, delegated_admin=False, gdap_roles=["Directory Writers"])
    items = service.upgrades()
    assert {item["upgradeType"] for item in items} == {"upgrade_only"}
    assert {error["code"] for item in items for error in item["upgradeErrors"]} == {1}


def test_us_government_has_no_relationship_link(tmp_path: Path) -> None:
    service = emulated(tmp_path, behaviour=Behaviour(cloud=Cloud.US_GOVERNMENT))
    assert service.send("GET", "/customers/relationshiprequests").code == (404, "1000")
