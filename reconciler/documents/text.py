"""JSON text and its members: parsing, the canonical spelling that is hashed, and the text that is written."""

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from reconciler.documents.escaping import json_safe
from reconciler.documents.unreadable import Unreadable
from reconciler.model.characters import escaped

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")


def parse(text: str, *, by_hand: bool = False) -> dict[str, Any]:
    """Returns the members of a JSON object. Raises Unreadable for anything else.

    `by_hand` is for documents that people edit: no member may stand twice, and every time is RFC 3339 in UTC.
    """
    try:
        members = json.loads(text, object_pairs_hook=_unambiguous if by_hand else None)
    except json.JSONDecodeError as error:
        raise Unreadable("not_json", error=error.msg, line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise Unreadable("nested_too_deeply") from None
    except ValueError as error:
        raise Unreadable("ambiguous", error=str(error)) from None
    if not isinstance(members, dict):
        raise Unreadable("not_an_object")
    return members


def canonical(members: dict[str, Any]) -> bytes:
    """Returns the one spelling that is hashed: members sorted, no blanks, ASCII."""
    return json.dumps(members, sort_keys=True, separators=(",", ":")).encode()


def digest(content: bytes) -> str:
    """Returns the fingerprint of a document's canonical spelling: `sha256:…`."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def encodable(members: dict[str, Any]) -> dict[str, Any]:
    """Returns the members as UTF-8 can carry them: half a surrogate pair, which the service may send, becomes U+FFFD.

    No record is lost for a broken name.
    """
    try:
        to_json(members)
    except PydanticSerializationError:
        return _whole_characters(members)
    return members


def _whole_characters(members: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(members, ensure_ascii=False)
    found: dict[str, Any] = json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    return found


def indented(members: dict[str, Any]) -> str:
    """Returns the text of a document: members in the order given, indented by two, safe to show, a final newline."""
    try:
        text = to_json(members, indent=2)
    except PydanticSerializationError:
        text = to_json(_whole_characters(members), indent=2)
    return json_safe(text.decode()) + "\n"


def _unambiguous(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            message = f"the member {escaped(name)!r} stands twice in one object"
            raise ValueError(message)
        if name.endswith(("_at", "_until", "_ends")) and isinstance(value, str) and not _TIME.fullmatch(value):
            message = f"{escaped(name)!r} is not a time such as 2026-01-31T09:30:00Z"
            raise ValueError(message)
        members[name] = value
    return members
