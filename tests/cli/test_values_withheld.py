"""Whatever stands in a setting, a flag or a variable may be the secret itself: no output and no file repeats it."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from reconciler.cli import service
from reconciler.partner_center.auth import http_client
from reconciler.partner_center.http.retry import Retries
from tests.cli.estates import Answer, Estate

Program = Callable[..., Answer]

SECRET = "SeCrEtWoRdx9Qz7"
"""No pattern of any kind of secret knows it."""

KEY = f"-----BEGIN PRIVATE KEY-----\nMIIE{SECRET}\n-----END PRIVATE KEY-----\n"
CONNECTION = f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={SECRET}==;EndpointSuffix=core.windows.net"
ADDRESS = f"https://user:{SECRET}@host.example/x?sig={SECRET}"
PATH = f"{SECRET}/K7MD/bPxRfi"

WHO = {
    "RECONCILER_CLOUD": "worldwide",
    "RECONCILER_TENANT_ID": "5f1d2f6a-52a1-4c0e-8d0c-0f6f2f3c0001",
    "RECONCILER_CLIENT_ID": "0d9b8a77-6e5d-4c3b-9a29-1817f6e50002",
    "RECONCILER_AUTHORITY_HOST": "localhost:1",
}
GITHUB = {**WHO, "ACTIONS_ID_TOKEN_REQUEST_URL": "https://localhost:1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "x"}
AZURE = {
    **WHO,
    "SYSTEM_OIDCREQUESTURI": "https://localhost:1",
    "SYSTEM_ACCESSTOKEN": "x",
    "RECONCILER_SERVICE_CONNECTION_ID": "c",
}
PROVEN = {**WHO, "RECONCILER_CLIENT_SECRET": "x"}

REPORTS = [
    word
    for form in ("markdown", "github", "azure-devops", "junit", "sarif", "html", "json", "text")
    for word in ("--report", f"{form}=report.{form}")
]
PLAN = ["plan", "--out", "plan.json", *REPORTS]
APPLY = ["apply", "--auto-approve", "--report", "markdown=report.md", "--report", "github=-"]

SIGN_IN: dict[str, dict[str, str]] = {
    "RECONCILER_AUTH": WHO,
    "RECONCILER_AUTHORITY_HOST": PROVEN,
    "RECONCILER_CLIENT_ID": PROVEN,
    "RECONCILER_TENANT_ID": PROVEN,
    "RECONCILER_ACCESS_TOKEN": {**WHO, "RECONCILER_ENDPOINT": "http://127.0.0.1:1"},
    "RECONCILER_CLIENT_SECRET": WHO,
    "RECONCILER_CLIENT_CERTIFICATE_PATH": WHO,
    "RECONCILER_CLIENT_CERTIFICATE_PASSWORD": {**WHO, "RECONCILER_CLIENT_CERTIFICATE_PATH": "nowhere"},
    "RECONCILER_FEDERATED_TOKEN_FILE": WHO,
    "RECONCILER_REFRESH_TOKEN": WHO,
    "RECONCILER_REFRESH_TOKEN_FILE": WHO,
    "RECONCILER_SERVICE_CONNECTION_ID": AZURE,
    "AZURE_TENANT_ID": {"RECONCILER_CLOUD": "worldwide", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "x"},
    "AZURE_CLIENT_ID": {**{k: v for k, v in PROVEN.items() if k != "RECONCILER_CLIENT_ID"}},
    "AZURE_CLIENT_SECRET": WHO,
    "AZURE_CLIENT_CERTIFICATE_PATH": WHO,
    "AZURE_FEDERATED_TOKEN_FILE": WHO,
    "ACTIONS_ID_TOKEN_REQUEST_URL": GITHUB,
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": GITHUB,
    "SYSTEM_OIDCREQUESTURI": AZURE,
    "SYSTEM_ACCESSTOKEN": AZURE,
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID": AZURE,
    "SSL_CERT_FILE": PROVEN,
    "HTTPS_PROXY": {**PROVEN, "RECONCILER_AUTHORITY_HOST": "login.example"},
}
"""The variables of a sign-in, each with those that make the program look at it."""

OTHERS = (
    *(f"RECONCILER_{name}" for name in ("CLOUD", "MANIFESTS", "ENDPOINT", "LOG", "LOG_FORMAT", "BLOCKED")),
    *(f"RECONCILER_{name}" for name in ("PARALLELISM", "STATE", "LOCK_TIMEOUT", "CANARY", "STOP_AFTER_FAILURES")),
    "GITHUB_EVENT_PATH",
    "GITHUB_WORKSPACE",
)
OF_APPLY = {f"RECONCILER_{name}" for name in ("LOCK_TIMEOUT", "CANARY", "STOP_AFTER_FAILURES")}

STORES = {
    "az://container/estate": (
        "AZURE_STORAGE_ACCOUNT_NAME AZURE_STORAGE_ACCOUNT_KEY AZURE_STORAGE_SAS_TOKEN AZURE_STORAGE_ENDPOINT"
        " AZURE_CLIENT_SECRET AZURE_FEDERATED_TOKEN_FILE AZURE_AUTHORITY_HOST"
    ),
    "s3://bucket/estate": (
        "AWS_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_WEB_IDENTITY_TOKEN_FILE"
        " AWS_ENDPOINT_URL"
    ),
    "gs://bucket/estate": "GOOGLE_APPLICATION_CREDENTIALS GOOGLE_SERVICE_ACCOUNT_KEY GOOGLE_BASE_URL",
}
AT_STORES = {
    "AZURE_STORAGE_ENDPOINT": "http://127.0.0.1:1",
    "AZURE_STORAGE_ACCOUNT_NAME": "account",
    "AZURE_STORAGE_ACCOUNT_KEY": "a2V5",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "AWS_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "a",
    "AWS_SECRET_ACCESS_KEY": "b",
    "GOOGLE_BASE_URL": "http://127.0.0.1:1",
}
"""Nobody answers there."""


@pytest.fixture(autouse=True)
def _one_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_client, "_ATTEMPTS", 1)
    monkeypatch.setenv("RECONCILER_LOG", "debug")


def kept(root: Path) -> Iterator[tuple[str, str]]:
    """Each file's name and content."""
    for file in root.rglob("*"):
        yield file.relative_to(root).as_posix(), file.read_text(errors="replace") if file.is_file() else ""


