"""A gateway on loopback that lets so many requests a minute pass, and a minute that lasts a few seconds."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

EMPTY = b'\xef\xbb\xbf{"totalCount":0,"items":[]}'


class QuickClock:
    """Time that passes `speed` times as fast; `sleep` waits accordingly, and not at all once `stop` is set."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self.stop = threading.Event()

    def now(self) -> float:
        return time.monotonic() * self.speed

    def sleep(self, seconds: float) -> bool:
        return self.stop.wait(seconds / self.speed)


class Gateway(ThreadingHTTPServer):
    """Counts the requests of the last minute, refused ones included; `limit` may be changed at any time.

    With `by_customer`, each customer of the path has a count of its own. `dated` sends Retry-After as a date.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, limit: int, clock: QuickClock, *, by_customer: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.limit = limit
        self.passed = 0
        self.refused = 0
        self._by_customer = by_customer
        self._clock = clock
        self._seen: dict[str, deque[float]] = {}
        self._guard = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def verdict(self, path: str) -> int:
        """0 where the request may pass; else for how many seconds to wait."""
        with self._guard:
            now = self._clock.now()
            seen = self._seen.setdefault(path.split("/")[3] if self._by_customer else "", deque())
            while seen and seen[0] <= now - 60:
                seen.popleft()
            full = len(seen) >= self.limit
            seen.append(now)
            self.refused += full
            self.passed += not full
            return int(seen[0] + 60 - now) + 1 if full else 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Gateway

    def do_GET(self) -> None:
        wait = self.server.verdict(self.path)
        body = b'{"statusCode":429,"message":"Slow down."}' if wait else EMPTY
        self.send_response_only(429 if wait else 200)
        self.send_header("Date", formatdate(usegmt=True))
        if wait:
            self.send_header("Retry-After", str(wait))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


@contextmanager
def guarded(limit: int, clock: QuickClock, *, by_customer: bool = False) -> Iterator[Gateway]:
    """A gateway at work."""
    gateway = Gateway(limit, clock, by_customer=by_customer)
    thread = threading.Thread(target=gateway.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        gateway.shutdown()
        gateway.server_close()
        thread.join(timeout=5)


def answered(status: int, **headers: str) -> httpx.Response:
    """An answer without a body."""
    return httpx.Response(status, headers={key.replace("_", "-"): value for key, value in headers.items()})
