"""`sandbox`: a first day to go back to, somebody else who changes things, and a server on this machine."""

import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reconciler.sandbox import Behaviour, Cloud, FaultKind, SourceFate
from tests.cli.estates import Answer, Estate, command, environment

Program = Callable[..., Answer]


def test_reset_goes_back_to_the_first_day_and_leaves_state_alone(estate: Estate, reconciler: Program) -> None:
    reconciler("apply", "--auto-approve")
    kept = (estate.root / "state" / "contoso.json").read_bytes()

    assert reconciler("sandbox", "reset").code == 0
    assert "woodgrove" in [customer.name for customer in estate.world.customers]
    assert (estate.root / "state" / "contoso.json").read_bytes() == kept


@pytest.mark.usefixtures("estate")
def test_nudge_says_what_somebody_else_changed_and_the_next_plan_shows_it(reconciler: Program) -> None:
    reconciler("apply", "--auto-approve")

    said = reconciler("sandbox", "nudge")
    planned = reconciler("plan", "--blocked", "warn")

    assert (said.code, len(said.out.splitlines())) == (0, 3)
    assert "changed outside" in planned.text.lower()


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


@contextmanager
def serving(cwd: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The server as a process, and the address it says that it has."""
    server = subprocess.Popen(
        command("sandbox", "serve", *options), cwd=cwd, env=environment(), stderr=subprocess.PIPE, text=True
    )
    try:
        assert server.stderr is not None
        server.stderr.readline()
        yield server, server.stderr.readline().strip().removeprefix("export RECONCILER_ENDPOINT=")
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


@pytest.mark.parametrize(
    ("options", "behaviour"),
    [
        ((), Behaviour()),
        (("--source-fate", "deleted"), Behaviour(source_fate=SourceFate.DELETED)),
        (("--visible-after", "30"), Behaviour(visible_after=30)),
        (("--requests-per-minute", "120"), Behaviour(requests_per_minute=120)),
        (("--latency", "80"), Behaviour(latency=0.08)),
        (("--cloud", "china"), Behaviour(cloud=Cloud.CHINA)),
        (("--require-mfa",), Behaviour(require_mfa=True)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_the_options_of_serve_set_how_the_service_behaves(
    estate: Estate, options: tuple[str, ...], behaviour: Behaviour
) -> None:
    with serving(estate.root, *options):
        assert estate.world.behaviour == behaviour


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("options", [("--latency", "-1"), ("--requests-per-minute", "x"), ("--source-fate", "eaten")])
def test_options_that_make_no_sense_are_a_matter_of_usage(reconciler: Program, options: tuple[str, ...]) -> None:
    assert reconciler("sandbox", "serve", *options).code == 64


def test_a_missing_second_factor_can_be_rehearsed(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(estate.root, "--require-mfa") as (_, address):
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        assert reconciler("plan").code == 8


@pytest.mark.skipif(not socket.has_ipv6 or not Path("/proc/net/if_inet6").exists(), reason="no IPv6 here")
def test_an_ipv6_address_is_printed_as_a_url_has_it(
    estate: Estate, reconciler: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(estate.root, "--host", "::1") as (_, address):
        monkeypatch.setenv("RECONCILER_ENDPOINT", address)
        assert address.startswith("http://[::1]:")
        assert reconciler("plan").code == 0
