"""`sandbox`: a first day to go back to, somebody else who changes things, and a server on this machine."""

import json
import re
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

import httpx
import pytest

from reconciler.sandbox import Entry, FaultKind, Sold, Tenant, World
from reconciler.sandbox.catalogue import E1, E3
from reconciler.sandbox.ledger import Kind
from tests import forked
from tests.cli.estates import OFFICE, Answer, Estate, command, environment

Program = Callable[..., Answer]


def test_reset_goes_back_to_the_first_day_and_leaves_state_alone(estate: Estate, reconciler: Program) -> None:
    reconciler("apply", "--auto-approve")
    kept = (estate.root / "state" / "contoso.json").read_bytes()

    assert reconciler("sandbox", "reset").code == 0
    assert "woodgrove" in [customer.name for customer in estate.world.customers]
    assert (estate.root / "state" / "contoso.json").read_bytes() == kept


def test_the_help_of_the_ledger_names_every_kind_and_member_of_an_entry(reconciler: Program) -> None:
    told = set(re.findall(r"\w+", reconciler("sandbox", "ledger", "--help").out))

    assert {field.name for field in fields(Entry)} <= told
    assert set(get_args(Kind)) <= told


@pytest.mark.usefixtures("estate")
def test_nudge_says_what_somebody_else_changed_and_the_next_plan_shows_it(reconciler: Program) -> None:
    reconciler("apply", "--auto-approve")

    said = reconciler("sandbox", "nudge")
    planned = reconciler("plan", "--blocked", "warn")

    assert (said.code, said.out.count(": somebody ")) == (0, 3)
    assert "changed outside" in planned.text.lower()


@pytest.mark.usefixtures("estate")
def test_papers_are_sent_for_nothing_where_no_order_waits(reconciler: Program) -> None:
    said = reconciler("sandbox", "nudge", "--send-papers")

    assert (said.code, said.out.strip()) == (0, "No order waits for papers.")


@pytest.mark.usefixtures("estate")
def test_the_clock_moves_months_ahead_and_an_apply_lives_with_it(reconciler: Program) -> None:
    moved = reconciler("sandbox", "clock", "+200d")
    applied = reconciler("apply", "--auto-approve")
    ledger = [json.loads(line) for line in reconciler("sandbox", "ledger").out.splitlines()]

    assert "The sandbox's clock shows" in moved.out
    assert applied.code == 0
    now = reconciler("sandbox", "clock").out.split()[-3]
    assert {entry["at"][:10] for entry in ledger} == {now}


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    ("wrong", "code"),
    [(["12d"], 64), (["--set", "soon"], 64), (["--set", "2001-01-01"], 1), (["+1d", "--set", "2099-01-01"], 64)],
)
def test_a_time_that_is_none_or_past_is_refused(reconciler: Program, wrong: list[str], code: int) -> None:
    assert reconciler("sandbox", "clock", *wrong).code == code


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com"])
def test_serve_listens_on_this_machine_only(reconciler: Program, host: str) -> None:
    answer = reconciler("sandbox", "serve", "--host", host)

    assert (answer.code, answer.out) == (1, "")
    assert host in answer.err


@pytest.mark.usefixtures("estate")
def test_serve_refuses_a_port_that_is_taken(reconciler: Program) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert reconciler("sandbox", "serve", "--port", port).code == 1


@pytest.mark.usefixtures("estate")
def test_serve_refuses_a_fault_that_there_is_not(reconciler: Program) -> None:
    answer = reconciler("sandbox", "serve", "--fault", "earthquake")

    assert (answer.code, "html_body" in answer.err) == (1, True)


def exported(line: str) -> str:
    """The value in a line that is to be run in another shell."""
    return line.strip().partition("=")[2]


