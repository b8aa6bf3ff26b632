"""Signing in, from the command line: a real directory over HTTPS, and the sandbox over HTTP as Partner Center."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from tests.cli.estates import Answer, Estate
from tests.partner_center.auth.directory import (
    CLIENT,
    REFRESH,
    SECRET,
    TENANT,
    USER,
    USER_CODE,
    Directory,
    Refused,
    access_token,
    serving,
)

Program = Callable[..., Answer]


@pytest.fixture
def directory(estate: Estate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Directory]:
    """A directory for the estate, which asks the sandbox by the name of the worldwide cloud."""
    authority = trustme.CA()
    trusted = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    with serving(Directory(), authority) as served, estate.served() as endpoint:
        for name, value in {
            "SSL_CERT_FILE": str(trusted),
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "RECONCILER_AUTHORITY_HOST": served.host,
            "RECONCILER_ENDPOINT": endpoint,
            "RECONCILER_CLOUD": "worldwide",
            "RECONCILER_TENANT_ID": TENANT,
            "RECONCILER_CLIENT_ID": CLIENT,
        }.items():
            monkeypatch.setenv(name, value)
        yield served


def hidden(directory: Directory) -> list[str]:
    return [SECRET, *directory.refresh_tokens, *directory.issued]


def test_check_shows_an_application_alone_and_what_it_can_not_do(
    directory: Directory, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILER_CLIENT_SECRET", SECRET)

    answer = reconciler("auth", "check")

    assert (answer.code, answer.err) == (0, "")
    assert "Signed in to worldwide by client-secret" in answer.out
    assert "x upgrade_with_license_transfer: no; an application alone can't" in answer.text
    assert "Partner Center accepts it." in answer.out
    assert not [one for one in hidden(directory) if one in answer.text]


def test_check_shows_the_user_by_id_and_the_second_factor(
    directory: Directory, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILER_REFRESH_TOKEN", REFRESH)

    answer = reconciler("auth", "check")

    assert (answer.code, len(directory.grants)) == (0, 1)
    assert "an application with a user, with multi-factor authentication" in answer.text
    assert USER in answer.out
    assert "+ relationship link" in answer.out


def test_check_of_a_refused_sign_in_is_an_error_with_its_remedy(
    directory: Directory, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILER_CLIENT_SECRET", SECRET)
    directory.refusal = Refused(7000222, "invalid_client")

    answer = reconciler("auth", "check")

    assert (answer.code, answer.out) == (8, "")
    assert "The client secret has expired. [AADSTS7000222]" in answer.text
    assert "For a support ticket with Microsoft" in answer.err


def test_check_of_a_token_that_partner_center_refuses_is_an_error(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with estate.served() as endpoint:
        monkeypatch.setenv("RECONCILER_ENDPOINT", endpoint)
        monkeypatch.setenv("RECONCILER_ACCESS_TOKEN", access_token(user=True, seconds=-60))
        answer = reconciler("auth", "check", "--cloud", "worldwide")

    assert answer.code == 8
    assert "(expired; not renewed)" in answer.out
    assert "Partner Center accepts it" not in answer.out


def test_check_of_the_sandbox_needs_no_sign_in(estate: Estate, reconciler: Program) -> None:
    answer = reconciler("auth", "check")

    assert answer.code == 0
    assert "Signed in to sandbox" in answer.out
    assert estate.bought == []


def test_login_invites_and_later_runs_are_signed_in(directory: Directory, reconciler: Program, tmp_path: Path) -> None:
    before = reconciler("auth", "check")
    login = reconciler("auth", "login")
    after = reconciler("auth", "check")

    assert (before.code, login.code, after.code) == (8, 0, 0)
    assert "Sign in: reconciler auth login" in " ".join(before.err.split())
    assert USER_CODE in login.err
    assert login.out == ""
    assert str(tmp_path / "config") in login.err
    assert "Signed in to worldwide by device-code" in after.out
    assert not [one for one in hidden(directory) if one in login.text + after.text]


@pytest.mark.parametrize("level", ["debug", "info"])
def test_a_whole_run_leaves_no_secret_and_no_token_anywhere(
    directory: Directory, estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    """Neither in what it prints and logs, nor in the plan, nor in the state."""
    monkeypatch.setenv("RECONCILER_LOG", level)
    monkeypatch.setenv("RECONCILER_CLIENT_SECRET", SECRET)
    monkeypatch.setenv("RECONCILER_REFRESH_TOKEN", REFRESH)

    planned = reconciler("plan", "--out", "plan.json")
    applied = reconciler("apply", "plan.json")

    assert (planned.code, applied.code) == (0, 0)
    assert json.loads((estate.root / "plan.json").read_text())["token_kind"] == "app+user"
    files = [path.read_text() for folder in ("state", ".") for path in (estate.root / folder).glob("*.json")]
    everywhere = "".join((*files, planned.text, applied.text))
    assert len(files) > 1
    assert not [one for one in hidden(directory) if one in everywhere]
    assert len(directory.grants) == 2, "each run signs in once, whatever the number of requests"


@pytest.mark.parametrize(
    ("name", "says"),
    [("RECONCILER_TENANT_ID", "RECONCILER_TENANT_ID is missing"), ("RECONCILER_CLIENT_ID", "RECONCILER_CLIENT_ID is")],
)
@pytest.mark.usefixtures("directory")
def test_half_a_sign_in_is_an_error_that_names_the_rest(
    reconciler: Program, monkeypatch: pytest.MonkeyPatch, name: str, says: str
) -> None:
    monkeypatch.setenv("RECONCILER_CLIENT_SECRET", SECRET)
    monkeypatch.delenv(name)

    answer = reconciler("plan")

    assert (answer.code, answer.out) == (8, "")
    assert says in answer.text


@pytest.mark.usefixtures("directory")
def test_azures_variables_are_not_taken_where_state_is_kept_in_azure(
    reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", SECRET)

    here = reconciler("auth", "check")
    there = reconciler("auth", "check", "--state", "az://container/prefix")

    assert (here.code, there.code) == (0, 8)
    assert "Nobody is signed in" in there.text
