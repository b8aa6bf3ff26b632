"""Lists, and the links to their next pages."""

import re
from collections.abc import Mapping
from typing import Any

from reconciler.partner_center.wire.values import Many, MaybeCount, Text, Wire

CONTINUATION = "MS-ContinuationToken"
"""The only header that a link may ask us to send."""


class Header(Wire):
    """A header that a link asks for."""

    key: Text = ""
    value: Text = ""


class Link(Wire):
    """An address within the service, with or without `/v1` in front, and the headers it needs."""

    uri: Text = ""
    headers: Many = ()


class _Links(Wire):
    next: Link | None = None


class Page(Wire):
    """One page of a list. Raises ValueError where it has no items and does not say that there are none."""

    total_count: MaybeCount = None
    items: list[Any] | None = None
    links: _Links | None = None
    continuation_token: Text = ""

    @property
    def elements(self) -> list[Any]:
        """The items as they came."""
        if self.items is None and self.total_count != 0:
            raise ValueError("has no list of items")
        return self.items or []

    @property
    def next(self) -> str | None:
        """The address of the next page; None on the last one."""
        return (self.links.next.uri or None) if self.links and self.links.next else None

    @property
    def last(self) -> bool:
        """Returns whether nothing follows: no link, and no token either, unless on a page that is empty already."""
        return self.next is None and not (self.next_headers and self.elements)

    @property
    def next_headers(self) -> Mapping[str, str]:
        """Returns what the next page's request must carry: the continuation token, wherever the page has it.

        Raises ValueError for a token that no header can hold.
        """
        linked = self.links.next.headers if self.links and self.links.next else ()
        headers = map(Header.model_validate, linked)
        tokens = (header.value for header in headers if header.key.lower() == CONTINUATION.lower())
        token = next(tokens, self.continuation_token)
        if not re.fullmatch(r"[\x20-\x7e]*", token):
            raise ValueError("names a continuation token that can't be sent")
        return {CONTINUATION: token} if token else {}
