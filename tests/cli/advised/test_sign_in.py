"""Advice about signing in: it is done against a real directory over HTTPS, and the next run is signed in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.cli.advised.orders import a_shop
from tests.cli.advised.situations import Elsewhere, advised
from tests.partner_center.auth.directory import CLIENT, SECRET, TENANT, Directory, Refused, access_token, serving

LOGIN, CHECK = "auth login", "auth check"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    """The authority that vouches for the directory, and the file of its certificate."""
    made = trustme.CA()
    trusted = tmp_path_factory.mktemp("authority") / "authority.pem"
    made.cert_pem.write_to_path(str(trusted))
    return made, trusted


@pytest.fixture
def directory(
    elsewhere: Elsewhere, authority: tuple[trustme.CA, Path], here: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Directory]:
    """A directory for the estate, which asks the sandbox by the name of the worldwide cloud."""
    elsewhere.cloud = "worldwide"
    with serving(Directory(), authority[0]) as served, elsewhere.estate.served() as endpoint:
        for name, value in {
            "SSL_CERT_FILE": str(authority[1]),
            "XDG_CONFIG_HOME": str(here / "config"),
            "RECONCILER_AUTHORITY_HOST": served.host,
            "RECONCILER_ENDPOINT": endpoint,
            "RECONCILER_TENANT_ID": TENANT,
            "RECONCILER_CLIENT_ID": CLIENT,
        }.items():
            monkeypatch.setenv(name, value)
        yield served


def signed_in(elsewhere: Elsewhere) -> None:
    assert "Signed in to worldwide by device-code" in elsewhere.run("auth", "check", code=0).out


@advised("nobody_signed_in", LOGIN)
@pytest.mark.usefixtures("directory")
def test_where_nobody_is_signed_in(elsewhere: Elsewhere) -> None:
    refused = elsewhere.run("plan", code=8)
    assert elsewhere.follow(refused, "nobody_signed_in", LOGIN).code == 0
    signed_in(elsewhere)


@advised("To see what it allows:", CHECK)
@advised("kept_sign_in_unreadable", LOGIN)
@pytest.mark.usefixtures("directory")
def test_where_the_sign_in_that_is_kept_can_not_be_read(elsewhere: Elsewhere, here: Path) -> None:
    kept = elsewhere.run("auth", "login", code=0)
    assert elsewhere.follow(kept, "To see what it allows:", CHECK).code == 0
    for file in (here / "config").rglob("*"):
        if file.is_file():
            file.write_text("{")
    refused = elsewhere.run("plan", code=8)
    assert elsewhere.follow(refused, "kept_sign_in_unreadable", LOGIN).code == 0
    signed_in(elsewhere)


@advised("sandbox_needs_no_sign_in", "auth login --cloud worldwide")
def test_where_the_cloud_needs_no_sign_in(elsewhere: Elsewhere, directory: Directory) -> None:
    elsewhere.cloud = None
    refused = elsewhere.run("auth", "login", code=1)
    assert elsewhere.follow(refused, "sandbox_needs_no_sign_in", "auth login --cloud worldwide").code == 0
    assert directory.grants
    elsewhere.cloud = "worldwide"
    signed_in(elsewhere)


def person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes away the variables of another sign-in: a person signs in now."""
    for name in ("RECONCILER_ACCESS_TOKEN", "RECONCILER_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("code", "mfa"),
    [pytest.param(code, mfa, marks=advised(code, LOGIN)) for code, mfa in (("401", True), ("401/900421", False))],
)
@pytest.mark.usefixtures("directory")
def test_where_the_service_does_not_take_the_token(
    elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch, code: str, mfa: bool
) -> None:
    elsewhere.estate.behave(require_mfa=True)
    if mfa:
        elsewhere.estate.arm("unauthorized", times=9)
    monkeypatch.setenv("RECONCILER_ACCESS_TOKEN", access_token(user=True, mfa=mfa))
    refused = elsewhere.run("plan", code=8)
    person(monkeypatch)
    with elsewhere.estate.changed() as world:
        world.faults.clear()
    assert elsewhere.follow(refused, code, LOGIN).code == 0
    signed_in(elsewhere)


@pytest.mark.parametrize(
    "code", [pytest.param(code, marks=advised(code, CHECK)) for code in ("403", "authentication_failed")]
)
@pytest.mark.usefixtures("directory")
def test_what_the_identity_may_do_is_shown(elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setenv("RECONCILER_CLIENT_SECRET", SECRET)
    explained = elsewhere.run("explain", code, code=0)
    shown = elsewhere.follow(explained, code, CHECK)
    assert "x upgrade_with_license_transfer: no; an application alone can't" in shown.text


@advised("customers_not_listed", CHECK)
def test_what_the_sign_in_may_do_is_shown_where_customers_are_not_listed(elsewhere: Elsewhere) -> None:
    with elsewhere.refusing("GET", "/customers$", "403 Forbidden"):
        told = elsewhere.run("plan")
    assert (
        "It may, as far as the token and the cloud tell:" in elsewhere.follow(told, "customers_not_listed", CHECK).text
    )


@advised("agreement_not_read", LOGIN)
def test_where_an_application_alone_may_not_read_an_agreement(
    elsewhere: Elsewhere, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_shop(elsewhere)
    monkeypatch.setenv("RECONCILER_CLIENT_SECRET", SECRET)
    assert "[agreement_not_read]" in elsewhere.run("plan").text
    explained = elsewhere.run("explain", "agreement_not_read", code=0)
    person(monkeypatch)
    assert elsewhere.follow(explained, "agreement_not_read", LOGIN).code == 0
    assert "[agreement_not_read]" not in elsewhere.run("plan").text
    assert directory.grants


@pytest.mark.parametrize(
    "number", [pytest.param(number, marks=advised(f"AADSTS{number}", LOGIN)) for number in (50173, 53003)]
)
def test_where_the_directory_refuses_a_person(elsewhere: Elsewhere, directory: Directory, number: int) -> None:
    directory.refusal = Refused(number)
    refused = elsewhere.run("auth", "login", code=8)
    directory.refusal = None
    assert elsewhere.follow(refused, f"AADSTS{number}", LOGIN).code == 0
    signed_in(elsewhere)
