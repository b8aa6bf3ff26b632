"""A stand-in for the service that costs next to nothing: bodies made beforehand, by a raw HTTP/1.1 server.

It is no emulator: it knows one estate, answers what a plan and an apply of it ask, checks nothing, and counts. With a
latency it holds each answer back; with a limit it turns away, like the gateway, what comes faster.
"""

import asyncio
import json
import time
from collections import Counter, deque
from email.utils import formatdate
from functools import partial

import click

from tests.benchmarks.estates import Estate, listed, successor

COUNTS = "/counts"
_WINDOW_SECONDS = 60.0
_END = b"\r\n\r\n"
_ANSWER = b"HTTP/1.1 %b\r\nDate: %b\r\nContent-Type: application/json\r\n%bContent-Length: %d\r\n\r\n%b"


class Service:
    """The knowledge of the server: the answers, and how often it was asked."""

    def __init__(self, estate: Estate, latency: float, per_minute: int) -> None:
        self.bodies = dict(estate.bodies())
        self.latency = latency
        self._per_minute = per_minute
        self._recent: deque[float] = deque()
        self.seen: Counter[str] = Counter()
        self.first = 0.0
        self._date = b""
        self._date_until = 0.0

    def answer(self, method: str, path: str) -> bytes:
        """The whole answer to a request."""
        if path == COUNTS:
            return self._framed(b"200 OK", json.dumps({**self.seen, "first": self.first}).encode())
        now = time.monotonic()
        self.first = self.first or now
        self.seen["requests"] += 1
        if self._turned_away(now):
            self.seen["rejected"] += 1
            return self._framed(b"429 Too Many Requests", b'{"message":"Too many."}', b"Retry-After: 5\r\n")
        body = self._upgraded(path) if method == "POST" else self.bodies.get(path)
        return self._framed(b"404 Not Found", b"{}") if body is None else self._framed(b"200 OK", body)

    def _turned_away(self, now: float) -> bool:
        if not self._per_minute:
            return False
        while self._recent and self._recent[0] <= now - _WINDOW_SECONDS:
            self._recent.popleft()
        self._recent.append(now)
        return len(self._recent) > self._per_minute

    def _upgraded(self, path: str) -> bytes | None:
        """Buys: the source is suspended, its successor is listed."""
        below, _, rest = path.partition("/subscriptions/")
        place, source_id = f"{below}/subscriptions", rest.partition("/")[0].upper()
        items = json.loads(self.bodies[place].decode("utf-8-sig"))["items"]
        source = next((item for item in items if item["id"] == source_id), None)
        if source is None:
            return None
        bought = successor(source)
        source["status"] = "suspended"
        self.seen["bought"] += 1
        self.bodies[place] = listed([*items, bought])
        result = {"sourceSubscriptionId": source_id, "targetSubscriptionId": bought["id"], "upgradeErrors": []}
        return json.dumps({**result, "upgradeType": "upgrade_with_license_transfer", "licenseErrors": []}).encode()

    def _framed(self, status: bytes, body: bytes, headers: bytes = b"") -> bytes:
        now = time.monotonic()
        if now > self._date_until:
            self._date, self._date_until = formatdate(usegmt=True).encode(), now + 0.5
        return _ANSWER % (status, self._date, headers, len(body), body)


class _Connection(asyncio.Protocol):
    def __init__(self, service: Service) -> None:
        self._service = service
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while (end := self._received.find(_END)) >= 0:
            head = self._received[:end]
            whole = end + len(_END) + _length(head)
            if len(self._received) < whole:
                return
            self._received = self._received[whole:]
            method, path, _ = head[: head.find(b"\r\n")].decode("ascii").split(" ", 2)
            self._send(self._service.answer(method, path))

    def _send(self, answer: bytes) -> None:
        assert isinstance(self._transport, asyncio.WriteTransport)
        if self._service.latency:
            asyncio.get_running_loop().call_later(self._service.latency, self._transport.write, answer)
        else:
            self._transport.write(answer)


def _length(head: bytes) -> int:
    if head.startswith(b"GET"):
        return 0
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


async def _serve(service: Service) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(_Connection, service), "127.0.0.1", 0, backlog=256)
    click.echo(server.sockets[0].getsockname()[1])
    await server.serve_forever()


@click.command()
@click.option("--customers", type=int, required=True)
@click.option("--each", type=int, required=True)
@click.option("--all-upgrades", is_flag=True)
@click.option("--modern", is_flag=True)
@click.option("--latency", type=float, default=0, help="In seconds.")
@click.option("--per-minute", type=int, default=0, help="0: no limit.")
def main(customers: int, each: int, all_upgrades: bool, modern: bool, latency: float, per_minute: int) -> None:
    """Serves until it is ended. The first line of its output is its port."""
    estate = Estate(customers=customers, each=each, all_upgrades=all_upgrades, modern=modern)
    asyncio.run(_serve(Service(estate, latency, per_minute)))


if __name__ == "__main__":
    main()
