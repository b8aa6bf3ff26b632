"""The service's time."""

import logging
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

_LONGEST_REST = 365 * 24 * 3600.0
_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
_TICK = timedelta(seconds=1)
_FARTHEST = timedelta(days=1)

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """The time by this machine's own clock."""
    return datetime.now(UTC)


def http_date(text: str | None) -> datetime | None:
    """The moment that a header names (RFC 9110, HTTP-date), in UTC; None where it names none."""
    try:
        moment = parsedate_to_datetime(text or "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def retry_after(response: httpx.Response | None) -> float:
    """For how many seconds the service asks not to be called, in seconds or as a date; 0 where it doesn't.

    Fractions of seconds are no HTTP, but gateways send them.
    """
    text = response.headers.get("Retry-After", "").strip() if response is not None else ""
    if _SECONDS.fullmatch(text):
        return min(float(text), _LONGEST_REST)
    moment = http_date(text)
    if response is None or moment is None:
        return 0
    now = http_date(response.headers.get("Date")) or utc_now()
    return min(max(0, (moment - now) / timedelta(seconds=1)), _LONGEST_REST)


class ServiceClock:
    """The latest `Date` heard, carried on by a monotonic clock; before the first one, this machine's time.

    A `Date` has whole seconds: one that agrees with the time carried on changes nothing, so time does not jump back by
    fractions between two answers. One that is more than a day from this machine's time is not believed: what is
    recorded would bear it, and waits would be counted by it.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, wall: Callable[[], datetime] = utc_now) -> None:
        self._monotonic = monotonic
        self._wall = wall
        self._anchor: tuple[datetime, float] | None = None
        self._doubted = False

    def hear(self, date: str | None) -> None:
        """Takes note of an answer's `Date` header; one that can't be read or believed is passed over."""
        moment = http_date(date)
        if moment is None or not self._credible(moment):
            return
        agrees = self._anchor is not None and timedelta(0) <= self.now() - moment < _TICK
        if not agrees:
            self._anchor = (moment, self._monotonic())

    def now(self) -> datetime:
        """The time, in UTC."""
        if self._anchor is None:
            return self._wall()
        moment, heard = self._anchor
        return moment + timedelta(seconds=self._monotonic() - heard)

    def _credible(self, moment: datetime) -> bool:
        own = self._wall()
        if abs(moment - own) <= _FARTHEST:
            return True
        if not self._doubted:
            log.warning("The service says it is %s, more than a day from this machine's %s: not believed", moment, own)
        self._doubted = True
        return False
