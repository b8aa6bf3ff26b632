"""Retries: which requests, how many times, and after which pause."""

import itertools
from collections.abc import Callable
from contextlib import suppress

import httpx
import pytest

from reconciler.model.errors import NoAnswer, ServiceError, ServiceRefused, ServiceUnreachable
from reconciler.partner_center.client import PartnerCenter
from reconciler.partner_center.http.circuit_breaker import Outage
from reconciler.partner_center.http.endpoint import Endpoint
from reconciler.partner_center.http.network import direct_transport
from reconciler.partner_center.wire.upgrades import option
from tests.partner_center.service import (
    SOURCE,
    TENANT,
    TICKET,
    Script,
    answer,
    client,
    page,
    raw,
    refused,
    upgrade,
    upgrade_result,
)

DROPPED = [
    httpx.ReadError("reset"),
    httpx.ReadTimeout("slow"),
    httpx.RemoteProtocolError("gone"),
    ConnectionResetError("in process"),
]
FAILED = [refused(500, 800003), raw("", 503), raw("<html>", 502), refused(408, 900225)]
NEVER_SENT = [httpx.ConnectError("refused"), ConnectionRefusedError("in process")]


def buy(commerce: PartnerCenter) -> object:
    return commerce.upgrade(TENANT, SOURCE, option(upgrade()), 25, TICKET)


def read(commerce: PartnerCenter) -> object:
    return commerce.subscriptions(TENANT).lives


@pytest.mark.parametrize(
    "first", [*DROPPED, *FAILED, *NEVER_SENT, raw("<html>"), raw("{"), raw(""), raw("[]")], ids=repr
)
def test_a_read_is_repeated_after_anything_that_may_pass(first: httpx.Response | Exception) -> None:
    script = Script(first, answer(page()))
    assert read(client(script)) == ()
    assert len(script.requests) == 2


@pytest.mark.parametrize("first", [*DROPPED, *FAILED, httpx.ConnectTimeout("slow")], ids=repr)
def test_a_write_is_not_repeated_where_it_may_have_arrived(first: httpx.Response | Exception) -> None:
    script = Script(first, answer(upgrade_result()))
    with pytest.raises(ServiceError):
        buy(client(script))
    assert len(script.requests) == 1


@pytest.mark.parametrize("first", [*NEVER_SENT, answer({"message": "Too many."}, 429)], ids=repr)
def test_a_write_that_was_not_acted_on_is_repeated_under_the_same_ticket(first: httpx.Response | Exception) -> None:
    script = Script(first, answer(upgrade_result()))
    buy(client(script))
    once, again = script.requests
    assert once.headers == again.headers
    assert once.content == again.content
    assert again.headers["MS-RequestId"] == TICKET.request_id


@pytest.mark.parametrize("call", [read, buy])
def test_a_refusal_is_final(call: Callable[[PartnerCenter], object]) -> None:
    for status in (400, 401, 403, 404, 409, 412):
        script = Script(refused(status, 1))
        with pytest.raises(ServiceError):
            call(client(script))
        assert len(script.requests) == 1


def test_attempts_come_to_an_end_and_pauses_grow() -> None:
    script, naps = Script(raw("", 503)), list[float]()
    with pytest.raises(NoAnswer, match="503"):
        read(client(script, naps=naps))
    assert len(script.requests) == 5
    assert naps[-1] > naps[0] > 0


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"Retry-After": "57"}, 57, 66),
        ({"Retry-After": "57.5"}, 57.5, 66.5),
        ({"Retry-After": "Fri, 01 Mar 2024 12:00:30 GMT", "Date": "Fri, 01 Mar 2024 12:00:00 GMT"}, 30, 39),
        ({"Retry-After": "Fri, 01 Mar 2024 11:00:00 GMT", "Date": "Fri, 01 Mar 2024 12:00:00 GMT"}, 0, 9),
        ({"Retry-After": "soon"}, 0, 9),
        ({}, 0, 9),
    ],
)
def test_retry_after_is_honoured_in_both_forms(headers: dict[str, str], least: float, most: float) -> None:
    naps = list[float]()
    read(client(Script(raw("", 429, headers), answer(page())), naps=naps))
    assert least <= naps[0] <= most


