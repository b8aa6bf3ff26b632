"""A service that can't be reached, or answers what nobody can read: one message, one exit code, nothing lost."""

import json
import socket
from collections.abc import Callable

import pytest

from tests.cli.estates import TOKEN, Answer, Estate
from tests.cli.servers import answering, http

Program = Callable[..., Answer]

UNREADABLE = {
    "a web page": http(b"<html><body>Sign in to the hotel's network</body></html>", content_type="text/html"),
    "half a document": http(b'{"totalCount": 1, "items": [{"id": "5'),
    "nothing": http(b""),
    "a list": http(b"[]"),
    "a number": http(b"42"),
    "not UTF-8": http(b"\xff\xfe{\x00}\x00"),
    "nested without end": http(b'{"items":' + b"[" * 100_000),
    "an error page": http(b"<html>Bad gateway</html>", "502 Bad Gateway", "text/html"),
    "a redirect": http(b"", "302 Found\r\nLocation: https://elsewhere.example/v1/"),
    "a link elsewhere": http(
        json.dumps({"items": [], "links": {"next": {"uri": "https://elsewhere.example/"}}}).encode()
    ),
}


@pytest.fixture(params=UNREADABLE)
def unreadable(request: pytest.FixtureRequest) -> bytes:
    return UNREADABLE[request.param]


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> str:
    """A token in the environment, and a service in the cloud."""
    monkeypatch.setenv("RECONCILER_ACCESS_TOKEN", TOKEN)
    monkeypatch.setenv("RECONCILER_CLOUD", "worldwide")
    return TOKEN


def test_an_answer_that_nobody_can_read_is_told_and_never_taken_for_an_empty_estate(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch, token: str, unreadable: bytes
) -> None:
    with answering(unreadable) as server:
        monkeypatch.setenv("RECONCILER_ENDPOINT", server.address)
        answer = reconciler("plan", "--out", "plan.json")

    plan = json.loads((estate.root / "plan.json").read_text())
    assert answer.code == 1
    assert (plan["changes"], plan["errored"], len(plan["blocked"])) == ([], True, 3)
    assert "[customer_unreadable]" in answer.out
    assert token.encode() in server.received
    assert token not in answer.text + json.dumps(plan)


@pytest.mark.usefixtures("estate")
def test_apply_sends_nothing_to_a_service_that_it_can_not_read(
    reconciler: Program, monkeypatch: pytest.MonkeyPatch, token: str, unreadable: bytes
) -> None:
    with answering(unreadable) as server:
        monkeypatch.setenv("RECONCILER_ENDPOINT", server.address)
        answer = reconciler("apply", "--auto-approve")

    assert b"POST" not in server.received
    assert b"PATCH" not in server.received
    assert (answer.code, "[customer_unreadable]" in answer.out) == (1, True)
    assert "nothing to do" not in answer.text
    assert answer.err.startswith("Error: Partner Center could not be read for any customer")
    assert token not in answer.text


def test_one_customer_that_can_not_be_read_is_blocked_and_the_others_go_ahead(
    estate: Estate, reconciler: Program
) -> None:
    estate.block()
    with estate.changed() as world:
        world.customers[1].relationship = "none"

    assert reconciler("plan", "--blocked", "warn").code == 0
    answer = reconciler("apply", "--auto-approve", "--blocked", "fail")
    assert (answer.code, len(estate.bought)) == (3, 2)
    assert "[not_our_customer]" in answer.out


@pytest.mark.usefixtures("estate")
def test_a_saved_plan_fails_where_the_service_can_not_be_read_any_more(
    reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    reconciler("plan", "--out", "plan.json")
    with answering(UNREADABLE["a web page"]) as server:
        monkeypatch.setenv("RECONCILER_ENDPOINT", server.address)
        answer = reconciler("apply", "plan.json")

    assert answer.code == 4
    assert "contoso/office: FAILED. Nothing was changed." in answer.text
    assert b"POST" not in server.received


@pytest.mark.parametrize("status", ["401 Unauthorized", "401 MFA required"])
def test_a_wholesale_401_is_a_failed_sign_in_and_not_a_blocked_estate(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch, token: str, status: str
) -> None:
    with answering(http(b"", status)) as server:
        monkeypatch.setenv("RECONCILER_ENDPOINT", server.address)
        answer = reconciler("plan", "--out", "plan.json")

    assert (answer.code, answer.out) == (8, "")
    assert not (estate.root / "plan.json").exists()
    assert ("multi-factor" in answer.err) is ("MFA" in status)
    assert token not in answer.err


@pytest.mark.usefixtures("estate")
def test_a_refused_connection_is_the_run_s_error(
    reconciler: Program, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    """The pauses between attempts are real here, so this test takes some seconds."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setenv("RECONCILER_ENDPOINT", f"http://127.0.0.1:{port}")

    answer = reconciler("plan")

    assert (answer.code, answer.out) == (1, "")
    assert "Partner Center at 127.0.0.1 can't be reached" in answer.text
    assert "Nothing was sent." in answer.text
    assert token not in answer.err


@pytest.mark.usefixtures("estate")
def test_a_server_that_hangs_up_is_told_apart_from_a_refusal(
    reconciler: Program, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    """The pauses between attempts are real here, so this test takes some seconds."""
    with answering(b"") as server:
        monkeypatch.setenv("RECONCILER_ENDPOINT", server.address)
        answer = reconciler("plan", "--target", "contoso/office")

    assert answer.code == 1
    assert "the connection was dropped" in answer.text
    assert token not in answer.text


@pytest.mark.usefixtures("estate", "token")
@pytest.mark.parametrize(
    "endpoint",
    [
        "http://partner.example",
        "http://127.0.0.1.partner.example",
        "http://10.0.0.1:8080",
        "ftp://127.0.0.1",
        "partner.example",
        "https://user:hunter2@partner.example",
        "https://partner.example/?key=hunter2",
        "https://",
        "https://[",
    ],
)
def test_an_endpoint_that_would_give_the_token_away_is_refused(
    reconciler: Program, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    monkeypatch.setenv("RECONCILER_ENDPOINT", endpoint)

    answer = reconciler("plan")

    assert (answer.code, answer.out) == (1, "")
    assert "RECONCILER_ENDPOINT" in answer.err
    assert "hunter2" not in answer.err


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("text", [f"{TOKEN}\n", f"{TOKEN}\r\nHost: elsewhere", f"Bearer {TOKEN}", f'"{TOKEN} "', "é"])
def test_a_token_that_can_not_be_one_is_refused_and_not_repeated(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    estate.wait_as_in_any_cloud()
    monkeypatch.setenv("RECONCILER_ACCESS_TOKEN", text)

    answer = reconciler("plan")

    assert (answer.code, answer.out) == (8, "")
    assert "RECONCILER_ACCESS_TOKEN" in answer.err
    assert TOKEN not in answer.err
