"""Whatever is sent, the emulator answers, and what it refused it did not do."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.sandbox.catalogue import E3
from tests.sandbox.emulated import Emulated, emulated
from tests.thoroughness import examples

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 400) | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
MEMBERS = st.sampled_from(
    [
        "quantity",
        "status",
        "attributes",
        "autoRenewEnabled",
        "friendlyName",
        "id",
        "offerId",
        "targetOffer",
        "upgradeType",
    ]
)
QUICKLY = settings(
    max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def service(tmp_path: Path) -> Emulated:
    return emulated(tmp_path)


@given(changed=st.dictionaries(MEMBERS, JSON, max_size=4))
@QUICKLY
def test_a_patch_with_odd_members_is_done_or_refused(service: Emulated, changed: dict[str, Any]) -> None:
    before = len(service.world.ledger)
    reply = service.patch(**changed)
    assert reply.status in {200, 400}
    assert reply.status == 200 or len(service.world.ledger) == before


@given(body=st.dictionaries(MEMBERS, JSON, max_size=4) | st.binary(max_size=20) | JSON)
@QUICKLY
def test_an_odd_order_buys_nothing(service: Emulated, body: Any) -> None:
    assert service.post(b"null" if body is None else body).status in {200, 400}
    assert service.world.ledger == []


@given(path=st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="?#"), max_size=30))
@QUICKLY
def test_an_odd_path_is_answered(service: Emulated, path: str) -> None:
    assert service.send("GET", f"/customers/{path}").status in {200, 400, 401, 403, 404, 405}


@given(token=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60))
@QUICKLY
def test_an_odd_token_is_answered(service: Emulated, token: str) -> None:
    assert service.get(token=token).status in {200, 401}


def test_a_body_nested_too_deeply_is_refused(service: Emulated) -> None:
    deep = b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert service.post(deep).code == (400, "800002")
    assert service.upgrade(E3).status == 200
