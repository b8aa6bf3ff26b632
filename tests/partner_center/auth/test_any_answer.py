"""Whatever a directory answers and whatever a token claims: a token, a refusal with a remedy, or nothing said."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.model.errors import AuthenticationFailed
from reconciler.partner_center.auth import StaticToken, making
from reconciler.partner_center.auth.claims import claims_of
from reconciler.partner_center.auth.entra import Registration, granted
from reconciler.partner_center.auth.identity import identity
from reconciler.partner_center.auth.renewal import Grant
from reconciler.partner_center.clouds import CLOUDS
from tests.partner_center.auth.directory import SECRET, Directory, SignIns
from tests.partner_center.service import jwt
from tests.thoroughness import examples

WHERE = Registration(host="login.example", tenant="tenant", client_id="client", audience="https://api.example")

leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40)
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner))
words = ("access_token", "expires_in", "error", "error_codes", "error_description", "trace_id", "timestamp", "suberror")
QUICKLY = settings(max_examples=examples(10), deadline=None, suppress_health_check=[HealthCheck.too_slow])
names = ("aud", "tid", "appid", "azp", "oid", "amr", "scp", "nbf")


@QUICKLY
@given(st.dictionaries(st.sampled_from(words), values))
def test_any_answer_of_the_directory_is_a_token_or_a_refusal_with_a_remedy(answer: dict[str, Any]) -> None:
    told = outcome(answer)

    if isinstance(told, AuthenticationFailed):
        assert told.problems[0].what
        assert told.problems[0].remedy
    else:
        assert told.token == answer["access_token"]
        assert told.seconds >= 0


def outcome(answer: dict[str, Any]) -> Grant | AuthenticationFailed:
    try:
        return granted(answer, WHERE, "Sign in anew.", SECRET)
    except AuthenticationFailed as refused:
        return refused


@settings(max_examples=examples(10), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([200, 400, 401, 404]), st.binary(max_size=200) | values.map(lambda item: json.dumps(item).encode())
)
def test_any_body_of_the_directory_is_told_in_our_own_words(
    directory: Directory, sign_in: SignIns, status: int, body: bytes
) -> None:
    directory.status, directory.body = status, body

    with pytest.raises(AuthenticationFailed) as refused:
        making.tokens(sign_in(RECONCILER_CLIENT_SECRET=SECRET)).token()

    assert refused.value.problems[0].remedy


@QUICKLY
@given(st.dictionaries(st.sampled_from(names), values))
def test_any_claims_of_a_token_can_be_shown(claims: dict[str, Any]) -> None:
    who = identity("access-token", StaticToken(jwt(**claims)), CLOUDS["worldwide"])

    assert all(item is None or isinstance(item, str) for item in (who.tenant, who.user, who.application, who.audience))


@given(st.text() | st.lists(st.binary(max_size=20).map(lambda part: part.hex()), max_size=4).map(".".join))
def test_any_text_has_claims_or_has_none(text: str) -> None:
    assert claims_of(text) is None or isinstance(claims_of(text), dict)
