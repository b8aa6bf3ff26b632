"""Client-side rate limiting per partner and per customer: a transport in which each request waits for its turn."""

import math
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from reconciler.partner_center.clock import retry_after
from reconciler.partner_center.http.bucket import WINDOW_SECONDS, Bucket
from reconciler.partner_center.http.precheck import AHEAD, precheck_of
from reconciler.system.clock import Clock

Sleep = Callable[[float], object]
"""Waits for so many seconds. It may come back early with something true: then the run is to stop."""

_CUSTOMER = re.compile(r"/customers/(?!relationshiprequests)([^/]+)", re.IGNORECASE)
_ASKS_FOR_REST = {httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE}
_UNTOLD_REST = 5.0
_MOST_CUSTOMERS = 1000


class Stopped(httpx.TransportError):
    """The run is to stop: the request did not leave."""


class TurnedAway(httpx.TransportError):
    """It would have to wait longer than anybody has patience for: the request did not leave."""

    def __init__(self, seconds: float, request: httpx.Request) -> None:
        super().__init__(f"it would have to wait for {seconds:.0f} s", request=request)
        self.seconds = seconds


LEAVE_BY = "reconciler.leave_by"
"""The extension of a request that says until when, by the rate limit's clock, it may leave. Without it: at any time."""


def too_late(request: httpx.Request, moment: float) -> bool:
    """Returns whether a request may not leave any more at that moment."""
    latest: float = request.extensions.get(LEAVE_BY, math.inf)
    return moment > latest


def is_about_customer(path: str) -> bool:
    """Returns whether a request at this path is about one customer."""
    return _CUSTOMER.search(path) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """The limits of the rate.

    `requests_per_minute` is the ceiling for all requests together, and for those about one customer; None leaves it to
    the service to say. `patience_seconds` is the longest rest that is waited for when the service asks for one. `sent`
    is called for each request that leaves.
    """

    requests_per_minute: int | None = None
    patience_seconds: float = 300
    clock: Clock = field(default_factory=Clock)
    sleep: Sleep = time.sleep
    sent: Callable[[], object] = lambda: None


class RateLimitTransport(httpx.BaseTransport):
    """Two kinds of bucket, as at the service: one for the partner, one for each of its customers.

    A 429, or a 503 with a `Retry-After`, about one customer makes that customer rest, whichever thread met it. When a
    second customer is refused within a minute, or a request about none, it is the partner that is too fast: everybody
    rests. A write keeps its turn while what it is about is looked at again; those reads wait for none, but count.
    Raises Stopped where the run is to stop while a request waits, and TurnedAway where the wait is too long.
    """

    def __init__(self, inner: httpx.BaseTransport, limit: RateLimit) -> None:
        self._inner = inner
        self._limit = limit
        self._guard = threading.Lock()
        self._partner = self._bucket()
        self._customers: dict[str, Bucket] = {}
        self._crowd = _MOST_CUSTOMERS
        self._refused_at: dict[Bucket, float] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        buckets = self._turn(request)
        self._depart(request, buckets)
        self._limit.sent()
        sent = self._limit.clock.elapsed()
        try:
            response = self._inner.handle_request(request)
        except BaseException:
            self._count(buckets, sent, None)
            raise
        self._count(buckets, sent, response)
        return response

    def close(self) -> None:
        self._inner.close()

    def _turn(self, request: httpx.Request) -> tuple[Bucket, ...]:
        """Waits until the request may leave, and returns the buckets that it counts in.

        What was slept has passed, whatever the clock says: a test's pauses may take no time.
        """
        awake = self._limit.clock.elapsed()
        while True:
            with self._guard:
                now = max(self._limit.clock.elapsed(), awake)
                buckets = self._buckets(request.url.path, now)
                wait = self._wait(buckets, now, request)
                if wait <= 0:
                    for bucket in buckets:
                        bucket.leave()
                    return buckets
            if self._limit.sleep(wait):
                raise Stopped("the run is to stop", request=request)
            awake = now + wait

    def _depart(self, request: httpx.Request, buckets: tuple[Bucket, ...]) -> None:
        """Asks a write that has its turn whether it still may leave. One that may not gives its turn back."""
        precheck = precheck_of(request)
        try:
            if precheck is not None:
                precheck()
        except BaseException:
            with self._guard:
                for bucket in buckets:
                    bucket.stay()
            raise

    def _wait(self, buckets: tuple[Bucket, ...], now: float, request: httpx.Request) -> float:
        rest = max(bucket.rest_until for bucket in buckets) - now
        ahead = request.extensions.get(AHEAD, False)
        wait = max(0, rest) if ahead else max(bucket.wait(now) for bucket in buckets)
        if rest > self._limit.patience_seconds or too_late(request, now + wait):
            raise TurnedAway(wait, request)
        return wait

    def _count(self, buckets: tuple[Bucket, ...], sent: float, response: httpx.Response | None) -> None:
        status = None if response is None else response.status_code
        refused = status == httpx.codes.TOO_MANY_REQUESTS
        rest = retry_after(response) if status in _ASKS_FOR_REST else 0
        rest = rest or (_UNTOLD_REST if refused else 0)
        with self._guard:
            now = self._limit.clock.elapsed()
            blamed = self._blamed(buckets, now) if rest else ()
            for bucket in buckets:
                bucket.answer(now, sent=sent, refused=refused, to_blame=bucket in blamed)
            for bucket in blamed:
                bucket.rest_until = max(bucket.rest_until, now + rest)

    def _blamed(self, buckets: tuple[Bucket, ...], now: float) -> tuple[Bucket, ...]:
        """Returns whom a refusal is about: the last of the buckets, the customer's, until others are refused too."""
        recent = {bucket: at for bucket, at in self._refused_at.items() if now - at < WINDOW_SECONDS}
        self._refused_at = {**recent, buckets[-1]: now}
        return buckets if len(self._refused_at) > 1 else buckets[-1:]

    def _buckets(self, path: str, now: float) -> tuple[Bucket, ...]:
        customer = _CUSTOMER.search(path)
        if customer is None:
            return (self._partner,)
        if len(self._customers) >= self._crowd:
            self._forget_idle(now)
        key = customer[1].lower()
        if key not in self._customers:
            self._customers[key] = self._bucket()
        return self._partner, self._customers[key]

    def _forget_idle(self, now: float) -> None:
        """Looks through the customers only once they have doubled: looking each time would cost more than asking."""
        self._customers = {key: bucket for key, bucket in self._customers.items() if not bucket.idle(now)}
        self._crowd = max(_MOST_CUSTOMERS, 2 * len(self._customers))

    def _bucket(self) -> Bucket:
        return Bucket(self._limit.requests_per_minute)
