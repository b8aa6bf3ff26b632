"""Lengths of time as a person types them: 30s, 10m, 1h; and 45d where days are meant."""

import re

import click

from reconciler.model.withheld import shown_word

_UNITS = {"s": 1, "m": 60, "h": 3600}
_LONGEST = 24 * 3600
_LENGTH = re.compile(r"(\d{1,6})([smh])")


def _seconds(_ctx: click.Context, option: click.Parameter, value: str) -> float:
    """The seconds. A number without its unit is a usage error but for 0: it could mean any."""
    found = _LENGTH.fullmatch("0s" if value == "0" else value.strip())
    if found is None:
        raise click.BadParameter(f"it is no length of time. {shown_word(value)} Write 30s, 10m or 1h.", param=option)
    seconds = float(int(found[1]) * _UNITS[found[2]])
    if seconds > _LONGEST:
        raise click.BadParameter("it is longer than a day. Write 24h at most.", param=option)
    return seconds


_DAYS = re.compile(r"(\d{1,4})([dw])")
_MOST_DAYS = 366


def _days(_ctx: click.Context, option: click.Parameter, value: str) -> int:
    """The days. A number without its unit is a usage error: it could mean any."""
    found = _DAYS.fullmatch(value.strip())
    days = int(found[1]) * (7 if found[2] == "w" else 1) if found else 0
    if found is None:
        raise click.BadParameter(f"it is no number of days. {shown_word(value)} Write 45d or 6w.", param=option)
    if days > _MOST_DAYS:
        raise click.BadParameter("it is longer than a year. Write 366d at most.", param=option)
    return days


days_option = click.option(
    "--within",
    "days",
    metavar="TIME",
    default="45d",
    show_default=True,
    callback=_days,
    help="Terms that end within this time: 45d, 6w.",
)

lock_timeout_option = click.option(
    "--lock-timeout",
    metavar="TIME",
    default="0s",
    show_default=True,
    envvar="RECONCILER_LOCK_TIMEOUT",
    callback=_seconds,
    help="How long to wait for a lock that another run holds: 30s, 10m, 1h.",
)