def test_more_patience_than_there_is_ends_at_once_and_says_how_long_to_wait() -> None:
    script, naps = Script(answer({"statusCode": 429, "message": "Slow."}, 429, Retry_After="3600")), list[float]()
    with pytest.raises(ServiceRefused, match="Slow") as caught:
        buy(client(script, naps=naps))
    assert naps == []
    assert caught.value.status == 429
    assert "3600 seconds" in caught.value.problems[0].remedy


@pytest.mark.parametrize(
    ("ask", "megabytes"),
    [
        (read, 2),
        (lambda commerce: commerce.subscription(TENANT, SOURCE), 0.25),
        (lambda commerce: list(commerce.accounts()), 2),
        (lambda commerce: commerce.offers("US"), 16),
        (buy, 16),
    ],
    ids=["a page of subscriptions", "a subscription", "a page of customers", "a catalogue", "a write"],
)
def test_an_answer_that_is_longer_than_what_it_is_can_be_is_cut_off(
    ask: Callable[[PartnerCenter], object], megabytes: float
) -> None:
    script = Script(raw(" " * (int(megabytes * 2**20) + 1)))
    with pytest.raises(NoAnswer, match="too long"):
        ask(client(script))
    assert len(script.requests) == 1


def test_when_the_first_requests_all_meet_no_answer_the_run_asks_no_more() -> None:
    script = Script(*[refused(500, 800003)] * 100)
    commerce = client(script)
    for _ in range(5):
        with pytest.raises(NoAnswer):
            read(commerce)
    asked = len(script.requests)
    with pytest.raises(ServiceUnreachable, match="none has been answered"):
        read(commerce)
    assert len(script.requests) == asked


@pytest.mark.parametrize("answered", [answer(page()), refused(404, 3000), refused(403, 20002)], ids=repr)
def test_once_a_request_was_answered_no_answer_concerns_its_request_only(answered: httpx.Response) -> None:
    script = Script(answered, *[refused(500, 800003)] * 100)
    commerce = client(script)
    with suppress(ServiceError):
        read(commerce)
    for _ in range(6):
        with pytest.raises(NoAnswer):
            read(commerce)


def test_an_outage_is_certain_after_five_requests_until_one_is_answered() -> None:
    outage = Outage()
    for _ in range(4):
        outage.unanswered()
    assert not outage.certain
    outage.unanswered()
    assert outage.certain
    outage.answered()
    assert not outage.certain


def test_an_answer_that_only_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.partner_center.http.retry.elapsed_seconds", itertools.count(step=1000).__next__)
    with pytest.raises(NoAnswer, match="the time was up"):
        read(client(httpx.MockTransport(lambda _: httpx.Response(200, stream=httpx.ByteStream(b"{}")))))


def test_a_compressed_answer_that_is_broken_is_no_answer() -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        stream = httpx.ByteStream(b"not gzip at all")
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=stream)

    with pytest.raises(NoAnswer, match="unpacked"):
        read(client(httpx.MockTransport(broken)))


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), httpx.ProxyError("407")]
)
def test_what_never_left_is_told_apart_from_what_got_no_answer(error: Exception) -> None:
    """Microsoft's support has nothing to look it up by."""
    with pytest.raises(ServiceUnreachable, match="Nothing was sent") as caught:
        buy(client(Script(error)))
    assert caught.value.support is None


def test_the_log_tells_of_each_attempt_how_it_ended(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", logger="reconciler")
    read(client(Script(httpx.ReadError("reset"), raw("", 503), answer(page(), MS_RequestId="theirs"))))
    told = [record.exchange for record in caplog.records if hasattr(record, "exchange")]
    assert [text["outcome"] for text in told] == ["ReadError", 503, 200]
    assert told[0]["request_id"] == told[1]["request_id"]
    assert told[2]["request_id"] == "theirs"


def test_a_proxy_that_can_not_be_used_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://someone:hunter2@proxy.example")
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(Exception, match="proxy") as caught:
        direct_transport(Endpoint("https://api.example.test"))
    assert "hunter2" not in str(caught.value)


def test_this_machines_own_server_is_never_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "gopher://unusable")
    with (
        direct_transport(Endpoint("http://127.0.0.1:1")) as transport,
        pytest.raises(httpx.ConnectError, match="refused"),
    ):
        transport.handle_request(httpx.Request("GET", "http://127.0.0.1:1/v1/customers"))
