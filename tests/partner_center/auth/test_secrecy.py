"""No secret and no token reaches a log, whoever writes it and at whatever level."""

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.model.errors import AuthenticationFailed
from reconciler.partner_center.auth import making
from tests.partner_center.auth.directory import (
    DEVICE_CODE,
    PIPELINE,
    REFRESH,
    SECRET,
    Directory,
    KeyPair,
    Refused,
    SignIns,
    federated_token,
    write,
)

EVERYTHING = ("reconciler", "msal", "msal.token_cache", "msal_extensions", "httpx", "httpcore", "urllib3", "")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Whatever any library logs, at every level."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    levels = {name: logging.getLogger(name).level for name in EVERYTHING}
    for name in EVERYTHING:
        logging.getLogger(name).setLevel(1)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def hidden(directory: Directory) -> set[str]:
    """Everything that nobody may see."""
    proofs = {form["client_assertion"] for form in directory.grants if "client_assertion" in form}
    return {SECRET, PIPELINE, DEVICE_CODE, *directory.refresh_tokens, *directory.issued, *proofs}


def check(written: io.StringIO, directory: Directory) -> None:
    log = written.getvalue()
    assert "POST" in log, "the libraries do log their requests here"
    assert not [item for item in hidden(directory) if item in log]


@pytest.mark.parametrize("way", ["secret", "certificate", "file", "github", "azure", "refresh"])
def test_no_sign_in_writes_what_nobody_may_see(
    directory: Directory, sign_in: SignIns, certificate: KeyPair, tmp_path: Path, written: io.StringIO, way: str
) -> None:
    directory.certificates.append(certificate.certificate)
    variables = {
        "secret": {"RECONCILER_CLIENT_SECRET": SECRET},
        "certificate": {"RECONCILER_CLIENT_CERTIFICATE_PATH": write(tmp_path / "app", certificate.pem())},
        "file": {"RECONCILER_FEDERATED_TOKEN_FILE": write(tmp_path / "token", federated_token().encode())},
        "github": {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{directory.url}/pipeline/github?v=2",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": PIPELINE,
        },
        "azure": {
            "SYSTEM_OIDCREQUESTURI": f"{directory.url}/pipeline/azure",
            "SYSTEM_ACCESSTOKEN": PIPELINE,
            "RECONCILER_SERVICE_CONNECTION_ID": "c0nnection",
        },
        "refresh": {"RECONCILER_CLIENT_SECRET": SECRET, "RECONCILER_REFRESH_TOKEN": REFRESH},
    }[way]

    tokens = making.tokens(sign_in(**variables))
    tokens.instead_of(tokens.token())

    assert len(directory.issued) == 2
    check(written, directory)


def test_neither_does_a_persons_sign_in(directory: Directory, sign_in: SignIns, written: io.StringIO) -> None:
    making.device(sign_in()).login(lambda _: None)
    tokens = making.tokens(sign_in())
    tokens.instead_of(tokens.token())

    check(written, directory)


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, f"no JSON, but {SECRET} {REFRESH}".encode()), (400, f'{{"error": "{REFRESH}"}}'.encode())],
)
def test_neither_does_an_answer_that_repeats_them(
    directory: Directory,
    sign_in: SignIns,
    written: io.StringIO,
    capsys: pytest.CaptureFixture[str],
    status: int,
    body: bytes,
) -> None:
    directory.status, directory.body = status, body
    with pytest.raises(AuthenticationFailed) as refused:
        making.tokens(sign_in(RECONCILER_CLIENT_SECRET=SECRET, RECONCILER_REFRESH_TOKEN=REFRESH)).token()

    check(written, directory)
    assert not [
        item
        for item in hidden(directory)
        if item in f"{refused.value.problems} {refused.value.code} {capsys.readouterr()}"
    ]


@pytest.mark.parametrize("number", [7000215, 50076, 99999])
def test_neither_does_a_refusal(directory: Directory, sign_in: SignIns, written: io.StringIO, number: int) -> None:
    directory.refusal = Refused(number)
    with pytest.raises(AuthenticationFailed) as refused:
        making.tokens(sign_in(RECONCILER_CLIENT_SECRET=SECRET, RECONCILER_REFRESH_TOKEN=REFRESH)).token()

    check(written, directory)
    assert not [item for item in hidden(directory) if item in str(refused.value.problems)]
