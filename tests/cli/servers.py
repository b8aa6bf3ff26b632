"""Servers on loopback that answer as no service should."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Listener:
    def __init__(self, reply: bytes | None) -> None:
        self.reply = reply
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.asked = threading.Event()
        self.received = b""
        self._open: list[socket.socket] = []

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                with contextlib.suppress(OSError):
                    self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        self.received += connection.recv(65_536)
        self.asked.set()
        if self.reply is None:
            self._open.append(connection)
            return
        connection.sendall(self.reply)
        connection.close()

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        for item in (*self._open, self.socket):
            item.close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"


@contextmanager
def answering(reply: bytes | None) -> Iterator[_Listener]:
    """A server that takes each request, sends these bytes, and hangs up; with None it says nothing and waits."""
    listener = _Listener(reply)
    thread = threading.Thread(target=listener.run, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        listener.close()
        thread.join(timeout=5)


def http(
    body: bytes, status: str = "200 OK", content_type: str = "application/json", length: int | None = None
) -> bytes:
    """An answer that asks not to be called again for a day, so that nobody waits for the next attempt."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nRetry-After: 86400\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(body) if length is None else length}\r\n\r\n".encode() + body
