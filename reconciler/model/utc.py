"""Times as sentences and pages write them: `2026-11-30 04:10 UTC`. Documents for programs write RFC 3339 instead."""

from datetime import UTC, datetime


def utc_minute(time: datetime) -> str:
    """Returns a time to the minute, `2026-11-30 04:10 UTC`. A time without a zone is in UTC already."""
    return f"{_in_utc(time):%Y-%m-%d %H:%M} UTC"


def utc_second(time: datetime) -> str:
    """Returns a time to the second, `2026-11-30 04:10:05 UTC`, where a minute is too coarse."""
    return f"{_in_utc(time):%Y-%m-%d %H:%M:%S} UTC"


def _in_utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
