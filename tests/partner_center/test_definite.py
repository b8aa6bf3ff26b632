"""The proof in a write's answer: only a 429, and the service's own error under most 4xx, say that nothing was done."""

import json
from collections.abc import Iterator

import pytest

from reconciler.model.errors import AuthenticationFailed, NoAnswer, ServiceRefused
from reconciler.partner_center.auth import StaticToken
from reconciler.partner_center.client import PartnerCenter
from reconciler.partner_center.http.retry import Retries
from tests.partner_center.recorded import CALLS, outcome
from tests.partner_center.service import API, TOKEN, Script, raw

OWN = json.dumps({"code": "800002", "description": "Not so.", "data": [], "source": "PartnerFD"})
PASCAL = json.dumps({"Code": 800002, "Description": "Not so."})
OTHERS = (
    "",
    "<html><title>Gateway</title></html>",
    '{"statusCode": 429, "message": "Rate limit is exceeded."}',
    '{"message": "The supplied role does not have the rights."}',
    '{"error": {"code": "Conflict", "message": "Changed.", "description": "Changed."}}',
    '{"error": "invalid_grant", "error_description": "No."}',
    '{"code": "", "description": "No."}',
    '{"code": "800002"}',
    '{"description": "No."}',
    '{"code": "800002", "description": "cut',
    '["800002", "No."]',
    '"No."',
    "null",
)
NEVER_DEFINITE = {408, 409, 425, 499}
WRITES = ("upgrade", "update")


def answered(call: str, *replies: tuple[int, str]) -> list[object]:
    """Returns what such calls make of these answers, one each; nothing is asked for a second time."""
    script = Script(*(raw(body, status) for status, body in replies))
    retries = Retries(attempts=1, sleep=lambda _seconds: None)
    commerce = PartnerCenter(base_url=API, tokens=StaticToken(TOKEN), transport=script, retries=retries)
    return [outcome(lambda: CALLS[call](commerce)) for _ in replies]


def definite(status: int, body: str) -> bool:
    own = body in {OWN, PASCAL} and 400 <= status < 500 and status not in NEVER_DEFINITE
    return status == 429 or own


def cases() -> Iterator[tuple[int, str]]:
    yield from ((status, body) for status in range(300, 600) for body in (OWN, ""))
    yield from ((status, body) for status in (302, 400, 401, 403, 404, 409, 412, 425, 429, 499, 500) for body in OTHERS)
    yield from ((status, PASCAL) for status in (400, 409, 429, 503))


@pytest.mark.parametrize("call", WRITES)
def test_every_status_with_every_kind_of_body(call: str) -> None:
    told = zip(replies := list(cases()), answered(call, *replies), strict=True)
    assert [case for case, found in told if isinstance(found, NoAnswer) is definite(*case)] == []


@pytest.mark.parametrize("call", WRITES)
@pytest.mark.parametrize(("code", "kind"), [("800082", NoAnswer), ("60000", NoAnswer), ("800090", ServiceRefused)])
def test_a_few_codes_of_the_service_itself_leave_it_open(call: str, code: str, kind: type) -> None:
    assert isinstance(answered(call, (400, json.dumps({"code": code, "description": "No."})))[0], kind)


@pytest.mark.parametrize("status", [401, 403])
def test_a_sign_in_is_refused_by_the_service_itself_or_not_at_all(status: int) -> None:
    own = json.dumps({"code": {401: "800001", 403: "900329"}[status], "description": "No."})
    assert isinstance(answered("upgrade", (status, own))[0], AuthenticationFailed)
    assert isinstance(answered("upgrade", (status, ""))[0], NoAnswer)


@pytest.mark.parametrize(("status", "body"), [(409, OWN), (400, ""), (425, OWN)])
def test_the_advice_begins_with_what_may_have_been_done(status: int, body: str) -> None:
    (found,) = answered("upgrade", (status, body))
    assert isinstance(found, NoAnswer)
    assert found.problems[0].remedy.startswith("The change may have been made")
