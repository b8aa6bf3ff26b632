"""The service's time."""

import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from reconciler.model.clocks import FARTHEST_APART, ClocksApart
from reconciler.system import clocks

_LONGEST_REST = 365 * 24 * 3600.0
_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
_TICK = timedelta(seconds=1)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""No time before this is relied on: Partner Center is younger."""

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
    """The latest `Date` heard, carried on by a clock that counts a suspension too; before the first one, this machine's
    time.

    A `Date` has whole seconds: one that agrees with the time carried on changes nothing, so time does not jump back by
    fractions between two answers. One that is more than a day from this machine's time is not believed: one of the two
    is wrong (`apart`). The time is then what was carried on from a `Date` that was believed; without one, the earlier
    of the two, since nothing that protects against buying twice may end too soon.
    """

    def __init__(self, monotonic: Callable[[], float] = clocks.seconds, wall: Callable[[], datetime] = utc_now) -> None:
        self._monotonic = monotonic
        self._wall = wall
        self._anchor: tuple[datetime, float] | None = None
        self._apart: ClocksApart | None = None
        self._warned = False

    @property
    def apart(self) -> ClocksApart | None:
        """What this machine's clock and the latest `Date` said, where they contradict each other."""
        return self._apart

    def hear(self, date: str | None) -> None:
        """Takes note of an answer's `Date` header; one that can't be read is passed over."""
        moment = http_date(date)
        if moment is None:
            return
        own = self._wall()
        if abs(moment - own) > FARTHEST_APART:
            self._apart = ClocksApart(here=own, service=moment)
            self._warn()
            return
        agrees = self._anchor is not None and timedelta(0) <= self.now() - moment < _TICK
        if not agrees:
            self._anchor = (moment, self._monotonic())
        self._apart = None

    def now(self) -> datetime:
        """The time, in UTC."""
        if self._anchor is not None:
            moment, heard = self._anchor
            return moment + timedelta(seconds=self._monotonic() - heard)
        apart, own = self._apart, self._wall()
        return own if apart is None else max(min(own, apart.service), _EARLIEST)

    def _warn(self) -> None:
        if not self._warned and self._apart:
            log.info("%s", self._apart.sentence)
        self._warned = True
