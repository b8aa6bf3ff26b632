"""Every time that a value holds, with its place: times are written in UTC, and impossible ones are refused."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, get_args, get_type_hints

Place = tuple[str | int, ...]

_FIRST_YEAR, _LAST_YEAR = 2000, 2199
"""No run can have recorded a time outside these years."""


def times(value: object) -> list[tuple[Place, datetime]]:
    """Returns every time within a value of the model, and where it is."""
    found: list[tuple[Place, datetime]] = []
    _collect(value, (), found)
    return found


def _collect(value: object, place: Place, times: list[tuple[Place, datetime]]) -> None:
    if isinstance(value, datetime):
        times.append((place, value))
    elif isinstance(value, tuple):
        for index, member in enumerate(value):
            _collect(member, (*place, index), times)
    elif isinstance(value, Mapping):
        for key, member in value.items():
            _collect(member, (*place, key), times)
    elif value is not None:
        kind: Any = type(value)
        for name in _timed_members(kind):
            _collect(getattr(value, name), (*place, name), times)


def impossible(value: object) -> Iterator[Place]:
    """Yields the places of times that can't be right: by them a protection would end at once, or never."""
    return (place for place, moment in times(value) if not _FIRST_YEAR <= moment.year <= _LAST_YEAR)


def in_utc(moment: datetime) -> str:
    """Returns a time as a document spells it. One without a zone is in UTC already."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.isoformat().replace("+00:00", "Z")


@cache
def _timed_members(kind: type[Any]) -> tuple[str, ...]:
    """The members of a dataclass within which there can be a time; none of anything else."""
    if not is_dataclass(kind):
        return ()
    hints = get_type_hints(kind)
    return tuple(member.name for member in fields(kind) if _holds_times(hints[member.name]))


def _holds_times(hint: Any, *, within: tuple[Any, ...] = ()) -> bool:
    if hint is datetime:
        return True
    if is_dataclass(hint) and hint not in within:
        members = get_type_hints(hint).values()
        return any(_holds_times(member, within=(*within, hint)) for member in members)
    return any(_holds_times(part, within=within) for part in get_args(hint))
