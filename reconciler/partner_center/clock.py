"""The service's time."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_TICK = timedelta(seconds=1)


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


class ServiceClock:
    """The latest `Date` heard, carried on by a monotonic clock; before the first one, this machine's time.

    A `Date` has whole seconds: one that agrees with the time carried on changes nothing, so time does not jump back by
    fractions between two answers.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, wall: Callable[[], datetime] = utc_now) -> None:
        self._monotonic = monotonic
        self._wall = wall
        self._anchor: tuple[datetime, float] | None = None

    def hear(self, date: str | None) -> None:
        """Takes note of an answer's `Date` header; one that can't be read is passed over."""
        moment = http_date(date)
        if moment is None:
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
