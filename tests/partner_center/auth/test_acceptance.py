"""Partner Center takes or refuses an identity: such a refusal is about nobody but ourselves."""

from collections.abc import Callable

import pytest

from reconciler.model.errors import AuthenticationFailed, NoAnswer, NotFound, ServiceError
from reconciler.partner_center.auth.acceptance import refusal_of
from tests.partner_center.recorded import CALLS
from tests.partner_center.service import Script, client, raw, refused


def account_request(script: Script) -> Callable[[], object]:
    return lambda: CALLS["accounts"](client(script))


@pytest.mark.parametrize(
    ("status", "code", "says"),
    [
        (401, "900421", "consent again with multi-factor authentication"),
        (401, "400", "registered in Partner Center"),
        (403, "900150", "AdminAgents"),
        (403, "900309", "conditional access"),
        (403, "900329", "an application alone is not accepted"),
        (403, "20002", "Register an existing app"),
        (403, "123456", "Register an existing app"),
        (403, "", "Register an existing app"),
    ],
)
def test_every_401_and_403_is_the_identitys_and_names_what_to_do(status: int, code: str, says: str) -> None:
    found = refusal_of(account_request(Script(refused(status, code))))

    assert isinstance(found, AuthenticationFailed)
    assert (found.status, found.code, found.support is not None) == (status, code, True)
    assert says in found.problems[0].remedy
    assert "auth check" not in found.problems[0].remedy


@pytest.mark.parametrize(("status", "kind"), [(404, NotFound), (503, NoAnswer)])
def test_anything_else_says_nothing_of_the_identity(status: int, kind: type[ServiceError]) -> None:
    assert type(refusal_of(account_request(Script(raw("", status))))) is kind


def test_an_identity_that_is_taken_has_no_refusal() -> None:
    assert refusal_of(lambda: None) is None
