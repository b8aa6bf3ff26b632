"""JSON documents that mean one thing only: how they are written, and what is refused when they are read.

Knows nothing of what a document is about.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reconciler.model.characters import replaced
from reconciler.model.encoding import other_encoding
from reconciler.model.errors import Problem, StateDamaged
from reconciler.model.subscription import Place

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]
"""From a document's members in one format to those in the next; `format_version` is seen to already."""

RESTORE = "Restore it from version control or a backup. Don't delete it: it is the record of what was bought."
"""What to do about a damaged document of a state location."""

_UPGRADE = "Install the version of reconciler that wrote it, or a later one."
_PROBLEMS_SHOWN = 5

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")
_OBEYED = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_UNKNOWN_MEMBER = {"unexpected_keyword_argument", "extra_forbidden"}


class Document(BaseModel):
    """A document's members, in the order in which they are written.

    Types are exact. A member that isn't known is refused, since writing the document back would lose what a newer
    version recorded in it; one with a default may be left out. The dataclasses inside inherit these rules.

    Every format ever written stays readable: `upgrades` lead from the first to the second, from that to the third,
    and so on. To change the format, add an upgrade; none is ever altered or removed.
    """

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)
    upgrades: ClassVar[tuple[Upgrade, ...]] = ()

    format_version: Annotated[int, Field(ge=1)]

    @classmethod
    def newest(cls) -> int:
        """The format that is written, and the newest that is read."""
        return len(cls.upgrades) + 1

    @classmethod
    def read(cls, text: str, where: str, restore: str = RESTORE) -> Self:
        """The document that the text is, of whatever format. Raises StateDamaged, also where it is of a newer one.

        `restore` says what to do about one that is damaged.
        """
        data = parse(text, where, restore)
        version = data.get("format_version")
        if type(version) is int and version > cls.newest():
            raise _newer(version, cls.newest(), where)
        try:
            return cls.model_validate_json(cls._upgraded(text, data, version))
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise _invalid(error, where, restore) from None

    @classmethod
    def _upgraded(cls, text: str, data: dict[str, Any], version: object) -> str:
        """The text in the newest format; as it is where it claims a format that never was."""
        if type(version) is not int or not 1 <= version < cls.newest():
            return text
        for number, upgrade in enumerate(cls.upgrades[version - 1 :], version + 1):
            data = {**upgrade(data), "format_version": number}
        return json.dumps(data)


def render(data: Mapping[str, Any]) -> str:
    """The same text for the same data: indented, members in the order given, times in UTC with Z, a final newline.

    Characters that a terminal obeys instead of showing stand as JSON escapes. Half a surrogate pair, which UTF-8
    can't carry, becomes U+FFFD: no record is lost for a broken name.
    """
    text = json.dumps(data, indent=2, ensure_ascii=False, default=_timestamp) + "\n"
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", whole)


def parse(text: str, where: str, restore: str = RESTORE) -> dict[str, Any]:
    """A JSON object in which no member stands twice and every time is RFC 3339 in UTC. Raises StateDamaged."""
    try:
        data = json.loads(text, object_pairs_hook=_members)
    except json.JSONDecodeError as error:
        place = Place(file=where, line=error.lineno, column=error.colno)
        raise damaged(f"is not JSON: {error.msg}", place, restore) from None
    except RecursionError:
        raise damaged("is nested too deeply", where, restore) from None
    except ValueError as error:
        raise damaged(f"can't be understood: {error}", where, restore) from None
    if not isinstance(data, dict):
        raise damaged("is not a JSON object", where, restore)
    return data


def decode(content: bytes, where: str) -> str:
    """A file's bytes as text, without a byte order mark. Raises StateDamaged where they are not UTF-8."""
    if encoding := other_encoding(content):
        what = f"This file was saved as {encoding}; it must be UTF-8."
        raise StateDamaged.because(what, "Save it as UTF-8 in its place: it is the record of what was bought.", where)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise damaged(f"is not UTF-8 text (byte {error.start + 1})", where) from None


def damaged(what: str, where: Place | str, restore: str = RESTORE) -> StateDamaged:
    """The error for a document that can't be relied on; `what` continues "This file …"."""
    return StateDamaged.because(f"This file {what}.", restore, where)


def printable(text: str) -> str:
    """The text with everything that a terminal might obey as an escape, to be put into a message."""
    return replaced(text, lambda sign: f"\\u{ord(sign):04x}")


def _timestamp(value: object) -> str:
    if not isinstance(value, datetime):
        message = f"{type(value).__name__} has no place in a document"
        raise TypeError(message)
    moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return moment.isoformat().replace("+00:00", "Z")


def _members(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            message = f"the member {printable(name)!r} stands twice in one object"
            raise ValueError(message)
        if name.endswith(("_at", "_until")) and isinstance(value, str) and not _TIME.fullmatch(value):
            message = f"{printable(name)!r} is not a time such as 2026-01-31T09:30:00Z"
            raise ValueError(message)
        members[name] = value
    return members


def _newer(version: int, newest: int, where: str) -> StateDamaged:
    what = f"This file has format_version {version}; this version of reconciler reads up to {newest}."
    return StateDamaged.because(what, _UPGRADE, where)


def _invalid(error: Exception, where: str, restore: str) -> StateDamaged:
    if not isinstance(error, ValidationError):
        return damaged("lacks what its format has", where, restore)
    found = error.errors(include_url=False, include_context=False, include_input=False)
    problems = (_problem(one["type"], one["loc"], one["msg"], where, restore) for one in found[:_PROBLEMS_SHOWN])
    return StateDamaged(*problems)


def _problem(kind: str, path: tuple[int | str, ...], message: str, where: str, restore: str) -> Problem:
    place = ".".join(printable(str(step)) for step in path) or "the document"
    if kind in _UNKNOWN_MEMBER:
        what = f"This file is damaged or newer: {place} is a member that this version of reconciler doesn't know."
        return Problem(where=where, what=what, remedy=f"{_UPGRADE} If it was edited by hand, take the edit back.")
    what = f"This file is damaged at {place}: {printable(message)}."
    return Problem(where=where, what=what, remedy=restore)