def repeats(estate: Estate, answer: Answer) -> list[str]:
    """Returns where the secret shows, in any casing: names of marks and anchors have none of their own."""
    told = {"stdout": answer.out, "stderr": answer.err}
    told |= {name: f"{name} {content}" for name, content in kept(estate.root) if not name.endswith("reconciler.yaml")}
    return [name for name, text in told.items() if SECRET.lower() in text.lower()]


@pytest.mark.parametrize("variable", SIGN_IN)
def test_no_variable_of_a_sign_in_is_repeated(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    value = KEY if variable == "RECONCILER_ACCESS_TOKEN" else SECRET  # what may be a token leaves for the service
    for name, beside in (SIGN_IN[variable] | {variable: value}).items():
        monkeypatch.setenv(name, beside)

    assert repeats(estate, reconciler(*PLAN)) == []


@pytest.mark.parametrize("variable", OTHERS)
def test_no_other_variable_is_repeated(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, SECRET)

    assert repeats(estate, reconciler(*(APPLY if variable in OF_APPLY else PLAN))) == []


@pytest.mark.parametrize("variable", ["RECONCILER_STATE", "RECONCILER_MANIFESTS", "RECONCILER_ENDPOINT"])
@pytest.mark.parametrize("value", [KEY, CONNECTION, ADDRESS, PATH], ids=["key", "connection", "address", "path"])
def test_no_place_is_repeated_whatever_secret_stands_there(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)

    assert repeats(estate, reconciler("plan", "--report", "markdown=report.md")) == []
    assert repeats(estate, reconciler("auth", "check", "--cloud", "worldwide")) == []


def test_the_path_of_an_endpoint_may_hold_a_gateways_key(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILER_ENDPOINT", f"http://127.0.0.1:1/{SECRET}")
    monkeypatch.setattr(service, "Retries", partial(Retries, attempts=1))

    answer = reconciler("auth", "check")

    assert "GET /v1/customers" in answer.err
    assert repeats(estate, answer) == []


@pytest.mark.parametrize("variable", [name for names in STORES.values() for name in names.split()])
def test_no_variable_of_a_store_is_repeated(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    location = next(location for location, names in STORES.items() if variable in names.split())
    for name, beside in (AT_STORES | {"RECONCILER_STATE": location, variable: KEY}).items():
        monkeypatch.setenv(name, beside)

    assert repeats(estate, reconciler("state", "list")) == []


SETTINGS = (
    *("cloud", "state", "lineage", "parallelism", "requests_per_minute", "unknown"),
    *(f"partner.{key}" for key in ("tenant", "client_id", "auth", "client_secret", "unknown")),
    "limits.max_changes",
    "wait.timeout_seconds",
)


@pytest.mark.parametrize("key", SETTINGS)
def test_no_setting_is_repeated(estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    section, _, inner = key.partition(".")
    text = f"{section}: {{{inner}: {json.dumps(SECRET)}}}" if inner else f"{section}: {json.dumps(SECRET)}"
    (estate.root / "manifests" / "reconciler.yaml").write_text(text)
    if section != "cloud":
        monkeypatch.setenv("RECONCILER_CLOUD", "sandbox")

    assert repeats(estate, reconciler(*PLAN)) == []


FLAGS = (
    "--chdir $ plan",
    "-m $ plan",
    "plan --cloud $",
    "plan --out $/x",
    "plan --format $",
    "plan --report $",
    "plan --report $=x",
    "plan --report markdown=$/x",
    "plan --blocked $",
    "plan --snapshot $",
    "plan --parallelism $",
    "plan --shard $",
    "plan $",
    "plan --$",
    "apply $",
    "apply --approved $",
    "apply --auto-approve --lock-timeout $",
    "apply --auto-approve --canary $",
    "apply --auto-approve --override-limit $",
    "apply --auto-approve --license-report $/x",
    "show $",
    "drift --format $",
    "import --customer $",
    "validate $",
    "validate --format $",
    "fmt $",
    "state push $",
    "snapshot $/x",
    "schema $",
    "completion $",
    "$",
    "state $",
    "set contoso --fewer-seats once --until $",
    "set contoso --quantity $",
    "set contoso --renew $",
    "history --since $",
    "sandbox clock --set $",
    "sandbox clock $",
    "sandbox serve --latency $",
    "renewals --within $",
)


@pytest.mark.parametrize("typed", FLAGS)
def test_no_flag_that_takes_a_path_or_a_choice_is_repeated(estate: Estate, reconciler: Program, typed: str) -> None:
    answer = reconciler(*(word.replace("$", PATH) for word in typed.split()))

    assert answer.code != 0
    assert repeats(estate, answer) == []


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("plan --cloud sandbx", "Did you mean sandbox?"),
        ("plan --format markdwon", "Did you mean markdown?"),
        ("pln", "Did you mean plan?"),
        ("plan --frmat x", "Did you mean --format?"),
        ("plan --terraform", "No such option --terraform."),
        ("-m manifest plan", "Did you mean manifests?"),
        ("plan --snapshot nowhere/live.json", "nowhere/live.json: The file can't be read"),
        ("plan --parallelism many", 'it is no whole number from 1 to 64. It was "many".'),
        ("plan --parallelism 1_0", 'it is no whole number from 1 to 64. It was "1_0".'),
        ("plan --parallelism 1000", 'it is no whole number from 1 to 64. It was "1000".'),
        ("apply --canary 0", 'it is no whole number of 1 or more. It was "0".'),
        ("apply --canary \uff11", "it is no whole number of 1 or more."),
        ("sandbox serve --latency nan", 'it is no number from 0 to 86,400. It was "nan". Write 3 or 2.5.'),
        ("set contoso --fewer-seats once --until 31.12.2026", 'It was "31.12.2026". Write the day as 2026-12-31.'),
        ("set contoso --fewer-seats once --until 2026-02-30", "it is no day."),
        ("set contoso --quantity=", "it is no quantity. It is empty. Write 30, +5, -5, +10% or -10%."),
        ("history --since 2026-12-31T10:00+02:00", "since 2026-12-31 08:00 UTC"),
    ],
)
@pytest.mark.usefixtures("estate")
def test_a_slip_is_told_as_one(reconciler: Program, typed: str, says: str) -> None:
    assert says in " ".join(reconciler(*typed.split()).text.split())


@pytest.mark.usefixtures("estate")
def test_a_variable_is_named_and_what_it_looks_like_is_said(
    reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILER_CLOUD", KEY)

    answer = reconciler("plan")

    assert answer.code == 64
    assert "Invalid value in the variable RECONCILER_CLOUD" in answer.text
    assert "looks like a PEM private key" in answer.text
