"""Lists that come in pages: a continuation token says where one is, and a seek moves on from there."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from urllib.parse import urlencode

from reconciler.sandbox.behaviour import NextLink
from reconciler.sandbox.messages import Request, invalid

TOKEN = "MS-ContinuationToken"  # noqa: S105 - the header's name
_One = TypeVar("_One")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """A place in a list: `size` items from `offset` on, all where it is 0. `query` is what the list was asked by."""

    offset: int = 0
    size: int = 0
    query: Mapping[str, str]

    @classmethod
    def of(cls, request: Request, limit: int = 0) -> Self:
        """The place that a request asks for, with at most `limit` items. Raises Refused where it makes no sense."""
        seek = request.query.get("seekoperation")
        if seek is not None:
            return cls.parse(request.headers.get(TOKEN.lower(), "")).moved(seek)
        text = request.query.get("size") or "0"
        if re.fullmatch("[0-9]{1,6}", text) is None:
            raise invalid("The size of a page must be a whole number.")
        return cls(size=min(int(text) or limit, limit or int(text)), query=dict(request.query))

    @classmethod
    def parse(cls, token: str) -> Self:
        """The place that a token names. Raises Refused (400/800002) for anything else."""
        try:
            offset, size, query = json.loads(base64.b64decode(token, validate=True))
            return cls(offset=int(offset), size=int(size), query={str(key): str(query[key]) for key in query})
        except (ValueError, TypeError, OverflowError, RecursionError):
            raise invalid(f"A seek needs the header {TOKEN} as it came with a page.") from None

    @property
    def token(self) -> str:
        """Token of this place."""
        return base64.b64encode(json.dumps([self.offset, self.size, dict(self.query)]).encode()).decode()

    def moved(self, seek: str) -> Self:
        """Returns the place that a seek leads to from here. Raises Refused (400/800002) for one that there is not."""
        moves = {"next": self.offset + self.size, "previous": max(0, self.offset - self.size), "first": 0, "last": -1}
        if seek.lower() not in moves:
            raise invalid(f"seekOperation must be one of Next, Previous, First, Last; it is {seek}.")
        return type(self)(offset=moves[seek.lower()], size=self.size, query=self.query)


def page(request: Request, cursor: Cursor, items: Sequence[_One], path: str) -> tuple[Sequence[_One], dict[str, Any]]:
    """The items at a place in a list, and the members of the answer that lead to the next ones."""
    size = cursor.size or len(items) or 1
    offset = (max(0, len(items) - 1) // size) * size if cursor.offset < 0 else cursor.offset
    query = {key: value for key, value in cursor.query.items() if key != "seekoperation"}
    links = {"self": _link(f"{path}?{urlencode(query)}" if query else path)}
    if offset + size >= len(items):
        return items[offset:], {"links": links}
    here = Cursor(offset=offset, size=size, query=query).token
    prefix = "/v1" if request.behaviour.next_link is NextLink.WITH_V1 else ""
    if request.behaviour.next_link is not NextLink.ABSENT:
        uri = f"{prefix}{path}?{urlencode({'size': size, 'seekOperation': 'Next'})}"
        links["next"] = _link(uri) | {"headers": [{"key": TOKEN, "value": here}]}
    return items[offset : offset + size], {"continuationToken": here, "links": links}


def chosen(text: str, values: Mapping[str, str]) -> bool:
    """Returns whether a filter of a list (JSON with Field, Value, Operator) chooses what has these values, by field.

    Raises Refused (400/800002) for a filter that makes no sense here.
    """
    try:
        found = {key.lower(): str(value).lower() for key, value in json.loads(text).items()}
        value, wanted, operator = values[found["field"]].lower(), found["value"], found.get("operator", "equals")
    except (ValueError, AttributeError, KeyError, RecursionError):
        raise invalid(f"The filter must be JSON with Field ({', '.join(values)}), Value and Operator.") from None
    outcomes = {"equals": value == wanted, "starts_with": value.startswith(wanted), "substring": wanted in value}
    if operator not in outcomes:
        raise invalid(f"The operator of a filter must be one of {', '.join(outcomes)}.")
    return outcomes[operator]


def _link(uri: str) -> dict[str, Any]:
    return {"uri": uri, "method": "GET", "headers": []}
