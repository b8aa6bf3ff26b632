"""The service's time."""

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from reconciler import advice
from reconciler.model.clocks import Clocks, ClocksApart
from reconciler.system.clock import Clock, Moment, utc_now

_LONGEST_REST = 365 * 24 * 3600.0
_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
_TICK = timedelta(seconds=1)
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""No time before this is relied on: Partner Center is younger."""

_LATEST = datetime.max.replace(tzinfo=UTC)

log = logging.getLogger(__name__)


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
    """The latest `Date` heard, carried on by `clock`, which counts a suspension too.

    A `Date` has whole seconds: one that agrees with the time carried on changes nothing, so time does not jump back by
    fractions between two answers. One that is more than a day from this machine's time is not believed: one of the two
    is wrong. The time is then what was carried on from a `Date` that was believed; without one, the earlier of the two.
    Before the first `Date` it is this machine's time.

    Where the service has its `own_time`, its `Date` is the time, and this machine's is nothing to compare it with.
    """

    def __init__(self, clock: Clock | None = None, *, own_time: bool = False) -> None:
        self._clock = clock or Clock()
        self._own_time = own_time
        self._heard: _Reading | None = None
        self._believed: _Reading | None = None
        self._warned = False

    @property
    def clocks(self) -> Clocks:
        """Returns this machine's time, and the latest `Date` heard, carried on, whether it is believed or not."""
        now = self._clock.moment()
        service = self._heard.at(now) if self._heard else None
        return Clocks(machine=service if service and self._own_time else now.now, service=service)

    def hear(self, date: str | None) -> None:
        """Takes note of an answer's `Date` header; one that can't be read is passed over."""
        moment = http_date(date)
        if moment is None:
            return
        now = self._clock.moment()
        if self._heard is None or not timedelta(0) <= self._heard.at(now) - moment < _TICK:
            self._heard = _Reading(moment, now)
        if apart := self.clocks.apart:
            self._warn(apart)
        else:
            self._believed = self._heard

    def now(self) -> datetime:
        """Returns the time, in UTC."""
        if self._believed is not None:
            return self._believed.at(self._clock.moment())
        clocks = self.clocks
        return max(clocks.earliest, _EARLIEST) if clocks.service else clocks.machine

    def _warn(self, apart: ClocksApart) -> None:
        if not self._warned:
            log.info("%s", advice.sentence("clocks_apart", **apart.data))
        self._warned = True


@dataclass(frozen=True, slots=True)
class _Reading:
    """A time by the service, and the moment at which it was read."""

    service_time: datetime
    read_at: Moment

    def at(self, now: Moment) -> datetime:
        """Returns the service's time at a later moment."""
        return self.service_time + min(
            timedelta(seconds=now.elapsed - self.read_at.elapsed), _LATEST - self.service_time
        )
