"""The choice of a sign-in, and the messages where none can be chosen."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from reconciler.model.choices import SIGN_INS
from reconciler.model.errors import AuthenticationFailed
from reconciler.model.settings import Partner
from reconciler.partner_center.auth import making
from reconciler.partner_center.auth.choice import Choice
from reconciler.partner_center.auth.failures import unreachable
from reconciler.partner_center.clouds import CLOUDS

IDS = {"RECONCILER_TENANT_ID": "tenant.example", "RECONCILER_CLIENT_ID": "0d9b8a77-6e5d-4c3b-9a29-1817f6e50002"}
GITHUB = {"ACTIONS_ID_TOKEN_REQUEST_URL": "https://a.example/?x=1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t"}
PIPELINES = {"SYSTEM_OIDCREQUESTURI": "https://a.example/", "SYSTEM_ACCESSTOKEN": "t"}


def choice(environment: Mapping[str, str], *, auth: str | None = None, azure_names: bool = True) -> Choice:
    return Choice(
        cloud=CLOUDS["worldwide"],
        partner=Partner(auth=auth),
        environment=environment,
        azure_names=azure_names,
        folder=Path("nowhere"),
    )


def refusal(chosen: Choice) -> str:
    with pytest.raises(AuthenticationFailed) as refused:
        making.tokens(chosen)
    problem = refused.value.problems[0]
    return f"{problem.what} {problem.remedy}"


@pytest.mark.parametrize(
    ("variables", "way"),
    [
        ({"RECONCILER_ACCESS_TOKEN": "t"}, "access-token"),
        ({"RECONCILER_CLIENT_SECRET": "s"}, "client-secret"),
        ({"RECONCILER_CLIENT_CERTIFICATE_PATH": "c"}, "certificate"),
        ({"RECONCILER_FEDERATED_TOKEN_FILE": "f"}, "federated-token-file"),
        ({"RECONCILER_REFRESH_TOKEN": "r"}, "refresh-token"),
        ({"RECONCILER_REFRESH_TOKEN_FILE": "r"}, "refresh-token"),
        ({"RECONCILER_REFRESH_TOKEN": "r", "RECONCILER_CLIENT_SECRET": "s"}, "refresh-token"),
        ({"RECONCILER_SERVICE_CONNECTION_ID": "c"}, "azure-pipelines"),
        ({**PIPELINES, "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": "c"}, "azure-pipelines"),
        (GITHUB, "github-actions"),
        ({**GITHUB, "RECONCILER_CLIENT_SECRET": "s"}, "client-secret"),
        ({"AZURE_CLIENT_SECRET": "s"}, "client-secret"),
        ({"AZURE_CLIENT_SECRET": "s", "RECONCILER_CLIENT_CERTIFICATE_PATH": "c"}, "certificate"),
        ({}, "device-code"),
        ({"RECONCILER_CLIENT_SECRET": " "}, "device-code"),
        ({"RECONCILER_AUTH": "client-secret", **GITHUB}, "client-secret"),
    ],
)
def test_the_variables_that_are_set_choose_the_sign_in(variables: dict[str, str], way: str) -> None:
    assert choice({**IDS, **variables}).way() == way


def test_the_settings_choose_among_several_that_are_set() -> None:
    both = {"RECONCILER_CLIENT_SECRET": "s", "RECONCILER_ACCESS_TOKEN": "t"}

    assert choice({**IDS, **both}, auth="client-secret").way() == "client-secret"


def test_the_environment_wins_over_the_settings() -> None:
    assert choice({"RECONCILER_AUTH": "access-token"}, auth="device-code").way() == "access-token"


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"RECONCILER_CLIENT_SECRET": "s", "RECONCILER_ACCESS_TOKEN": "t"}, ["_CLIENT_SECRET", "_ACCESS_TOKEN"]),
        ({"RECONCILER_REFRESH_TOKEN": "r", "RECONCILER_ACCESS_TOKEN": "t"}, ["_REFRESH_TOKEN", "_ACCESS_TOKEN"]),
        ({"AZURE_CLIENT_SECRET": "s", "AZURE_FEDERATED_TOKEN_FILE": "f"}, ["AZURE_CLIENT_SECRET", "AZURE_FEDERATED"]),
    ],
)
def test_two_sign_ins_are_refused_and_both_named(variables: dict[str, str], named: list[str]) -> None:
    words = refusal(choice({**IDS, **variables}))

    assert "More than one sign-in is set" in words
    assert all(name in words for name in named)


def test_two_proofs_beside_a_refresh_token_are_refused_and_both_named() -> None:
    """`auth:` could not choose between them: it would choose another sign-in."""
    proofs = {"RECONCILER_CLIENT_SECRET": "s", "RECONCILER_CLIENT_CERTIFICATE_PATH": "c"}

    words = refusal(choice({**IDS, "RECONCILER_REFRESH_TOKEN": "r", **proofs}))

    assert all(name in words for name in proofs)
    assert "Keep the one that the refresh token was made with." in words
    assert "auth:" not in words


def test_beside_a_refresh_token_our_own_variables_win_over_azures_too() -> None:
    proofs = {"RECONCILER_CLIENT_SECRET": "s", "AZURE_CLIENT_CERTIFICATE_PATH": "/nowhere"}

    assert making.tokens(choice({**IDS, "RECONCILER_REFRESH_TOKEN": "r", **proofs})).kind == "app+user"


@pytest.mark.parametrize(
    ("auth", "variables", "missing"),
    [
        ("access-token", {}, ["RECONCILER_ACCESS_TOKEN"]),
        ("client-secret", IDS, ["RECONCILER_CLIENT_SECRET"]),
        ("certificate", IDS, ["RECONCILER_CLIENT_CERTIFICATE_PATH"]),
        ("federated-token-file", IDS, ["RECONCILER_FEDERATED_TOKEN_FILE"]),
        ("refresh-token", IDS, ["RECONCILER_REFRESH_TOKEN"]),
        ("github-actions", IDS, ["ACTIONS_ID_TOKEN_REQUEST_URL"]),
        ("azure-pipelines", {**IDS, **PIPELINES}, ["RECONCILER_SERVICE_CONNECTION_ID"]),
        ("azure-pipelines", {**IDS, "RECONCILER_SERVICE_CONNECTION_ID": "c"}, ["SYSTEM_OIDCREQUESTURI"]),
        ("device-code", {}, ["RECONCILER_TENANT_ID", "RECONCILER_CLIENT_ID", "`tenant:`", "reconciler auth login"]),
        (None, {"RECONCILER_CLIENT_SECRET": "s"}, ["RECONCILER_TENANT_ID", "RECONCILER_CLIENT_ID", "`client_id:`"]),
        (None, GITHUB, ["by github-actions", "RECONCILER_CLIENT_ID"]),
    ],
)
def test_half_a_sign_in_names_what_is_missing(auth: str | None, variables: dict[str, str], missing: list[str]) -> None:
    words = refusal(choice(variables, auth=auth))

    assert "is not complete" in words
    assert all(name in words for name in missing)


@pytest.mark.parametrize(
    ("auth", "says"), [("github-actions", "id-token: write"), ("azure-pipelines", "$(System.AccessToken)")]
)
def test_what_only_a_pipeline_sets_is_told_by_how_a_job_gets_it(auth: str, says: str) -> None:
    assert says in refusal(choice({**IDS, "RECONCILER_SERVICE_CONNECTION_ID": "c"}, auth=auth))


def test_nothing_at_all_says_what_there_is_to_set_and_what_is_empty() -> None:
    words = refusal(choice({"RECONCILER_CLIENT_SECRET": ""}))

    assert "There is no sign-in for the cloud worldwide. RECONCILER_CLIENT_SECRET is set, but empty." in words
    assert "RECONCILER_REFRESH_TOKEN" in words
    assert "--cloud sandbox" in words


def test_azures_names_are_left_alone_where_they_serve_the_state_location() -> None:
    azure = {"AZURE_CLIENT_SECRET": "s", "AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c"}

    assert choice(azure).way() == "client-secret"
    assert "There is no sign-in" in refusal(choice(azure, azure_names=False))


def test_the_settings_name_the_application_before_azures_names_do() -> None:
    chosen = replace(choice({"AZURE_CLIENT_ID": "of azure"}), partner=Partner(client_id="of ours"))

    assert chosen.value("CLIENT_ID") == "of ours"
    assert replace(chosen, environment={"RECONCILER_CLIENT_ID": "first"}).value("CLIENT_ID") == "first"


def test_a_sign_in_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    words = refusal(choice({"RECONCILER_AUTH": "hunter2"}))

    assert all(way in words for way in SIGN_INS)
    assert "hunter2" not in words


def test_a_slip_in_a_sign_ins_name_gets_the_one_that_is_meant() -> None:
    assert "Did you mean client-secret?" in refusal(choice({"RECONCILER_AUTH": "client_secret"}))


@pytest.mark.parametrize("host", ["http://login.example", "login.example/tenant", "user@login.example", "a b", "x:y"])
def test_an_authority_is_a_host_over_https_and_nothing_else(host: str) -> None:
    variables = {**IDS, "RECONCILER_CLIENT_SECRET": "s", "RECONCILER_AUTHORITY_HOST": host}

    assert "RECONCILER_AUTHORITY_HOST is not the name of a host" in refusal(choice(variables))


@pytest.mark.parametrize(
    ("cloud", "host", "audience"),
    [
        ("worldwide", "login.microsoftonline.com", "https://api.partnercenter.microsoft.com"),
        ("china", "login.partner.microsoftonline.cn", "https://partner.partnercenterapi.microsoftonline.cn"),
        ("us-government", "login.microsoftonline.us", "https://api.partnercenter.microsoft.com"),
    ],
)
def test_each_cloud_has_its_directory_and_its_audience(cloud: str, host: str, audience: str) -> None:
    chosen = replace(choice(IDS), cloud=CLOUDS[cloud])

    where = making.Maker(chosen, "client-secret").registration()

    assert where.authority == f"https://{host}/tenant.example"
    assert (where.for_application, where.for_user) == ([f"{audience}/.default"], [f"{audience}/user_impersonation"])


def test_chinas_older_alias_is_named_to_whom_the_newer_one_fails_and_can_be_chosen() -> None:
    chosen = replace(choice(IDS), cloud=CLOUDS["china"])
    where = making.Maker(chosen, "client-secret").registration()
    older = replace(chosen, environment={**IDS, "RECONCILER_AUTHORITY_HOST": where.aliases[0]})

    told = unreachable(where, httpx.ConnectTimeout("")).problems[0].remedy
    assert "answers at login.chinacloudapi.cn too: set RECONCILER_AUTHORITY_HOST" in told
    assert making.Maker(older, "client-secret").registration().host == "login.chinacloudapi.cn"


@pytest.mark.parametrize("tenant", ["../common", "a/b", "a?b", "-"])
def test_a_tenant_that_would_lead_elsewhere_is_refused(tenant: str) -> None:
    variables = {**IDS, "RECONCILER_CLIENT_SECRET": "s", "RECONCILER_TENANT_ID": tenant}

    assert "RECONCILER_TENANT_ID is neither an id nor a domain" in refusal(choice(variables))


@pytest.mark.parametrize("variable", ["RECONCILER_CLIENT_SECRET", "RECONCILER_REFRESH_TOKEN", "AZURE_CLIENT_SECRET"])
def test_no_representation_shows_a_secret(variable: str) -> None:
    chosen = choice({**IDS, variable: "hunter2"})

    assert "hunter2" not in repr(chosen) + repr(making.tokens(chosen)) + repr(vars(making.tokens(chosen)))
