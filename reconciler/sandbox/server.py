"""A small HTTP/1.1 server for the emulator, on loopback, with connections that are kept alive."""

import contextlib
import io
import json
import socket
import ssl
import struct
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import unquote
from wsgiref.types import WSGIApplication, WSGIEnvironment

from reconciler.advice import problem
from reconciler.model.errors import InvalidInput, ReconcilerError

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_RESET = struct.pack("ii", 1, 0)
_IDLE_SECONDS = 60


class Server(ThreadingHTTPServer):
    """Serves one WSGI application, over TLS where it is given what that takes.

    `shutdown` ends `serve_forever` and breaks the connections that are still open.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, app: WSGIApplication, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        self.app = app
        self.tls = tls
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._serving = False
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__((host, port), _Handler)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])

    def serve_forever(self, poll_interval: float = 0.05) -> None:
        """Answers requests until `shutdown`."""
        self._serving = True
        super().serve_forever(poll_interval)

    def shutdown(self) -> None:
        """Stops, from another thread than the one that serves, and closes every socket."""
        if self._serving:
            super().shutdown()
        with self._guard:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self.server_close()

    def get_request(self) -> tuple[Any, Any]:
        """Accepts a connection. Its TLS handshake is made at the first read, in its own thread."""
        connection, address = super().get_request()
        if self.tls is not None:
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is a fault of the emulator, and is shown."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError | ssl.SSLError):
            super().handle_error(request, client_address)


def serve_application(
    app: WSGIApplication, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> Server:
    """A server for the application, listening; port 0 takes any free one.

    Raises InvalidInput where `host` is not loopback or the port can't be had: the emulator checks no signatures, so it
    is nothing to offer to a network.
    """
    if host not in _LOOPBACK:
        raise InvalidInput(problem("sandbox_not_loopback", host=host, hosts=", ".join(_LOOPBACK)))
    try:
        return Server(app, host, port, tls)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInput(problem("sandbox_port_taken", host=host, port=port, why=reason)) from None


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = _IDLE_SECONDS

    def _serve(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
            return
        answered: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            answered.append((status, headers))

        try:
            body = b"".join(cast("Server", self.server).app(self._environ(), start_response))
        except ConnectionResetError:
            self._drop()
            return
        except ReconcilerError as error:
            self._send(*_failure(error))
            return
        self._send(*answered[-1], body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 - the names http.server calls

    def _send(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        code, _, phrase = status.partition(" ")
        self.send_response_only(int(code), phrase)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def _drop(self) -> None:
        """Breaks the connection the hard way: the client sees a reset, not an orderly end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self.connection.close()
        self.close_connection = True

    def _environ(self) -> WSGIEnvironment:
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length", "0"))
        server = cast("Server", self.server)
        host, port = cast("tuple[str, int]", server.server_address)[:2]
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "SERVER_NAME": host,
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": self.request_version,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https" if server.tls else "http",
            "wsgi.input": io.BytesIO(self.rfile.read(length)),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            environ.setdefault(f"HTTP_{name.upper().replace('-', '_')}", value)
        return environ

    def log_message(self, *_: Any) -> None:
        """Says nothing: the emulator's answers are its log."""


def _failure(error: ReconcilerError) -> tuple[str, list[tuple[str, str]], bytes]:
    """The answer that tells what is wrong with the emulator itself, such as a damaged world."""
    problem = error.problems[0]
    document = {
        "code": "800003",
        "description": f"{problem.what}; {problem.remedy}",
        "data": [],
        "source": "PartnerSandbox",
    }
    body = json.dumps(document).encode()
    return "500 Internal Server Error", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))], body
