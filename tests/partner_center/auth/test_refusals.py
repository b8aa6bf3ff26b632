"""The directory's refusals: each has its own words and its own remedy, exit code 8, and never a secret."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import trustme

from reconciler import advice
from reconciler.model.errors import AuthenticationFailed
from reconciler.partner_center.auth import making
from reconciler.partner_center.auth.choice import Choice
from reconciler.partner_center.http.network import BoundedTransport
from reconciler.partner_center.http.rate_limit import Stopped
from tests.partner_center.auth.directory import (
    AUDIENCE,
    CLIENT,
    PIPELINE,
    REFRESH,
    SECRET,
    TENANT,
    Directory,
    Refused,
    SignIns,
    federated_token,
    key_pair,
    write,
)
from tests.partner_center.test_network import listening

TABLE = {row.code: row for row in advice.all_rows() if row.origin == "sign_in"}


def refusal(choice: Choice) -> AuthenticationFailed:
    with pytest.raises(AuthenticationFailed) as refused:
        making.tokens(choice).token()
    assert refused.value.exit_code == 8
    assert SECRET not in str(refused.value.problems)
    return refused.value


def words(error: AuthenticationFailed) -> str:
    return f"{error.problems[0].what} {error.problems[0].remedy}"


@pytest.mark.parametrize("number", [int(code[6:]) for code in TABLE if code.startswith("AADSTS")])
def test_each_number_has_its_words_and_its_remedy(directory: Directory, sign_in: SignIns, number: int) -> None:
    directory.refusal = Refused(number)

    error = refusal(sign_in(RECONCILER_REFRESH_TOKEN=REFRESH))

    assert error.problems[0].what == f"{filled(TABLE[f'AADSTS{number}'].description, directory)} [AADSTS{number}]"
    assert "{" not in words(error)
    assert error.code == f"AADSTS{number}"


def filled(text: str, directory: Directory) -> str:
    return text.replace("{client_id}", CLIENT).replace("{tenant}", TENANT).replace("{host}", directory.host)


def test_no_two_refusals_have_the_same_words_by_accident() -> None:
    """A code entered too late has one name from the directory and one from OAuth: the only pair that may agree."""
    told = [row.description for row in TABLE.values()]

    assert {text for text in told if told.count(text) > 1} == {"The code was not entered in time."}


@pytest.mark.parametrize(
    ("number", "error", "says"),
    [
        (70099, "invalid_grant", "expired, or it was revoked"),
        (70099, "unheard_of", "In words that change"),
        (70099, "invalid_client", "does not accept the proof"),
    ],
)
def test_a_number_that_nobody_knows_is_told_by_its_word_or_by_its_own_text(
    directory: Directory, sign_in: SignIns, number: int, error: str, says: str
) -> None:
    directory.refusal = Refused(number, error)

    assert says in words(refusal(sign_in(RECONCILER_CLIENT_SECRET=SECRET)))


def test_a_refusal_carries_what_support_asks_for(sign_in: SignIns) -> None:
    support = refusal(sign_in(RECONCILER_CLIENT_SECRET="wrong")).support

    assert support is not None
    assert (support.trace_id or "").endswith("007")
    assert (support.correlation_id or "").endswith("008")
    assert f"{support.at:%H:%M}" == "10:00"


def test_a_wrong_secret(sign_in: SignIns) -> None:
    assert "The client secret is wrong" in words(refusal(sign_in(RECONCILER_CLIENT_SECRET="wrong")))


def test_an_unknown_tenant_is_told_as_such(sign_in: SignIns) -> None:
    error = refusal(sign_in(RECONCILER_CLIENT_SECRET=SECRET, RECONCILER_TENANT_ID="nobody.example"))

    assert "There is no tenant nobody.example" in words(error)


def test_an_unknown_application(sign_in: SignIns) -> None:
    error = refusal(sign_in(RECONCILER_CLIENT_SECRET=SECRET, RECONCILER_CLIENT_ID=TENANT))

    assert f"The tenant {TENANT} has no application {TENANT}" in words(error)


def test_a_certificate_that_is_not_registered(sign_in: SignIns, tmp_path: Path) -> None:
    path = write(tmp_path / "app.pem", key_pair().pem())

    assert "not one that the application" in words(refusal(sign_in(RECONCILER_CLIENT_CERTIFICATE_PATH=path)))


@pytest.mark.parametrize(
    ("claims", "says"), [({"sub": "repo:other/estate"}, "the subject of"), ({"aud": "api://other"}, "the audience of")]
)
def test_a_federated_token_of_another_job(sign_in: SignIns, tmp_path: Path, claims: dict[str, str], says: str) -> None:
    path = write(tmp_path / "token", federated_token(**claims).encode())

    assert says in words(refusal(sign_in(RECONCILER_FEDERATED_TOKEN_FILE=path)))


@pytest.mark.parametrize(
    "url", ["{url}/pipeline/github?a=1", "http://localhost/x?a=1", "https://localhost:1/?a=1", "::"]
)
def test_a_pipeline_that_gives_no_token(directory: Directory, sign_in: SignIns, url: str) -> None:
    error = refusal(
        sign_in(
            ACTIONS_ID_TOKEN_REQUEST_URL=url.format(url=directory.url),
            ACTIONS_ID_TOKEN_REQUEST_TOKEN=f"not {PIPELINE}",
        )
    )

    assert "id-token: write" in words(error)
    assert PIPELINE not in words(error)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, b"Service Unavailable"),
        (500, b"{}"),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"\xff"),
        (302, b""),
        (200, b"{}"),
    ],
)
def test_a_directory_that_makes_no_sense(directory: Directory, sign_in: SignIns, status: int, body: bytes) -> None:
    directory.status, directory.body = status, body

    assert refusal(sign_in(RECONCILER_CLIENT_SECRET=SECRET)).problems[0].remedy


@pytest.mark.parametrize("status", [500, 503, 504, 408, 429])
def test_a_passing_fault_of_the_directory_is_asked_again(directory: Directory, sign_in: SignIns, status: int) -> None:
    directory.unwell = [status]

    assert making.tokens(sign_in(RECONCILER_CLIENT_SECRET=SECRET)).token() == directory.issued[0]
    assert len(directory.grants) == 2


@pytest.mark.parametrize(("status", "says"), [(503, "is not well: it answered 503"), (429, "is asked too often")])
def test_a_directory_that_stays_unwell_is_told_as_such_and_not_as_a_refusal(
    directory: Directory, sign_in: SignIns, status: int, says: str
) -> None:
    directory.status = status

    error = refusal(sign_in(RECONCILER_CLIENT_SECRET=SECRET))

    assert says in words(error)
    assert "was not refused. Wait some minutes" in words(error)
    assert "RECONCILER_AUTHORITY_HOST" not in words(error)
    assert len(directory.grants) == 3


def test_a_dropped_connection_to_the_directory_is_made_again(
    directory: Directory, sign_in: SignIns, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight = BoundedTransport.handle_request
    dropped: list[str] = []

    def dropping(self: BoundedTransport, request: httpx.Request) -> httpx.Response:
        if request.method == "POST" and not dropped:
            dropped.append(request.url.path)
            raise httpx.RemoteProtocolError("dropped", request=request)
        return straight(self, request)

    monkeypatch.setattr(BoundedTransport, "handle_request", dropping)

    assert making.tokens(sign_in(RECONCILER_CLIENT_SECRET=SECRET)).token() == directory.issued[0]
    assert len(dropped) == 1


def test_a_pipeline_whose_issuer_is_unwell_is_told_to_wait(directory: Directory, sign_in: SignIns) -> None:
    directory.status = 503
    error = refusal(
        sign_in(
            ACTIONS_ID_TOKEN_REQUEST_URL=f"{directory.url}/pipeline/github?a=1",
            ACTIONS_ID_TOKEN_REQUEST_TOKEN=PIPELINE,
        )
    )

    assert "it answered 503. Wait some minutes" in words(error)


def test_a_directory_that_repeats_the_secret_is_not_repeated(directory: Directory, sign_in: SignIns) -> None:
    directory.status, directory.body = 400, f'{{"error": "odd", "error_description": "no {SECRET}"}}'.encode()

    assert "<token>" in words(refusal(sign_in(RECONCILER_CLIENT_SECRET=SECRET)))


@pytest.mark.usefixtures("directory")
def test_a_directory_that_can_not_be_reached(sign_in: SignIns) -> None:
    error = refusal(sign_in(RECONCILER_CLIENT_SECRET=SECRET, RECONCILER_AUTHORITY_HOST="localhost:1"))

    assert "can't be reached" in words(error)
    assert "HTTPS_PROXY" in words(error)


@pytest.mark.usefixtures("directory")
def test_a_directory_is_asked_by_the_proxy_of_the_environment(
    sign_in: SignIns, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n") as proxy:
        monkeypatch.setenv("no_proxy", "")
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        error = refusal(sign_in(RECONCILER_CLIENT_SECRET=SECRET, RECONCILER_AUTHORITY_HOST="login.example.test"))

    assert proxy.received[0].startswith(b"CONNECT login.example.test:443 ")
    assert SECRET.encode() not in b"".join(proxy.received)
    assert "HTTPS_PROXY" in words(error)


def test_a_run_that_is_to_stop_does_not_wait_for_a_directory(sign_in: SignIns) -> None:
    choice = sign_in(RECONCILER_CLIENT_SECRET=SECRET, RECONCILER_AUTHORITY_HOST="localhost:1")

    with pytest.raises(Stopped):
        making.tokens(replace(choice, sleep=lambda _: True)).token()


def test_a_directory_whose_certificate_nobody_trusts_gets_no_secret(
    directory: Directory, sign_in: SignIns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    monkeypatch.setenv("SSL_CERT_FILE", str(other))

    assert "CERTIFICATE_VERIFY_FAILED" in words(refusal(sign_in(RECONCILER_CLIENT_SECRET=SECRET)))
    assert directory.asked == []


def test_the_application_asks_for_the_audience_of_its_cloud_and_nothing_else(
    directory: Directory, sign_in: SignIns
) -> None:
    making.tokens(sign_in(RECONCILER_CLIENT_SECRET=SECRET)).token()

    assert directory.grants[0]["scope"] == f"{AUDIENCE}/.default"
