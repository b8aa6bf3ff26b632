"""A server between an object store and its client, which makes answers go missing on purpose."""

import http.client
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

Request = tuple[str, str, bytes, dict[str, str]]


def _nothing() -> None:
    return None


@dataclass(kw_only=True)
class Fault:
    """The fate of the next `times` requests with this method, and whose path ends so.

    `performed`: whether the store gets the request; otherwise it is kept, and `Proxy.deliver` lets it arrive late.
    `then` is done before the client learns anything. `answer` is what the client is told: a status and a text; None
    for a connection that ends, after `cut` bytes of the store's own answer. The first `skip` requests pass.
    """

    method: str = "PUT"
    ends: str = ""
    times: int = 1
    skip: int = 0
    cut: int = 0
    performed: bool = True
    then: Callable[[], object] = _nothing
    answer: tuple[int, str] | None = None


@dataclass(kw_only=True)
class Proxy:
    upstream: str
    url: str = ""
    faults: list[Fault] = field(default_factory=list)
    kept: list[Request] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    """Methods and the last parts of paths."""

    def deliver(self) -> list[int]:
        """Lets what was kept arrive now; the statuses of the answers that nobody gets."""
        kept, self.kept = self.kept, []
        return [self.forward(*request)[0] for request in kept]

    def forward(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.upstream).netloc, timeout=10)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.getheaders(), response.read()
        finally:
            connection.close()

    def fault(self, method: str, path: str) -> Fault | None:
        for fault in self.faults:
            if fault.times and fault.method == method and urlsplit(path).path.endswith(fault.ends):
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                return fault
        return None


@contextmanager
def proxy(upstream: str, tls: ssl.SSLContext | None = None) -> Iterator[Proxy]:
    """Runs until the `with` ends; over https where it has a context for that."""
    between = Proxy(upstream=upstream)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"between": between}))
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    between.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield between
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    between: Proxy

    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline()
        self.close_connection = True
        if self.raw_requestline and self.parse_request():
            with suppress(ConnectionError):  # the client may be dead by now
                self._pass_on()

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request: Request = (self.command, self.path, body, dict(self.headers.items()))
        self.between.seen.append(f"{self.command} {urlsplit(self.path).path.rpartition('/')[2]}")
        fault = self.between.fault(self.command, self.path)
        if fault is None:
            self._answer(*self.between.forward(*request))
            return
        if fault.performed:
            answer = self.between.forward(*request)
            fault.then()
            if fault.cut:
                self._answer(*answer, cut=fault.cut)
        else:
            self.between.kept.append(request)
            fault.then()
        if fault.answer:
            self._answer(fault.answer[0], [], fault.answer[1].encode())

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes, *, cut: int | None = None) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:cut])

    def log_message(self, *_: object) -> None:
        pass
