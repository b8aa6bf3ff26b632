"""The meaning of error answers, and the values that their messages must not hold."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from reconciler.model.errors import (
    AuthenticationFailed,
    NoAnswer,
    NotFound,
    PartnerRefused,
    ServiceError,
    ServiceRefused,
    StaleEtag,
    TooManyRequests,
)
from reconciler.partner_center.answers import read_of
from tests.partner_center.service import API, TENANT, TOKEN, Script, answer, client, jwt, raw, refused


def failure(reply: httpx.Response | Exception, token: str = TOKEN) -> ServiceError:
    """The error of a read that the service answers so."""
    with pytest.raises(ServiceError) as caught:
        client(Script(reply), token=token).subscriptions(TENANT)
    return caught.value


@pytest.mark.parametrize(
    ("document", "code", "words"),
    [
        ({"code": 20002, "description": "No relationship.", "data": []}, "20002", "No relationship."),
        ({"code": "20002", "description": "No relationship."}, "20002", "No relationship."),
        ({"Code": 20002, "Description": "No relationship."}, "20002", "No relationship."),
        ({"statusCode": 403, "message": "Too many."}, "", "Too many."),
        ({"message": "No rights."}, "", "No rights."),
        ({"error": "invalid_grant", "error_description": "Expired."}, "invalid_grant", "Expired."),
        ({"error": {"code": "Stale", "message": "Changed.", "innerError": {}}}, "Stale", "Changed."),
        ("A text alone.", "", "A text alone."),
        ([1], "", "403"),
        (None, "", "403"),
        ({"code": {"deep": 1}, "description": ["x"]}, '{"deep": 1}', '["x"]'),
    ],
    ids=str,
)
def test_every_shape_of_an_error_is_read(document: Any, code: str, words: str) -> None:
    error = failure(answer(document, 403))
    assert isinstance(error, ServiceRefused)
    assert (error.status, error.code) == (403, code)
    assert words in str(error)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ServiceRefused),
        (401, AuthenticationFailed),
        (403, PartnerRefused),
        (404, NotFound),
        (408, NoAnswer),
        (409, ServiceRefused),
        (412, StaleEtag),
        (429, TooManyRequests),
        (302, NoAnswer),
        (500, NoAnswer),
        (503, NoAnswer),
    ],
)
@pytest.mark.parametrize("body", ["", "<html></html>", '{"code": ', "\x00", "[" * 100_000])
def test_the_status_tells_the_kind_whatever_the_body_is(status: int, kind: type[ServiceError], body: str) -> None:
    error = failure(raw(body, status))
    assert type(error) is kind
    assert str(status) in str(error)
    assert error.problems[0].remedy


@pytest.mark.parametrize(
    ("reply", "remedy"),
    [
        (refused(401, 900421), "multi-factor"),
        (refused(401, 900420), "audience"),
        (raw("", 401), "new access token"),
        (httpx.Response(401, extensions={"reason_phrase": b"MFA required"}), "multi-factor"),
    ],
)
def test_an_unauthorized_call_says_which_token_is_needed(reply: httpx.Response, remedy: str) -> None:
    error = failure(reply)
    assert error.exit_code == 8
    assert remedy in error.problems[0].remedy


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html>", "is HTML instead of JSON"),
        (b'{"items": [', "is not JSON, or not all of it"),
        (b'{"items": [],}', "is not JSON"),
        (b'{"totalCount": NaN}', "is not JSON"),
        (b'{"totalCount": 1e999}', "is not JSON"),
        (b'{"totalCount": ' + b"9" * 5000 + b"}", "is not JSON"),
        (b"[]", "is a list where an object belongs"),
        (b"null", "is null where"),
        (b"true", "is a boolean where"),
        (b"3", "is a number where"),
        (b'"text"', "is a string where"),
        ('{"items": []}'.encode("utf-16"), "is not UTF-8 text"),
        (b'{"a":' * 100_000, "is nested too deeply"),
    ],
    ids=lambda item: str(item[:20]),
)
def test_a_success_that_can_not_be_read_says_what_came_instead(body: bytes, told: str) -> None:
    error = failure(raw(body))
    assert isinstance(error, NoAnswer)
    assert told in str(error)


@pytest.mark.parametrize("prefix", ["", "\ufeff", "\ufeff\n", " ", " \ufeff"])
def test_a_byte_order_mark_and_blanks_in_front_do_not_matter(prefix: str) -> None:
    reply = raw(f'{prefix}{{"totalCount": 0, "items": []}}', headers={"Content-Type": "text/html; charset=latin-1"})
    assert client(Script(reply)).subscriptions(TENANT).lives == ()


def test_no_message_holds_a_mail_address_or_a_token() -> None:
    issued = jwt(scp="user_impersonation")
    words = f"User ann@contoso.com or bob%40contoso.com sent Bearer abc.def and {TOKEN} and {issued}."
    error = failure(refused(403, 1, words))
    told = str(error) + repr(error.problems)
    for secret in ("ann", "bob", "abc.def", TOKEN, issued):
        assert secret not in told


def test_control_characters_of_the_service_are_kept_as_data() -> None:
    assert "\x1b[31mred" in str(failure(refused(400, 1, "\x1b[31mred")))


def test_an_endless_description_is_shortened() -> None:
    assert len(str(failure(refused(400, 1, "x" * 100_000)))) < 3000


def test_an_error_has_what_support_asks_for() -> None:
    headers = {
        "MS-RequestId": "r",
        "MS-CorrelationId": "c",
        "MS-CV": "v.0",
        "MS-ServerId": "s",
        "Date": "Fri, 01 Mar 2024 12:00:00 GMT",
    }
    script = Script(raw("", 404, headers))
    with pytest.raises(ServiceRefused) as caught:
        client(script).subscriptions(TENANT)
    support = caught.value.support
    assert support is not None
    assert (support.method, support.path, support.status) == ("GET", f"/v1/customers/{TENANT}/subscriptions", 404)
    assert (support.request_id, support.correlation_id) == ("r", "c")
    assert support.sent_request_id == script.requests[0].headers["MS-RequestId"]
    assert (support.ms_cv, support.server_id) == ("v.0", "s")
    assert support.at == datetime(2024, 3, 1, 12, tzinfo=UTC)


def test_without_an_answer_support_gets_the_ids_that_were_sent() -> None:
    script = Script(httpx.ReadTimeout("slow"))
    with pytest.raises(NoAnswer, match="the time was up") as caught:
        client(script).subscriptions(TENANT)
    assert caught.value.support is not None
    assert caught.value.support.request_id == script.requests[0].headers["MS-RequestId"]


def test_a_redirect_is_never_followed() -> None:
    script = Script(raw("", 302, {"Location": "https://evil.example/"}))
    with pytest.raises(NoAnswer, match="redirect"):
        client(script).subscriptions(TENANT)
    assert {request.url.host for request in script.requests} == {"api.example.test"}


def test_whatever_trips_over_a_writes_answer_leaves_its_outcome_open() -> None:
    response = httpx.Response(200, request=httpx.Request("POST", f"{API}/v1/x"))
    with pytest.raises(NoAnswer, match="can't be understood: OverflowError"), read_of(response):
        raise OverflowError
