"""Every sign-in, by the real msal, at a directory that checks what proves an identity."""

import stat
from pathlib import Path

import pytest

from reconciler.model.errors import AuthenticationFailed
from reconciler.model.identity import Invitation
from reconciler.partner_center.auth import kind_of, making
from tests.partner_center.auth.directory import (
    CLIENT,
    PIPELINE,
    REFRESH,
    SECRET,
    USER_CODE,
    Directory,
    KeyPair,
    Refused,
    SignIns,
    federated_token,
    write,
)


def test_a_client_secret_gets_a_token_for_the_application(directory: Directory, sign_in: SignIns) -> None:
    tokens = making.tokens(sign_in(RECONCILER_CLIENT_SECRET=SECRET))

    assert tokens.token() == directory.issued[0]
    assert tokens.kind == kind_of(tokens.token()) == "app"
    assert directory.grants[0]["client_secret"] == SECRET


@pytest.mark.parametrize("password", ["", "a password"])
@pytest.mark.parametrize("form", ["pem", "pfx"])
def test_a_certificate_signs_with_the_private_key_and_sends_no_part_of_it(
    directory: Directory, sign_in: SignIns, certificate: KeyPair, tmp_path: Path, form: str, password: str
) -> None:
    directory.certificates.append(certificate.certificate)
    content = getattr(certificate, form)(password.encode() or None)
    variables = {"RECONCILER_CLIENT_CERTIFICATE_PATH": write(tmp_path / "app", content)}

    tokens = making.tokens(sign_in(**variables, RECONCILER_CLIENT_CERTIFICATE_PASSWORD=password))

    assert tokens.token() == directory.issued[0]
    assert "client_secret" not in directory.grants[0]


def test_a_federated_token_is_read_again_for_each_proof(directory: Directory, sign_in: SignIns, tmp_path: Path) -> None:
    directory.lifetime = 0
    file = tmp_path / "token"
    tokens = making.tokens(sign_in(RECONCILER_FEDERATED_TOKEN_FILE=write(file, federated_token(jti="1").encode())))
    tokens.token()
    file.write_text(federated_token(jti="2") + "\n")

    tokens.token()

    proofs = [form["client_assertion"] for form in directory.grants]
    assert proofs == [federated_token(jti="1"), federated_token(jti="2")]


def test_github_actions_issues_the_proof(directory: Directory, sign_in: SignIns) -> None:
    github = {
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{directory.url}/pipeline/github?api-version=2",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": PIPELINE,
    }

    tokens = making.tokens(sign_in(**github))

    assert (tokens.token(), tokens.kind) == (directory.issued[0], "app")


@pytest.mark.parametrize("named", ["RECONCILER_SERVICE_CONNECTION_ID", "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"])
def test_azure_pipelines_issues_the_proof(directory: Directory, sign_in: SignIns, named: str) -> None:
    azure = {"SYSTEM_OIDCREQUESTURI": f"{directory.url}/pipeline/azure", "SYSTEM_ACCESSTOKEN": PIPELINE}

    tokens = making.tokens(sign_in(**azure, **{named: "c0nnection"}))

    assert tokens.token() == directory.issued[0]


@pytest.mark.parametrize("proof", ["secret", "certificate", "none"])
def test_a_refresh_token_gets_a_token_with_the_user(
    directory: Directory, sign_in: SignIns, certificate: KeyPair, tmp_path: Path, proof: str
) -> None:
    directory.public = proof == "none"
    directory.certificates.append(certificate.certificate)
    variables = {
        "secret": {"RECONCILER_CLIENT_SECRET": SECRET},
        "certificate": {"RECONCILER_CLIENT_CERTIFICATE_PATH": write(tmp_path / "app", certificate.pem())},
        "none": {},
    }[proof]

    tokens = making.tokens(sign_in(RECONCILER_REFRESH_TOKEN=REFRESH, **variables))

    assert tokens.token() == directory.issued[0]
    assert tokens.kind == kind_of(tokens.token()) == "app+user"


def test_a_person_signs_in_once_and_later_runs_find_it(directory: Directory, sign_in: SignIns, tmp_path: Path) -> None:
    invited: list[Invitation] = []
    kept = making.device(sign_in()).login(invited.append)

    tokens = making.tokens(sign_in())

    assert tokens.token() == directory.issued[0]
    assert (tokens.kind, invited[0].code) == ("app+user", USER_CODE)
    assert stat.S_IMODE(Path(kept.place).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o700


def test_a_persons_sign_in_is_renewed_without_the_person(directory: Directory, sign_in: SignIns) -> None:
    making.device(sign_in()).login(lambda _: None)
    tokens = making.tokens(sign_in())

    another = tokens.instead_of(tokens.token())

    assert another == directory.issued[1]
    assert directory.grants[-1]["grant_type"] == "refresh_token"


def test_a_second_person_takes_the_place_of_the_first(directory: Directory, sign_in: SignIns) -> None:
    making.device(sign_in()).login(lambda _: None)
    directory.lifetime = 7200
    making.device(sign_in()).login(lambda _: None)

    assert making.tokens(sign_in()).token() == directory.issued[-1]


def test_before_anybody_signed_in_the_remedy_is_the_command_that_does(sign_in: SignIns) -> None:
    with pytest.raises(AuthenticationFailed) as refused:
        making.tokens(sign_in()).token()

    assert "Sign in:\nreconciler auth login" in refused.value.problems[0].remedy
    assert CLIENT in refused.value.problems[0].what


@pytest.mark.parametrize(
    ("number", "error", "says"),
    [(70020, "expired_token", "not entered in time"), (65004, "authorization_declined", "declined")],
)
def test_a_sign_in_that_is_not_finished_keeps_nothing(
    directory: Directory, sign_in: SignIns, number: int, error: str, says: str
) -> None:
    def refuse(_: Invitation) -> None:
        directory.refusal = Refused(number, error)

    with pytest.raises(AuthenticationFailed, match=says):
        making.device(sign_in()).login(refuse)

    directory.refusal = None
    with pytest.raises(AuthenticationFailed, match="Nobody is signed in"):
        making.tokens(sign_in()).token()


def test_an_application_that_can_not_invite_says_why(directory: Directory, sign_in: SignIns) -> None:
    directory.refusal = Refused(7000218, "invalid_client")

    with pytest.raises(AuthenticationFailed) as refused:
        making.device(sign_in()).login(lambda _: None)

    assert "public client flows" in refused.value.problems[0].remedy


def test_a_ready_token_is_taken_as_it_is(sign_in: SignIns) -> None:
    tokens = making.tokens(sign_in(RECONCILER_ACCESS_TOKEN="opaque"))

    assert (tokens.token(), tokens.kind) == ("opaque", "unknown")
    assert tokens.instead_of("opaque") is None