@contextmanager
def serving(
    cwd: Path, *options: str, command: Callable[..., list[str]] = forked.words
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The server as a process, and the address it says that it has."""
    server = subprocess.Popen(
        command("sandbox", "serve", *options), cwd=cwd, env=environment(), stderr=subprocess.PIPE, text=True
    )
    try:
        assert server.stderr is not None
        server.stderr.readline()
        yield server, exported(server.stderr.readline())
    finally:
        server.kill()
        server.communicate()


def test_the_endpoint_that_serve_prints_can_be_applied_to(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(estate.root) as (server, address):
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        assert reconciler("apply", "--auto-approve").code == 0
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=60) == 0

    assert len(estate.bought) == 2


def test_faults_can_be_rehearsed_over_http(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(estate.root, "--fault", "unauthorized:always") as (_, address):
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        assert reconciler("plan").code == 8


def test_every_fault_stands_in_the_help(reconciler: Program) -> None:
    shown = reconciler("sandbox", "serve", "--help").out
    assert [kind for kind in FaultKind if kind.value not in shown] == []


BEARER = {"Authorization": "Bearer x"}
LATE = ("--source-fate", "stays_active", "--visible-after", "3600")
"""Nothing shows that an upgrade was done."""
CONTOSO = Tenant(name="contoso").tenant
SUBSCRIPTIONS = f"/v1/customers/{CONTOSO}/subscriptions"


def bought(client: httpx.Client, request_id: str, source: str = OFFICE, tenant: str = CONTOSO) -> str:
    """Upgrades a subscription; the id of what was bought."""
    order = {"targetOffer": {"id": E3}, "upgradeType": "upgrade_only"}
    path = f"/v1/customers/{tenant}/subscriptions/{source}/upgrades"
    target: str = json_of(client.post(path, json=order, headers={"MS-RequestId": request_id}))["targetSubscriptionId"]
    return target


def json_of(reply: httpx.Response) -> Any:
    return json.loads(reply.content.decode("utf-8-sig"))


@contextmanager
def asking(cwd: Path, *options: str) -> Iterator[httpx.Client]:
    """A client of the server with these options."""
    with serving(cwd, *options) as (_, address), httpx.Client(base_url=address, headers=BEARER) as client:
        yield client


def test_the_fate_of_the_source_and_the_delay_of_the_target_can_be_chosen(estate: Estate) -> None:
    with asking(estate.root, "--source-fate", "deleted", "--visible-after", "3600") as client:
        target = bought(client, str(uuid4()))
        assert json_of(client.get(f"{SUBSCRIPTIONS}/{OFFICE}"))["status"] == "deleted"
        assert client.get(f"{SUBSCRIPTIONS}/{target}").status_code == 404


@pytest.mark.parametrize(("options", "again"), [((), True), (("--no-idempotency",), False)])
def test_request_ids_are_honoured_unless_told_otherwise(estate: Estate, options: tuple[str, ...], again: bool) -> None:
    with asking(estate.root, *LATE, *options) as client:
        item = str(uuid4())
        answers = bought(client, item), bought(client, item)
    assert (answers[0] == answers[1], len(estate.bought)) == (again, 1 if again else 2)


@pytest.mark.parametrize(
    ("limit", "elsewhere"), [("--requests-per-minute", 429), ("--customer-requests-per-minute", 200)]
)
def test_the_gateway_counts_for_all_or_for_each_customer(estate: Estate, limit: str, elsewhere: int) -> None:
    with asking(estate.root, limit, "1") as client:
        answers = [client.get(path) for path in (SUBSCRIPTIONS, SUBSCRIPTIONS, "/v1/customers")]
    assert [answer.status_code for answer in answers] == [200, 429, elsewhere]


def test_answers_are_held_back_for_the_latency(estate: Estate) -> None:
    with asking(estate.root, "--latency", "80") as client:
        assert client.get("/v1/customers").elapsed >= timedelta(milliseconds=80)


def test_the_cloud_of_the_sandbox_lacks_what_that_cloud_lacks(estate: Estate) -> None:
    with asking(estate.root, "--cloud", "china") as client:
        assert client.get("/v1/auditrecords").status_code == 404


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_faults_and_options_end_with_the_server_however_it_ends(
    estate: Estate, reconciler: Program, end: signal.Signals
) -> None:
    with serving(estate.root, "--fault", "unauthorized:always", "--require-mfa") as (server, address):
        assert httpx.get(f"{address}/v1/customers").status_code == 401
        server.send_signal(end)
        assert server.wait(timeout=60) == (-end if end is signal.SIGKILL else 0)
    assert reconciler("apply", "--auto-approve").code == 0
    assert len(estate.bought) == 2


def test_what_was_answered_outlives_the_server_that_is_killed_and_is_not_done_twice(estate: Estate) -> None:
    """Twenty purchases in a world of many, the server killed among them: each is there whole or not at all."""
    asked = many(estate, 20)
    answered: dict[str, str] = {}
    with serving(estate.root, command=command) as (server, address):

        def buy(tenant: str, source: str) -> None:
            with suppress(httpx.HTTPError), httpx.Client(base_url=address, headers=BEARER) as client:
                answered[source] = bought(client, source, source, tenant)
                if len(answered) == 5:
                    server.send_signal(signal.SIGKILL)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(buy, *zip(*asked, strict=True)))
    done = {entry.source: entry.target for entry in estate.world.ledger}
    assert 5 <= len(answered) <= len(done) == len(estate.world.ledger)
    assert answered.items() <= done.items()
    assert {sold.id for _, sold in estate.world.sold() if sold.status == "suspended"} == set(done)
    with asking(estate.root) as client:
        again = {source: bought(client, source, source, tenant) for tenant, source in asked}
    assert done.items() <= again.items()
    assert [entry.target for entry in estate.world.ledger if again[entry.source] != entry.target] == []
    assert len(estate.world.ledger) == len(asked)


def many(estate: Estate, count: int) -> list[tuple[str, str]]:
    """So many more to upgrade, as tenant and id, in a world large enough to be saved by steps."""
    tenants = [Tenant(name=f"branch-{number}", subscriptions=[Sold(offer=E1, quantity=5)]) for number in range(400)]
    World(customers=tenants).save(estate.world_file)
    return [(tenant.tenant, tenant.subscriptions[0].id) for tenant in tenants[:count]]


def test_the_ledger_tells_what_was_really_done(estate: Estate, reconciler: Program) -> None:
    assert reconciler("sandbox", "ledger").out == ""
    reconciler("apply", "--auto-approve")

    resize, upgrade = map(json.loads, reconciler("sandbox", "ledger").out.splitlines())

    results = {
        load["address"]: load for load in json.loads((estate.root / "state" / "contoso.json").read_text())["results"]
    }
    assert (resize["kind"], resize["before"], resize["quantity"]) == ("resize", 10, 12)
    assert (upgrade["kind"], upgrade["source"], upgrade["offer"]) == ("upgrade", OFFICE, E3.upper())
    assert [upgrade["request_id"], resize["request_id"]] == [
        results[f"contoso/{name}"]["request_id"] for name in ("office", "frontline")
    ]


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("options", [("--latency", "-1"), ("--requests-per-minute", "x"), ("--source-fate", "eaten")])
def test_options_that_make_no_sense_are_a_matter_of_usage(reconciler: Program, options: tuple[str, ...]) -> None:
    assert reconciler("sandbox", "serve", *options).code == 64


@pytest.fixture
def rehearsed(estate: Estate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A sandbox with a directory, which wants a second factor, and the environment that it says to set."""
    with serving(estate.root, "--tls", "--cloud", "worldwide", "--require-mfa") as (server, address):
        assert server.stderr is not None
        for name, value in {
            "RECONCILER_ENDPOINT": address,
            "RECONCILER_AUTHORITY_HOST": exported(server.stderr.readline()),
            "SSL_CERT_FILE": exported(server.stderr.readline()),
            "RECONCILER_CLOUD": "worldwide",
            "RECONCILER_TENANT_ID": "5f1d2f6a-52a1-4c0e-8d0c-0f6f2f3c0001",
            "RECONCILER_CLIENT_ID": "0d9b8a77-6e5d-4c3b-9a29-1817f6e50002",
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
        }.items():
            monkeypatch.setenv(name, value)
        yield


@pytest.mark.usefixtures("rehearsed")
@pytest.mark.parametrize(
    ("variable", "value", "code", "says"),
    [
        ("CLIENT_SECRET", "a-good-one", 0, "an application alone"),
        ("CLIENT_SECRET", "an-expired-one", 8, "The client secret has expired. [AADSTS7000222]"),
        ("REFRESH_TOKEN", "with-mfa", 0, "an application with a user, with multi-factor authentication"),
        ("REFRESH_TOKEN", "without", 8, "code 900421"),
        ("REFRESH_TOKEN", "revoked", 8, "The sign-in was revoked"),
        ("ACCESS_TOKEN", "e30.eyJhdWQiOiAiaHR0cHM6Ly9ncmFwaC53aW5kb3dzLm5ldCJ9.x", 8, "code 900420"),
    ],
)
def test_a_sign_in_can_be_rehearsed_whole(
    reconciler: Program, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, code: int, says: str
) -> None:
    monkeypatch.setenv(f"RECONCILER_{variable}", value)

    answer = reconciler("auth", "check")

    assert answer.code == code
    assert says in answer.text


@pytest.mark.usefixtures("rehearsed")
def test_a_persons_sign_in_can_be_rehearsed_to_the_purchase(estate: Estate, reconciler: Program) -> None:
    assert reconciler("auth", "login").code == 0
    assert reconciler("apply", "--auto-approve").code == 0
    assert len(estate.bought) == 2


@pytest.mark.skipif(not socket.has_ipv6 or not Path("/proc/net/if_inet6").exists(), reason="no IPv6 here")
def test_an_ipv6_address_is_printed_as_a_url_has_it(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(estate.root, "--host", "::1") as (_, address):
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        assert address.startswith("http://[::1]:")
        assert reconciler("plan").code == 0
