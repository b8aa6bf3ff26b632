"""Connections: kept between requests, one for each request that is under way, and none that is dead is written to."""

import select
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import httpcore
import httpx
import pytest

from reconciler.partner_center.http.endpoint import Endpoint
from reconciler.partner_center.http.network import BoundedTransport

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
LAST = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")


class Host:
    """A server that keeps connections and counts them; it answers once `together` requests are under way."""

    def __init__(self, reply: bytes, together: int) -> None:
        self._reply = reply
        self._barrier = threading.Barrier(together, timeout=20)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.connections: list[socket.socket] = []
        self.hung_up = threading.Event()
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def run(self) -> None:
        with suppress(OSError):
            while True:
                connection = self._socket.accept()[0]
                self.connections.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while connection.recv(65_536):
                self._barrier.wait()
                connection.sendall(self._reply)
            self.hung_up.set()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@contextmanager
def hosted(reply: bytes = OK, together: int = 1) -> Iterator[tuple[Host, BoundedTransport]]:
    host = Host(reply, together)
    threading.Thread(target=host.run, daemon=True).start()
    try:
        with BoundedTransport(Endpoint(host.url)) as transport:
            yield host, transport
    finally:
        host.close()


def ask(transport: BoundedTransport, host: Host, method: str = "GET") -> httpx.Response:
    limits = {"connect": 20.0, "read": 20.0, "write": 20.0}
    return transport.handle_request(httpx.Request(method, f"{host.url}/v1/x", extensions={"timeout": limits}))


def test_one_request_after_another_takes_over_the_connection() -> None:
    with hosted() as (host, transport):
        answers = [ask(transport, host).content for _ in range(3)]

    assert (answers, len(host.connections)) == ([b"{}"] * 3, 1)


def test_requests_that_are_under_way_at_once_have_a_connection_each() -> None:
    with hosted(together=4) as (host, transport), ThreadPoolExecutor(4) as pool:
        for _ in range(2):
            answers = pool.map(ask, [transport] * 4, [host] * 4)
            assert [answer.content for answer in answers] == [b"{}"] * 4

    assert len(host.connections) == 4


def test_nothing_is_sent_on_a_connection_that_the_other_end_has_closed() -> None:
    with hosted() as (host, transport):
        ask(transport, host)
        host.connections[0].shutdown(socket.SHUT_RDWR)
        assert ask(transport, host).status_code == 200

    assert len(host.connections) == 2


def test_an_answer_that_says_it_is_the_last_ends_its_connection() -> None:
    with hosted(LAST) as (host, transport):
        assert [ask(transport, host).status_code for _ in range(2)] == [200, 200]

    assert len(host.connections) == 2


def test_after_an_answer_that_is_no_http_the_next_request_begins_anew() -> None:
    with hosted(b"HTTP/0.9 what?\r\n\r\n") as (host, transport):
        for _ in range(2):
            with pytest.raises(httpx.RemoteProtocolError):
                ask(transport, host)

    assert len(host.connections) == 2


def test_a_closed_transport_hangs_up() -> None:
    with hosted() as (host, transport):
        ask(transport, host)
        transport.close()
        assert host.hung_up.wait(20)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
INTERIM = b"HTTP/1.1 103 Early Hints\r\n\r\n"


@pytest.mark.parametrize("reply", [OK, CHUNKED, INTERIM + OK, INTERIM + CHUNKED])
def test_a_connection_is_kept_after_one_whole_answer_however_it_is_framed(reply: bytes) -> None:
    with hosted(reply) as (host, transport):
        assert [ask(transport, host).content for _ in range(3)] == [b"{}"] * 3

    assert len(host.connections) == 1


@pytest.mark.parametrize("reply", [OK, CHUNKED, INTERIM + CHUNKED])
@pytest.mark.parametrize("surplus", [OK, CHUNKED, b"\r\n", b"H"])
def test_a_connection_on_which_something_unasked_lies_is_closed(reply: bytes, surplus: bytes) -> None:
    with hosted(reply + surplus.replace(b"{}", b"[]")) as (host, transport):
        assert [ask(transport, host).content for _ in range(2)] == [b"{}"] * 2

    assert len(host.connections) == 2


def test_what_comes_after_the_answer_was_read_closes_the_connection_too() -> None:
    with hosted() as (host, transport):
        ask(transport, host)
        host.connections[0].sendall(OK)
        select.select([], [], [], 0.05)
        ask(transport, host)

    assert len(host.connections) == 2


def test_a_write_never_takes_what_was_left_over_for_its_answer() -> None:
    surplus = OK.replace(b"200 OK", b"409 Conflict")
    with hosted(OK + surplus) as (host, transport):
        assert [ask(transport, host, method).status_code for method in ("GET", "POST", "POST")] == [200, 200, 200]

    assert len(host.connections) == 3


def test_a_writes_connection_is_closed_with_its_answer_so_that_none_pile_up() -> None:
    with hosted() as (host, transport):
        ask(transport, host, "POST")
        assert host.hung_up.wait(20)


class Unheard(httpcore.ReadError):
    """An error that httpx has no name for."""


@pytest.mark.parametrize(
    ("raised", "means"),
    [
        (Unheard("reset"), httpx.ReadError),
        (httpcore.ConnectError("refused"), httpx.ConnectError),
        (httpcore.WriteTimeout("late"), httpx.WriteTimeout),
    ],
    ids=["unheard of", "no connection", "known"],
)
def test_only_what_certainly_sent_nothing_counts_as_never_sent(
    monkeypatch: pytest.MonkeyPatch, raised: Exception, means: type[Exception]
) -> None:
    def fail(*_: object) -> None:
        raise raised

    monkeypatch.setattr(httpcore.HTTPConnection, "handle_request", fail)
    with BoundedTransport(Endpoint("http://127.0.0.1:1")) as transport, pytest.raises(httpx.TransportError) as caught:
        transport.handle_request(httpx.Request("POST", "http://127.0.0.1:1/v1/x"))

    assert type(caught.value) is means
