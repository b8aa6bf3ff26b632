"""Single values as the service spells them, and the base of its documents."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from reconciler.model.address import canonical, is_guid

_IDENTIFIER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._~:=-]*")
_REFERENCE = re.compile(r"[0-9A-Za-z_-][0-9A-Za-z._~:=-]*")
_NOT_SET = "00000000-0000-0000-0000-000000000000"
_LARGEST = 2**31 - 1
YEARS = range(2000, 2200)
"""Years that a time of the service can be of: Partner Center is younger."""


@lru_cache(maxsize=1024)
def folded(key: str) -> str:
    """The spelling in which keys are compared."""
    return key.replace("_", "").lower()


class Wire(BaseModel):
    """A document of the service: unknown members are passed over, keys are compared without case and underscores.

    Documents in PascalCase and mixtures of casings have been seen; sign-in answers in snake_case.
    """

    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=folded, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _any_casing(cls, document: Any) -> Any:
        return {folded(key): value for key, value in document.items()} if isinstance(document, dict) else document


Members = Mapping[str, Any]
"""The members of a document, by their names."""


class _Removed:
    """Stands for a member that is left out."""


REMOVED = _Removed()
"""In place of a member's value: the document has no such member afterwards."""


def with_members(body: Mapping[str, Any], members: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the document with these members changed: all others, and the casing of all keys, as they came."""
    after = dict(body)
    for name, value in members.items():
        spelt = [key for key in body if folded(key) == folded(name)] or [name]
        after.update(dict.fromkeys(spelt, value))
    return {key: value for key, value in after.items() if value is not REMOVED}


def plain(raw: Any) -> str:
    """A text without blanks around it, whatever it was; nothing is the empty one. Half a surrogate pair becomes `?`."""
    if raw is None:
        return ""
    text = raw if isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)
    if text.isascii():
        return text.strip()
    return text.encode("utf-8", "replace").decode("utf-8").strip()


def word(raw: Any, known: Mapping[int, str]) -> str:
    """One of the known words, told by its number, as an integer or as digits, or by its letters in any casing.

    Anything else is `unknown(<raw>)`.
    """
    text = plain(raw)
    if text.isascii() and text.isdigit() and len(text) < len(str(_LARGEST)) and int(text) in known:
        return known[int(text)]
    return one_of(text, known.values())


def one_of(raw: Any, known: Iterable[str]) -> str:
    """One of the known words, told by its letters in any casing. Anything else is `unknown(<raw>)`."""
    text = plain(raw)
    letters = _letters(text)
    found = next((candidate for candidate in known if _letters(candidate) == letters), None)
    return found or f"unknown({text[:80]})"


@lru_cache(maxsize=1024)
def _letters(text: str) -> str:
    return re.sub(r"[\s_-]", "", text).lower()


def _count(raw: Any) -> int:
    if type(raw) is int and 0 <= raw <= _LARGEST:
        return raw
    text = plain(raw).removesuffix(".0")
    if isinstance(raw, bool) or not re.fullmatch(r"[0-9]{1,10}", text) or int(text) > _LARGEST:
        raise ValueError("not a number of licences")
    return int(text)


def maybe_count(raw: Any) -> int | None:
    """A whole number from 0 to 2^31-1, also as digits; None for anything else."""
    try:
        return _count(raw)
    except ValueError:
        return None


def flag(raw: Any) -> bool | None:
    """True or false, also as text or as 1 and 0; None for anything else."""
    if isinstance(raw, bool):
        return raw
    return {"true": True, "1": True, "false": False, "0": False}.get(plain(raw).lower())


def identifier(raw: Any) -> str:
    """An id in canonical spelling. Raises ValueError for what can't be one."""
    text = plain(raw)
    if not _IDENTIFIER.fullmatch(text) or text == _NOT_SET:
        raise ValueError("not an id")
    return canonical(text)


def _maybe_identifier(raw: Any) -> str | None:
    return None if plain(raw) in {"", _NOT_SET} else identifier(raw)


def moment(raw: Any) -> datetime | None:
    """A date and time in UTC, which is also the zone of one that names none; None where it can't be read.

    None also for the year 1, which stands for "not set", and for any other that nothing can be of.
    """
    try:
        found = datetime.fromisoformat(re.sub(r"(?<=[:.T])\s+|\s+(?=[:.TZ+])", "", plain(raw)))
        found = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if found.year in YEARS else None


def maybe_identifier(raw: Any) -> str | None:
    """An id in canonical spelling, or None for anything else."""
    try:
        return _maybe_identifier(raw)
    except ValueError:
        return None


def _many(raw: Any) -> tuple[Any, ...]:
    if isinstance(raw, list):
        return tuple(raw)
    return (raw,) if raw else ()


Text = Annotated[str, BeforeValidator(plain)]
"""Any text; absent and null are the empty one."""

Count = Annotated[int, BeforeValidator(_count)]
"""A whole number from 0 to 2^31-1, also as digits. Anything else is an error."""

MaybeCount = Annotated[int | None, BeforeValidator(maybe_count)]
"""A `Count`, or None for anything else."""

Flag = Annotated[bool | None, BeforeValidator(flag)]
"""True, false, or None for anything else."""


def reference(raw: Any) -> str:
    """An id in its own casing, by which alone two may differ; a GUID in lower case. Raises as `identifier` does.

    Ids in base64url may begin with any of its characters.
    """
    text = plain(raw)
    if not _REFERENCE.fullmatch(text) or text == _NOT_SET:
        raise ValueError("not an id")
    return canonical(text) if is_guid(text) else text


Identifier = Annotated[str, BeforeValidator(identifier)]
"""An id in canonical spelling. Anything that can't be one is an error."""

Reference = Annotated[str, BeforeValidator(reference)]
"""A `reference`: ids of orders and carts. Anything that can't be one is an error."""

MaybeIdentifier = Annotated[str | None, BeforeValidator(_maybe_identifier)]
"""An `Identifier`, or None where it is absent, empty, or the GUID of zeros. Anything else is an error."""

ReadableIdentifier = Annotated[str | None, BeforeValidator(maybe_identifier)]
"""An `Identifier`, or None for anything else."""

Moment = Annotated[datetime | None, BeforeValidator(moment)]
"""A date and time in UTC, or None where it can't be read."""

Many = Annotated[tuple[Any, ...], BeforeValidator(_many)]
"""The elements of a list; of a single value, that one; of nothing, none."""
