"""Bytes to JSON, as the service sends it: with or without a byte order mark, and not always JSON at all."""

import json
import math
from typing import Any

import httpx

BYTE_ORDER_MARK = "\ufeff"
_PARSED = "reconciler.document"


class Unreadable(ValueError):
    """A body that is not what it should be. The text completes "the answer …"."""


def parsed(content: bytes) -> Any:
    """The JSON document. Raises Unreadable for anything else.

    Success bodies begin with a byte order mark and error bodies don't, whatever their Content-Type says. Infinities
    and not-a-numbers are no JSON, and could not be sent back.
    """
    try:
        text = content.decode("utf-8-sig").strip(BYTE_ORDER_MARK + " \t\r\n")
    except UnicodeDecodeError:
        raise Unreadable("is not UTF-8 text") from None
    if not text:
        raise Unreadable("is empty")
    if text.startswith("<"):
        raise Unreadable("is HTML instead of JSON")
    try:
        return json.loads(text, parse_constant=_finite, parse_float=_finite)
    except RecursionError:
        raise Unreadable("is nested too deeply") from None
    except ValueError:
        raise Unreadable("is not JSON, or not all of it") from None


def json_object(content: bytes) -> dict[str, Any]:
    """The JSON object. Raises Unreadable for anything else."""
    document = parsed(content)
    if not isinstance(document, dict):
        kind = {list: "a list", str: "a string", type(None): "null", bool: "a boolean"}.get(type(document), "a number")
        message = f"is {kind} where an object belongs"
        raise Unreadable(message)
    return document


def object_of(response: httpx.Response) -> dict[str, Any]:
    """The answer's JSON object, parsed once: retrying what can't be read has parsed it before. Errors as above."""
    found: dict[str, Any] | None = response.extensions.get(_PARSED)
    if found is None:
        found = response.extensions[_PARSED] = json_object(response.content)
    return found


def encoded(document: Any) -> bytes:
    """Compact JSON in ASCII, which bears any text. Raises Unreadable for what JSON can't say."""
    try:
        return json.dumps(document, allow_nan=False, separators=(",", ":")).encode("ascii")
    except RecursionError:
        raise Unreadable("is nested too deeply") from None


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
