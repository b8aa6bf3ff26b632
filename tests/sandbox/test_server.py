"""The emulator over real HTTP."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from reconciler.model.errors import InvalidInput
from reconciler.sandbox import Fault, FaultKind, World, application
from reconciler.sandbox.catalogue import E3
from reconciler.sandbox.server import Server, serve_application
from reconciler.sandbox.tls import certified
from tests.sandbox.emulated import Emulated, emulated

BEARER = {"Authorization": "Bearer x"}


@pytest.fixture
def service(tmp_path: Path) -> Emulated:
    return emulated(tmp_path)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join(5)
    assert not thread.is_alive()


@pytest.fixture
def server(service: Emulated) -> Iterator[Server]:
    with running(serve_application(application(service.world_file), "127.0.0.1", 0)) as found:
        yield found


@pytest.fixture
def encrypted(service: Emulated, tmp_path: Path) -> Iterator[httpx.Client]:
    """A client that trusts a server over TLS by the file that the server wrote, and by nothing else."""
    trust = tmp_path / "trust.pem"
    with running(serve_application(application(service.world_file), tls=certified(trust))) as found:
        context = ssl.create_default_context(cafile=str(trust))
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        with httpx.Client(base_url=f"https://localhost:{found.port}", headers=BEARER, verify=context) as client:
            yield client


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", headers=BEARER) as found:
        yield found


def test_answers_are_those_of_the_application(client: httpx.Client, service: Emulated) -> None:
    path = f"/v1/customers/{service.tenant.tenant}/subscriptions"
    reply = client.get(path)
    assert reply.content == service.get().content
    assert reply.http_version == "HTTP/1.1"
    assert len(reply.headers.get_list("date")) == 1


def test_a_connection_serves_many_requests(client: httpx.Client) -> None:
    streams = set()
    for _ in range(3):
        with client.stream("GET", "/v1/customers") as reply:
            reply.read()
            streams.add(id(reply.extensions["network_stream"]))
    assert len(streams) == 1


def test_a_write_arrives_whole(client: httpx.Client, service: Emulated) -> None:
    url = f"/v1/customers/{service.tenant.tenant}/subscriptions/{service.first.id}/upgrades"
    body = {"targetOffer": {"id": E3, "description": "x" * 100_000}, "upgradeType": "upgrade_only"}
    assert client.post(url, json=body).status_code == 200
    assert len(service.world.ledger) == 1


def test_performed_then_dropped_breaks_the_connection_after_the_purchase(
    client: httpx.Client, service: Emulated
) -> None:
    service.arm(Fault(kind=FaultKind.PERFORMED_THEN_DROPPED))
    url = f"/v1/customers/{service.tenant.tenant}/subscriptions/{service.first.id}/upgrades"
    with pytest.raises(httpx.ReadError):
        client.post(url, json={"targetOffer": {"id": E3}, "upgradeType": "upgrade_only"})
    assert len(service.world.ledger) == 1
    assert client.get("/v1/customers").status_code == 200


def test_a_damaged_world_is_a_500_that_says_how_to_go_on(client: httpx.Client, service: Emulated) -> None:
    service.world_file.write_text("{")
    reply = client.get("/v1/customers")
    assert reply.status_code == 500
    assert "reconciler sandbox reset" in reply.json()["description"]


def test_a_body_of_unknown_length_is_refused(client: httpx.Client) -> None:
    assert client.post("/v1/customers", content=iter([b"x"])).status_code == 411


def test_many_clients_are_served_at_once(client: httpx.Client, server: Server) -> None:
    assert client.get("/v1/customers").status_code == 200
    with httpx.Client(base_url=f"http://127.0.0.1:{server.port}", headers=BEARER) as other:
        assert other.get("/v1/customers").status_code == 200
    assert client.get("/v1/customers").status_code == 200


@pytest.mark.parametrize(("host", "port"), [("0.0.0.0", 0), ("example.com", 0), ("127.0.0.1", 70_000)])
def test_it_listens_on_loopback_only_and_on_a_port_there_is(tmp_path: Path, host: str, port: int) -> None:
    with pytest.raises(InvalidInput):
        serve_application(application(tmp_path / "world.json"), host, port)


def test_a_port_in_use_is_told_with_a_way_out(server: Server, service: Emulated) -> None:
    with pytest.raises(InvalidInput) as caught:
        serve_application(application(service.world_file), "127.0.0.1", server.port)
    assert "another port" in caught.value.problems[0].remedy


def test_a_server_that_never_served_can_be_shut_down(tmp_path: Path) -> None:
    World().save(tmp_path / "world.json")
    server = serve_application(application(tmp_path / "world.json"), "127.0.0.1", 0)
    server.shutdown()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{server.port}/v1/customers")


def test_over_tls_a_purchase_can_be_done_and_its_answer_lost(encrypted: httpx.Client, service: Emulated) -> None:
    service.arm(Fault(kind=FaultKind.PERFORMED_THEN_DROPPED))
    url = f"/v1/customers/{service.tenant.tenant}/subscriptions/{service.first.id}/upgrades"
    with pytest.raises(httpx.TransportError):
        encrypted.post(url, json={"targetOffer": {"id": E3}, "upgradeType": "upgrade_only"})
    assert len(service.world.ledger) == 1
    assert encrypted.get("/v1/customers").status_code == 200


def test_who_does_not_trust_the_certificate_asks_nothing_and_disturbs_nobody(encrypted: httpx.Client) -> None:
    port = encrypted.base_url.port
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"https://localhost:{port}/v1/customers")
    with socket.create_connection(("127.0.0.1", port or 0)):
        assert encrypted.get("/v1/customers").status_code == 200


def test_the_file_to_trust_holds_the_usual_authorities_too_and_no_private_key(tmp_path: Path) -> None:
    certified(tmp_path / "trust.pem")
    text = (tmp_path / "trust.pem").read_text()
    assert text.count("BEGIN CERTIFICATE") > 50
    assert "PRIVATE KEY" not in text
