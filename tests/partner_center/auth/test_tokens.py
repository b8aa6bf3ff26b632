"""Tokens: what they speak for, and where they go."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from reconciler.model.errors import AuthenticationFailed
from reconciler.partner_center.auth import BearerAuth, StaticToken, kind_of
from reconciler.partner_center.http.endpoint import Endpoint
from tests.partner_center.service import API, TOKEN, Script, answer, client, jwt, page


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        (jwt(scp="user_impersonation"), "app+user"),
        (jwt(roles=["x"]), "app"),
        (jwt(scp=""), "app"),
        ("opaque", "unknown"),
        ("a.b.c", "unknown"),
        ("one.two.three.four.five", "unknown"),
        ("e30.W10.x", "unknown"),
        (".e30.", "unknown"),
    ],
)
def test_claims_tell_whom_a_token_speaks_for(token: str, kind: str) -> None:
    assert kind_of(token) == kind


def test_a_kind_that_is_given_wins_over_the_claims() -> None:
    assert StaticToken("sandbox", kind="app+user").kind == "app+user"


@pytest.mark.parametrize("token", ["", "two\nlines", "ends-so\n", "Bearer abc", "caf\u00e9", "tab\t"])
def test_what_can_not_be_a_token_is_refused_without_repeating_it(token: str) -> None:
    with pytest.raises(AuthenticationFailed) as caught:
        StaticToken(token)
    told = str(caught.value.problems)
    assert "RECONCILER_ACCESS_TOKEN" in told
    assert not token or token not in told


def test_a_token_shows_in_no_representation() -> None:
    assert "hidden" not in repr(StaticToken("hidden"))


@pytest.mark.parametrize("url", ["https://evil.example/", "http://api.example.test/", "https://api.example.test:444/"])
def test_the_token_goes_to_no_other_host(url: str) -> None:
    auth = BearerAuth(StaticToken(TOKEN), Endpoint(API))
    request = next(auth.auth_flow(httpx.Request("GET", url)))
    assert "Authorization" not in request.headers


def test_the_token_goes_to_the_api() -> None:
    script = Script(answer(page()))
    client(script).subscriptions("tenant")
    assert script.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"


def test_the_client_says_whom_its_token_speaks_for() -> None:
    assert client(Script(answer(page())), token=jwt(scp="user_impersonation")).token_kind == "app+user"


def test_a_ready_token_that_has_expired_says_so_before_it_is_sent() -> None:
    ends = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    token = StaticToken(jwt(exp=ends.timestamp()), now=lambda: ends + timedelta(minutes=6))

    with pytest.raises(AuthenticationFailed, match=r"expired at 2026-11-21 10:00 UTC") as refused:
        token.token()

    assert "RECONCILER_ACCESS_TOKEN" in refused.value.problems[0].remedy


@pytest.mark.parametrize("exp", [None, True, "soon", 1e300, -1e300, float("nan")])
def test_a_ready_token_whose_end_can_not_be_read_is_left_to_the_service(exp: object) -> None:
    text = jwt(exp=exp)

    assert StaticToken(text).token() == text
