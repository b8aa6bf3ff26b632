"""Over real sockets: connections that break, answers that stop halfway, proxies, encryption, logs."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from reconciler.model.errors import NoAnswer, RunStopped, ServiceError, ServiceUnreachable
from reconciler.partner_center.auth import StaticToken
from reconciler.partner_center.client import PartnerCenter
from reconciler.partner_center.http.retry import Retries
from reconciler.partner_center.wire.upgrades import option
from tests.partner_center.service import SOURCE, TENANT, TICKET, TOKEN, upgrade

EMPTY = b'HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n{"totalCount":0,"items":[]} '


class Listener:
    """A server that takes each connection, reads once, sends these bytes, and hangs up."""

    def __init__(self, reply: bytes) -> None:
        self._reply = reply
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.received: list[bytes] = []

    def run(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self.received.append(connection.recv(65_536))
                connection.sendall(self._reply)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@contextmanager
def listening(reply: bytes) -> Iterator[Listener]:
    listener = Listener(reply)
    thread = threading.Thread(target=listener.run, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        listener.close()
        thread.join(timeout=5)


def commerce(base_url: str, request_seconds: float = 5) -> PartnerCenter:
    return PartnerCenter(
        base_url=base_url,
        tokens=StaticToken(TOKEN),
        request_seconds=request_seconds,
        retries=Retries(attempts=2, sleep=lambda _: None),
    )


@pytest.mark.parametrize("reply", [b"", EMPTY[:-5], EMPTY[:20], b"not http at all\r\n\r\n"], ids=repr)
def test_an_answer_that_stops_halfway_is_no_answer_and_a_write_is_not_repeated(reply: bytes) -> None:
    with listening(reply) as server, commerce(f"http://127.0.0.1:{server.port}") as client:
        with pytest.raises(NoAnswer):
            client.upgrade(TENANT, SOURCE, option(upgrade()), 25, TICKET)
        assert len(server.received) == 1
        with pytest.raises(NoAnswer):
            client.subscriptions(TENANT)
        assert len(server.received) == 3


def test_a_write_that_takes_too_long_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = commerce(f"http://127.0.0.1:{silent.getsockname()[1]}", request_seconds=0.5)
        with client, pytest.raises(NoAnswer, match="the time was up"):
            client.upgrade(TENANT, SOURCE, option(upgrade()), 25, TICKET)


@contextmanager
def dripping(head: bytes, drop: bytes) -> Iterator[str]:
    """A server that begins an answer so, and then sends drop after drop until the test is done."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            with server.accept()[0] as connection, suppress(OSError):
                connection.recv(65_536)
                connection.sendall(head)
                while not done.wait(0.001):
                    connection.sendall(drop)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        done.set()
        thread.join(timeout=5)


GZIP_HEADER = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n\x1f\x8b\x08\x08\0\0\0\0\0\x03"


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nX: ", b"a"),
        (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
        (GZIP_HEADER, b"a"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{", b" "),
    ],
    ids=["headers", "interim answers", "a file name in gzip", "a body"],
)
def test_no_drip_of_bytes_outlasts_a_writes_time(head: bytes, drop: bytes) -> None:
    with (
        dripping(head, drop) as url,
        commerce(url, request_seconds=0.3) as client,
        pytest.raises(NoAnswer, match="the time was up"),
    ):
        client.upgrade(TENANT, SOURCE, option(upgrade()), 25, TICKET)


def test_what_unpacks_to_nothing_is_counted_as_it_arrives() -> None:
    with (
        dripping(GZIP_HEADER, b"a" * 1_000_000) as url,
        commerce(url, request_seconds=30) as client,
        pytest.raises(NoAnswer, match="too long"),
    ):
        client.upgrade(TENANT, SOURCE, option(upgrade()), 25, TICKET)


def test_an_answer_to_a_read_is_not_waited_for_once_the_run_is_to_stop() -> None:
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as silent:

        def stop_after_a_request() -> None:
            with silent.accept()[0] as connection:
                connection.recv(1000)
                stop.set()
                connection.recv(1000)

        asked = threading.Thread(target=stop_after_a_request, daemon=True)
        asked.start()
        client = PartnerCenter(
            base_url=f"http://127.0.0.1:{silent.getsockname()[1]}",
            tokens=StaticToken(TOKEN),
            retries=Retries(sleep=stop.wait, stop=stop),
        )
        with client, pytest.raises(RunStopped, match="told to stop"):
            client.subscriptions(TENANT)


def test_a_server_without_encryption_is_never_sent_a_token_over_https() -> None:
    with listening(EMPTY) as server, commerce(f"https://127.0.0.1:{server.port}") as client:
        with pytest.raises(ServiceUnreachable, match="Nothing was sent"):
            client.subscriptions(TENANT)
        assert TOKEN.encode() not in b"".join(server.received)


def test_the_proxy_of_the_environment_is_used_and_a_refusing_one_means_nothing_was_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with listening(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n") as proxy:
        monkeypatch.setenv("no_proxy", "")
        monkeypatch.setenv("https_proxy", f"127.0.0.1:{proxy.port}")
        with commerce("https://api.example.test") as client, pytest.raises(ServiceUnreachable, match="proxy"):
            client.subscriptions(TENANT)
        assert proxy.received[0].startswith(b"CONNECT api.example.test:443 ")
        assert TOKEN.encode() not in b"".join(proxy.received)


def test_no_log_holds_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with listening(b"HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n") as server:
        client = commerce(f"http://127.0.0.1:{server.port}")
        with client, pytest.raises(ServiceError):
            client.subscriptions(TENANT)
    assert "503; again in" in caplog.text
    assert TOKEN not in caplog.text
