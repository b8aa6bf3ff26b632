"""Calendar of new commerce: terms in whole months, ends that are inclusive days, and everything in UTC."""

import calendar
from datetime import UTC, datetime, timedelta

MONTHS = {"P1M": 1, "P1Y": 12, "P3Y": 36}
"""Months of each term, from the shortest to the longest."""

CYCLE_MONTHS = {"monthly": 1, "annual": 12, "triennial": 36}
"""Months between two charges of each billing cycle."""

TRIAL_DAYS = 30
DAY = timedelta(days=1)
_LAST_SECOND = timedelta(hours=23, minutes=59, seconds=59)


def midnight(moment: datetime) -> datetime:
    """Returns the beginning of a moment's day."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def months_later(day: datetime, months: int) -> datetime:
    """Returns the same day so many months later, or the last day of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return day.replace(year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1]))


def last_day(start: datetime, months: int) -> datetime:
    """Returns midnight of the last day of so many months; the period runs to the end of that day."""
    return months_later(midnight(start), months) - DAY


def end_of(day: datetime) -> datetime:
    """Returns the last second of a day."""
    return midnight(day) + _LAST_SECOND


def is_month_end(day: datetime) -> bool:
    """Returns whether this is the last day of its month."""
    return (day + DAY).month != day.month


def instant(when: datetime) -> str:
    """ISO 8601 in UTC, the fraction without trailing zeros."""
    text = when.astimezone(UTC).isoformat().removesuffix("+00:00")
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "Z"


def precise(when: datetime) -> str:
    """ISO 8601 in UTC with seven digits of a second, as new commerce writes moments; whole seconds have none."""
    moment = when.astimezone(UTC)
    fraction = f".{moment.microsecond:06d}0" if moment.microsecond else ""
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"
