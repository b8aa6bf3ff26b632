"""Types of flags that take a number, a day or a length of time; their messages say how to write one."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from reconciler.model.withheld import shown_word

if TYPE_CHECKING:
    from reconciler.operations.editing import Quantity

_WHOLE = re.compile(r"[0-9]{1,10}")
_FIGURE = re.compile(r"[0-9]{1,10}(\.[0-9]{1,10})?")
_QUANTITY = re.compile(r"([+-]?)([0-9]{1,8})(%?)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTERVAL = re.compile(r"\+([0-9]{1,5})([mhdw])")
_MINUTES = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}


class Number(click.IntRange):
    """A whole number within bounds, in plain digits."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        if not _WHOLE.fullmatch(text) or not _within(self, int(text)):
            self.fail(f"it is no whole number {_bounds(self)}. {shown_word(text)}", param, ctx)
        return int(text)


class Figure(click.FloatRange):
    """A number within bounds, with or without a fraction, in plain digits."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        text = str(value)
        if not _FIGURE.fullmatch(text) or not _within(self, float(text)):
            self.fail(f"it is no number {_bounds(self)}. {shown_word(text)} Write 3 or 2.5.", param, ctx)
        return float(text)


def _within(bounds: click.IntRange | click.FloatRange, number: float) -> bool:
    return (bounds.min or 0) <= number and (bounds.max is None or number <= bounds.max)


def _bounds(bounds: click.IntRange | click.FloatRange) -> str:
    least = bounds.min or 0
    return f"from {least:,} to {bounds.max:,}" if bounds.max is not None else f"of {least:,} or more"


class Interval(click.ParamType[timedelta]):
    """A length of time to go on by: +30m, +6h, +12d, +2w."""

    name = "+TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        if isinstance(value, timedelta):
            return value
        found = _INTERVAL.fullmatch(str(value))
        if found is None:
            self.fail(f"it is no length of time. {shown_word(str(value))} Write +30m, +6h, +12d or +2w.", param, ctx)
        return timedelta(minutes=int(found[1]) * _MINUTES[found[2]])


class QuantityText(click.ParamType["Quantity"]):
    """A quantity: 30, +5, -5, +10%, -10%."""

    name = "N|+N|-N|+N%|-N%"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> "Quantity":
        from reconciler.operations.editing import Quantity

        found = _QUANTITY.fullmatch(str(value))
        if found is None or (found[3] and not found[1]):
            self.fail(f"it is no quantity. {shown_word(str(value))} Write 30, +5, -5, +10% or -10%.", param, ctx)
        number = -int(found[2]) if found[1] == "-" else int(found[2])
        return Quantity(number=number, relative=bool(found[1]), percent=bool(found[3]))


class Day(click.ParamType[date]):
    """A day of the calendar: 2026-12-31."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        text = str(value)
        try:
            return date.fromisoformat(text if _DAY.fullmatch(text) else "")
        except ValueError:
            self.fail(f"it is no day. {shown_word(text)} Write the day as 2026-12-31.", param, ctx)


class UtcTime(click.ParamType[datetime]):
    """A day, or a time of it, in UTC."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(str(value))
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            self.fail(
                f"it is no date. {shown_word(str(value))} Write 2027-03-14 or 2027-03-14T12:00 (UTC).", param, ctx
            )
