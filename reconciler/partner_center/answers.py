"""An answer to what it means: its JSON object, or the error. The status is looked at first, then the body."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Never, TypeVar

import httpx
from pydantic import ValidationError

from reconciler import advice
from reconciler.model.errors import NoAnswer, ReconcilerError, ServiceError
from reconciler.model.offer import canonical_offer
from reconciler.model.subscription import UnreadableItem
from reconciler.partner_center.failures import answer_error, clean, lost, writes
from reconciler.partner_center.wire import json_text
from reconciler.partner_center.wire.faults import Fault, fault
from reconciler.partner_center.wire.values import identifier

_Value = TypeVar("_Value")

_LONGEST_ID = 100


def understood(response: httpx.Response, read: Callable[[Any], _Value]) -> _Value:
    """Returns what `read` makes of the answer's JSON object.

    Raises NoAnswer for a write where it can't, ServiceError for a read.
    """
    return made_of(response, document(response), read)


def made_of(response: httpx.Response, raw: Any, read: Callable[[Any], _Value], number: int | None = None) -> _Value:
    """Returns what `read` makes of a part of the answer; errors as in `understood`, which name the item's `number`."""
    with read_of(response):
        try:
            return read(raw)
        except ValueError as error:
            _check_for_error_inside(response, raw)
            misread(response, _why(error) if number is None else f"{_why(error)} ({_item(raw, number)})")


def each_of(response: httpx.Response, items: list[Any], read: Callable[[Any], _Value], first: int) -> list[_Value]:
    """Returns what `read` makes of each item, counted from `first`; errors as in `made_of`.

    All are read at once: only where one can't be is it told which, which costs as much again.
    """
    try:
        return [read(item) for item in items]
    except Exception:  # noqa: BLE001 - `made_of` meets it again, and says what it means
        return [made_of(response, item, read, number) for number, item in enumerate(items, first)]


def readable_of(
    response: httpx.Response, items: list[Any], read: Callable[[Any], _Value], first: int
) -> list[_Value | UnreadableItem]:
    """Returns what `read` makes of each item, counted from `first`; what can't be understood stands as that."""
    try:
        return [read(item) for item in items]
    except Exception:  # noqa: BLE001 - `_readable` meets it again, and says what it means
        return [_readable(response, item, read, position) for position, item in enumerate(items, first)]


def _readable(
    response: httpx.Response, raw: Any, read: Callable[[Any], _Value], position: int
) -> _Value | UnreadableItem:
    try:
        return read(raw)
    except ValueError as error:
        why = _error_inside(response, raw) or _why(error)
    except RecursionError:
        why = "is nested too deeply"
    except Exception as error:  # noqa: BLE001 - whatever one item trips over hides no other
        why = f"can't be understood: {type(error).__name__}"
    return UnreadableItem(id=_item_id(raw), position=position, why=why, offer_id=_offer_id(raw))


@contextmanager
def read_of(response: httpx.Response) -> Iterator[None]:
    """Whatever else reading the answer trips over is a misread answer too: what a write did must get recorded."""
    try:
        yield
    except ReconcilerError:
        raise
    except RecursionError:
        misread(response, "is nested too deeply")
    except Exception as error:  # noqa: BLE001 - any fault in reading here would lose the outcome of a write
        misread(response, f"can't be understood: {type(error).__name__}")


def _check_for_error_inside(response: httpx.Response, raw: Any) -> None:
    """The service has sent an error's body under a 200; what it says is worth more than what is missing."""
    what = _error_inside(response, raw)
    if what:
        misread(response, what, clean(response, fault(raw).code))


def _error_inside(response: httpx.Response, raw: Any) -> str:
    """The error that stands where a value belongs, as the end of a sentence; empty where there is none."""
    inside = fault(raw) if isinstance(raw, dict) else Fault()
    if not (inside.code and inside.words):
        return ""
    code, words = clean(response, inside.code), clean(response, inside.words)
    return f"is an error inside a {response.status_code}, code {code}: {words}"


def _item(raw: Any, number: int) -> str:
    """An item by its id, or by its position alone where it has none that can be shown."""
    found = _item_id(raw)
    return f"item {number}, id {found}" if found else f"item {number}"


def _item_id(raw: Any) -> str | None:
    """The item's id in canonical spelling; None where it has none that can be read."""
    return _identifier(raw, "id")


def _offer_id(raw: Any) -> str | None:
    """The id of the item's offer in canonical spelling; None where it has none that can be read."""
    found = _identifier(raw, "offerid")
    return canonical_offer(found) if found else None


def _identifier(raw: Any, name: str) -> str | None:
    found = next((raw[key] for key in raw if key.lower() == name), "") if isinstance(raw, dict) else ""
    try:
        member = identifier(found)
    except ValueError:
        return None
    return member if len(member) <= _LONGEST_ID else None


def _why(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"can't be understood: {place or 'an item'}: {first['msg'].removeprefix('Value error, ')}"


def document(response: httpx.Response) -> dict[str, Any]:
    """The answer's JSON object. Raises NoAnswer where there is none."""
    try:
        return json_text.object_of(response)
    except json_text.Unreadable as error:
        row = lost(response.request)
        raise answer_error(NoAnswer, response, row.sentence({"fault": str(error)}), row.remedy()) from None


def misread(response: httpx.Response, what: str, code: str = "") -> Never:
    """Raises the error for an answer that can't be trusted: after a write it may have been performed all the same."""
    wrote = writes(response.request)
    row = lost(response.request) if wrote or code else advice.row("misread")
    kind = NoAnswer if wrote else ServiceError
    raise answer_error(kind, response, row.sentence({"fault": what}), row.remedy(), code)
