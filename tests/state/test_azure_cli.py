"""State in Azure by the sign-in of `az login`: az is asked, and learns nothing that it does not need."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.model.errors import StateUnavailable
from reconciler.state import azure_cli, open_store
from reconciler.state.providers import PROVIDERS, client

Az = Callable[[str], Path]


@pytest.fixture
def az(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Az:
    """Puts an az on the PATH that ends with these lines of shell; gives the file in which it leaves its environment."""

    def install(ending: str) -> Path:
        program = tmp_path / "az"
        program.write_text(f"#!/bin/sh\nenv > {tmp_path}/environment\n{ending}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        return tmp_path / "environment"

    return install


def answering(**answer: object) -> str:
    return f"cat <<'END'\n{json.dumps(answer)}\nEND"


def test_az_is_asked_and_gets_none_of_our_secrets(az: Az, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = az(answering(accessToken="a-token", expires_on=1_800_000_000))
    for variable in ("RECONCILER_CLIENT_SECRET", "RECONCILER_REFRESH_TOKEN", "AZURE_CLIENT_SECRET", "GITHUB_TOKEN"):
        monkeypatch.setenv(variable, "TOPSECRET")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:TOPSECRET@proxy.example")
    monkeypatch.setenv("AZURE_CONFIG_DIR", "/home/me/.azure")

    assert azure_cli.token() == {"token": "a-token", "expires_at": datetime(2027, 1, 15, 8, 0, tzinfo=UTC)}
    assert "AZURE_CONFIG_DIR" in seen.read_text()
    assert "TOPSECRET" not in seen.read_text()


def test_an_older_az_gives_the_end_of_its_token_in_local_time(az: Az) -> None:
    az(answering(accessToken="a-token", expiresOn="2027-01-15 08:00:00.000000"))

    assert azure_cli.token()["expires_at"] == datetime(2027, 1, 15, 8, 0).astimezone()


@pytest.mark.parametrize(
    ("ending", "why"),
    [
        ("echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1", "Please run 'az login'"),
        ("echo nothing", "can't be understood"),
    ],
)
def test_an_az_that_gives_no_token_is_an_error_with_what_to_do(az: Az, ending: str, why: str) -> None:
    az(ending)

    with pytest.raises(StateUnavailable, match=why):
        azure_cli.token()


def test_a_state_location_says_why_az_gives_no_token(az: Az, monkeypatch: pytest.MonkeyPatch) -> None:
    az("echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    monkeypatch.setenv("AZURE_USE_AZURE_CLI", "true")

    with pytest.raises(StateUnavailable, match=r"az gives no token .*Please run 'az login'"):
        open_store("az://container/prefix").customers()


def test_the_store_asks_us_and_not_az_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    monkeypatch.setenv("AZURE_USE_AZURE_CLI", "true")

    assert isinstance(client(PROVIDERS["az"], "container", "", retries=0).credential_provider, azure_cli.SignIn)
