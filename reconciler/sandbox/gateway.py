"""The gateway in front of the service: it counts requests, and turns away what comes too fast.

Each process counts for itself. Requests that are turned away count too, so whoever keeps knocking stays outside.
"""

import json
import math
import re
from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime

from reconciler.sandbox.behaviour import Behaviour
from reconciler.sandbox.messages import Answer

_PURCHASES = re.compile(r"/v1/customers/[^/]+/(orders|carts)(/|$)", re.IGNORECASE)
_CUSTOMER = re.compile(r"/v1/customers/([^/]*-[^/]*)", re.IGNORECASE)


class Gateway:
    """Three kinds of bucket: one for the partner, one for its orders and carts, and one for each of its customers."""

    def __init__(self) -> None:
        self._seen: dict[str, deque[datetime]] = {}

    def turned_away(self, behaviour: Behaviour, path: str, now: datetime) -> Answer | None:
        """Counts a request; the 429 where it is one too many in a bucket, None where it may pass."""
        window = timedelta(seconds=behaviour.throttle_seconds)
        waits = [self._count(name, limit, now, window) for name, limit in _buckets(behaviour, path)]
        wait = max(waits, default=timedelta())
        return throttled(behaviour, wait.total_seconds(), now) if wait else None

    def _count(self, bucket: str, limit: int, now: datetime, window: timedelta) -> timedelta:
        """Returns the time to wait: zero where fewer than `limit` requests came within the window before this one."""
        seen = self._seen.get(bucket)
        if seen is None or seen.maxlen != limit:
            seen = self._seen[bucket] = deque(seen or (), maxlen=limit)
        full = len(seen) == limit and seen[0] > now - window
        seen.append(now)
        return max(seen[0] + window - now, timedelta(microseconds=1)) if full else timedelta()


def throttled(behaviour: Behaviour, seconds: float, now: datetime) -> Answer:
    """The gateway's 429: its own body, and Retry-After in seconds or as a date."""
    wait = max(1, math.ceil(seconds))
    date = format_datetime(now + timedelta(seconds=wait), usegmt=True)
    text = json.dumps({"statusCode": 429, "message": f"Rate limit is exceeded. Try again in {wait} seconds."})
    after = str(wait) if behaviour.retry_after == "seconds" else date
    return Answer(status=429, headers={"Retry-After": after}, text=text, gateway=True)


def _buckets(behaviour: Behaviour, path: str) -> Iterator[tuple[str, int]]:
    if behaviour.requests_per_minute:
        yield "", behaviour.requests_per_minute
    if behaviour.orders_per_minute and _PURCHASES.match(path):
        yield "orders", behaviour.orders_per_minute
    customer = _CUSTOMER.match(path)
    if customer and behaviour.customer_requests_per_minute:
        yield customer[1].lower(), behaviour.customer_requests_per_minute
