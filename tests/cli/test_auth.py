"""Signing in, from the command line: a real directory over HTTPS, and the sandbox over HTTP as Partner Center."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import trustme

from reconciler.model.choices import SIGN_INS
from reconciler.sandbox import Behaviour, Cloud, Fault, User
from tests.cli.estates import Answer, Estate
from tests.partner_center.auth.directory import (
    CLIENT,
    DEVICE_CODE,
    PIPELINE,
    REFRESH,
    SECRET,
    TENANT,
    USER,
    USER_CODE,
    Directory,
    Refused,
    access_token,
    federated_token,
    key_pair,
    serving,
    write,
)

PASSWORD = "p4ssword~That.Nobody-May_See"

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


@pytest.mark.usefixtures("directory")
def test_check_shows_an_application_alone_and_what_it_can_not_do(
    reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILER_CLIENT_SECRET", SECRET)

    answer = reconciler("auth", "check")

    assert (answer.code, answer.err) == (0, "")
    assert "Signed in to worldwide by client-secret" in answer.out
    assert "x upgrade_with_license_transfer: no; an application alone can't" in answer.text
    assert "Partner Center accepts it." in answer.out


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
    assert "It may do nothing: Partner Center refuses it." in answer.out


REFUSED = {
    "expired": (Behaviour(), "unauthorized:always", "get a new access token for the Partner Center API of this cloud"),
    "no second factor": (Behaviour(require_mfa=True), "no_bom", "Sign in again with multi-factor authentication. With"),
    "app-only": (Behaviour(), "app_only_refused:always", "Sign in as an application together with a user"),
    "audience": (
        Behaviour(cloud=Cloud.CHINA),
        "no_bom",
        "Ask for a token whose audience is the Partner Center API of this cloud",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
@pytest.mark.parametrize("command", ["auth check", "plan", "apply --auto-approve"])
def test_a_token_that_the_service_does_not_take_ends_the_run_with_its_own_reason(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch, why: str, command: str
) -> None:
    behaviour, fault, says = REFUSED[why]
    with estate.changed() as world:
        world.behaviour = behaviour
        world.faults.append(Fault.parse(fault))
    monkeypatch.setenv("RECONCILER_ACCESS_TOKEN", access_token(user=True, mfa=False))
    with estate.served() as endpoint:
        monkeypatch.setenv("RECONCILER_ENDPOINT", endpoint)
        answer = reconciler(*command.split(), "--cloud", "worldwide")

    assert answer.code == 8
    assert says in answer.text
    assert "For a support ticket with Microsoft" in answer.err
    assert estate.bought == []


def test_check_of_the_sandbox_needs_no_sign_in(estate: Estate, reconciler: Program) -> None:
    answer = reconciler("auth", "check")

    assert answer.code == 0
    assert "Signed in to sandbox" in answer.out
    assert estate.bought == []


@pytest.mark.usefixtures("directory")
def test_login_invites_and_later_runs_are_signed_in(reconciler: Program, tmp_path: Path) -> None:
    before = reconciler("auth", "check")
    login = reconciler("auth", "login")
    after = reconciler("auth", "check")

    assert (before.code, login.code, after.code) == (8, 0, 0)
    assert "Sign in: reconciler auth login --cloud worldwide" in " ".join(before.err.split())
    assert USER_CODE in login.err
    assert login.out == ""
    assert str(tmp_path / "config") in login.err
    assert "Signed in to worldwide by device-code" in after.out


def prepared(way: str, directory: Directory, folder: Path) -> dict[str, str]:
    """The variables of a sign-in, with all that it needs in place."""
    key = key_pair()
    directory.certificates.append(key.certificate)
    return {
        "client-secret": {"RECONCILER_CLIENT_SECRET": SECRET},
        "certificate": {
            "RECONCILER_CLIENT_CERTIFICATE_PATH": write(folder / "app.pfx", key.pfx(PASSWORD.encode())),
            "RECONCILER_CLIENT_CERTIFICATE_PASSWORD": PASSWORD,
        },
        "federated-token-file": {"RECONCILER_FEDERATED_TOKEN_FILE": write(folder / "jwt", federated_token().encode())},
        "github-actions": {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{directory.url}/pipeline/github?v=2",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": PIPELINE,
        },
        "azure-pipelines": {
            "SYSTEM_OIDCREQUESTURI": f"{directory.url}/pipeline/azure",
            "SYSTEM_ACCESSTOKEN": PIPELINE,
            "RECONCILER_SERVICE_CONNECTION_ID": "c0nnection",
        },
        "refresh-token": {
            "RECONCILER_REFRESH_TOKEN": REFRESH,
            "RECONCILER_REFRESH_TOKEN_FILE": str(folder / "kept"),
            "RECONCILER_CLIENT_SECRET": SECRET,
        },
        "device-code": {},
        "access-token": {"RECONCILER_ACCESS_TOKEN": access_token(user=True)},
    }[way]


ANN = User(object_id="u-1", name="Ann Example", email="ann@example.com")
REPORTS = [f"--report={form}=REPORT.{form}" for form in ("text", "json", "markdown", "github", "azure-devops", "junit")]
PLAN_REPORTS = [*REPORTS, "--report=html=REPORT.html", "--report=sarif=REPORT.sarif"]


def reports(step: str, asked: list[str]) -> list[str]:
    """Every report of a step, each in a file of its own."""
    return [item.replace("REPORT", f"{step}-report") for item in asked]


def hidden(directory: Directory, variables: Mapping[str, str]) -> set[str]:
    """Every secret, proof and token of a run, whole and, of a token, the part that makes it valid."""
    proofs = {form.get("client_assertion", "") for form in directory.grants}
    ready = variables.get("RECONCILER_ACCESS_TOKEN", "")
    whole = {SECRET, PASSWORD, PIPELINE, DEVICE_CODE, *directory.refresh_tokens, *directory.issued, *proofs, ready}
    return {part for item in whole for part in (item, item.rpartition(".")[2]) if len(part) > 8}


def kept(root: Path) -> Iterator[str]:
    """Every file below a directory but the sandbox's own world, which is the service's."""
    files = (path for path in root.rglob("*") if path.is_file() and ".reconciler" not in path.parts)
    yield from (path.read_text("utf-8", "replace") for path in files)


@pytest.mark.usefixtures("estate")
def test_login_to_the_sandbox_says_that_there_is_none(reconciler: Program) -> None:
    answer = reconciler("auth", "login")

    assert (answer.code, answer.out) == (1, "")
    assert "The cloud is sandbox, which needs no sign-in." in answer.text


@pytest.mark.parametrize("way", SIGN_INS)
def test_a_whole_run_leaves_no_secret_no_token_and_no_persons_address_anywhere(
    directory: Directory,
    estate: Estate,
    reconciler: Program,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
    way: str,
) -> None:
    """Neither in what it prints and logs, nor in plan, state, snapshot and reports: by every sign-in there is."""
    elsewhere = tmp_path_factory.mktemp("secrets")
    variables = prepared(way, directory, elsewhere)
    for name, value in {**variables, "RECONCILER_LOG": "debug", "XDG_CONFIG_HOME": str(elsewhere)}.items():
        monkeypatch.setenv(name, value)

    estate.stick(ANN)

    said = [reconciler("auth", "login")] if way == "device-code" else []
    check, *others = (
        reconciler(*entry)
        for entry in (
            ["auth", "check"],
            ["snapshot", "snapshot.json", "--upgrades", "all"],
            ["plan", "--out", "plan.json", *reports("plan", PLAN_REPORTS)],
            ["apply", "plan.json", *reports("apply", REPORTS)],
            ["drift"],
        )
    )
    directory.refusal = Refused(50173)
    refused = reconciler("plan")

    assert f"Signed in to worldwide by {way}" in check.out
    moved = check.out.count("x upgrade_with") == 0
    assert [check.code, *(sold.code for sold in others)] == [
        0,
        0,
        0,
        4 if moved else 0,
        2,
    ]  # fabrikam is declared nowhere
    assert refused.code == (0 if way in {"access-token", "device-code"} else 8)
    files = {path.name for path in estate.root.rglob("*")}
    assert {"plan.json", "snapshot.json", "contoso.json", "plan-report.html", "apply-report.markdown"} <= files
    everywhere = [*kept(estate.root), *(text.out + text.err for text in (*said, check, *others, refused))]
    unseen = {*hidden(directory, variables), ANN.email, ANN.name}
    assert [item[:80] for item in everywhere for secret in unseen if secret in item] == []


@pytest.mark.parametrize("content", [None, "no certificate"])
@pytest.mark.parametrize("variable", ["RECONCILER_CLIENT_SECRET", "RECONCILER_ACCESS_TOKEN"])
@pytest.mark.usefixtures("directory")
def test_a_file_of_authorities_that_is_none_is_told_as_such(
    reconciler: Program, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, content: str | None
) -> None:
    file = tmp_path / "authorities.pem"
    file.write_text(content or "")
    monkeypatch.setenv("SSL_CERT_FILE", str(file if content else tmp_path / "missing"))
    monkeypatch.setenv("RECONCILER_ENDPOINT", "https://127.0.0.1:1")
    monkeypatch.setenv(variable, SECRET)

    answer = reconciler("plan")

    assert (answer.code, answer.out) == (1, "")
    assert "The trusted certificates that SSL_CERT_FILE names can't be used" in answer.text


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
