"""Exchanges with one API: reads of one thing and of lists, and writes. A new endpoint needs nothing here.

Every read has its own request id; all reads of one client share a correlation id. A write has the ids of its ticket.
"""

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import httpx

from reconciler.advice import problem
from reconciler.model.commerce import Look, Ticket
from reconciler.model.errors import NotFound, ServiceError
from reconciler.model.subscription import UnreadableItem
from reconciler.partner_center import answers, failures
from reconciler.partner_center.clock import ServiceClock
from reconciler.partner_center.http.endpoint import Endpoint, resource_path
from reconciler.partner_center.http.precheck import AHEAD, PRECHECK, Precheck
from reconciler.partner_center.http.rate_limit import LEAVE_BY
from reconciler.partner_center.http.retry import MAXIMUM
from reconciler.partner_center.wire import json_text
from reconciler.partner_center.wire.collections import Page
from reconciler.system.clock import Clock

READ_SECONDS = 60.0
"""Seconds that the answer to a read may take."""

_CONNECT_SECONDS = 10.0
_POOL_SECONDS = 60.0
_MOST_PAGES = 1000
_KILOBYTE = 1024
_MEGABYTE = 1024 * _KILOBYTE
_RESOURCE = 256 * _KILOBYTE
"""The longest answer about a single thing, in bytes: a subscription has 3 kB, a customer 2 kB."""
PAGE = 2 * _MEGABYTE
"""The longest page of a list, in bytes: nearly a thousand subscriptions, or five hundred customers."""
LONG_PAGE = 16 * _MEGABYTE
"""The longest page of the catalogue, of orders and of the audit log, in bytes. A country's catalogue has 0.6 MB."""
_PAGES_FULL = 16
"""The size of a whole list, in pages of the longest kind."""
_NEXT = b"seekOperation=Next"
_READ = httpx.ByteStream(b"")
"""The stream of an answer that was read."""

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class _Place:
    """The address of a page of a list, and the headers that it needs."""

    url: httpx.URL
    headers: tuple[tuple[str, str], ...] = ()


class Rest:
    """Reads and writes at one endpoint. `clock` hears every answer, `machine` measures how long a write waits.

    A write that can't leave within half of `request_seconds` does not leave at all, since later runs may take it for
    lost. Safe to use from several threads.
    """

    def __init__(
        self, endpoint: Endpoint, http: httpx.Client, clock: ServiceClock, machine: Clock, request_seconds: float
    ) -> None:
        self._endpoint = endpoint
        self._http = http
        self._clock = clock
        self._machine = machine
        self._reading = _timeout(READ_SECONDS)
        self._writing = _timeout(request_seconds)
        self._hesitation = request_seconds / 2
        self._correlation_id = str(uuid.uuid4())
        self._ahead = threading.local()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def get(self, url: httpx.URL, read: Callable[[Any], _Value]) -> _Value:
        """Returns what `read` makes of the thing at an address."""
        return answers.understood(self._get(url), read)

    def find(self, url: httpx.URL, read: Callable[[Any], _Value], absent: frozenset[str]) -> _Value | None:
        """Returns what `read` makes of the thing at an address; None where the service says, by one of the codes
        `absent`, that there is none.
        """
        return _or_none(lambda: self.get(url, read), absent)

    def get_list(self, url: httpx.URL, read: Callable[[Any], _Value], longest_page: int = PAGE) -> Iterator[_Value]:
        """Yields what `read` makes of every item of a list, all pages. An item that it can't read is a ServiceError."""
        for items, response, first in self._items(url, longest_page):
            yield from answers.each_of(response, items, read, first)

    def find_list(self, url: httpx.URL, read: Callable[[Any], _Value], absent: frozenset[str]) -> list[_Value] | None:
        """Returns a whole list, as `get_list` has it; None where the service says, by one of the codes `absent`, that
        there is no such thing.
        """
        return _or_none(lambda: list(self.get_list(url, read)), absent)

    def get_readable(
        self, url: httpx.URL, read: Callable[[Any], _Value]
    ) -> Iterator[tuple[int, _Value | UnreadableItem]]:
        """Yields every item of a list with its position, from 1; what `read` can't read stands as that."""
        for items, response, first in self._items(url, PAGE):
            yield from enumerate(answers.readable_of(response, items, read, first), first)

    def post(
        self,
        url: httpx.URL,
        body: Mapping[str, Any] | None,
        read: Callable[[Any], _Value],
        ticket: Ticket,
        look: Look | None = None,
    ) -> _Value:
        """Returns what `read` makes of the answer to a POST, which may have no body."""
        return answers.understood(self._write("POST", url, body, ticket, look), read)

    def patch(
        self, url: httpx.URL, body: Mapping[str, Any], read: Callable[[Any], _Value], ticket: Ticket, look: Look | None
    ) -> _Value | None:
        """Returns what `read` makes of the answer to a PATCH; None where the service accepted and is still at work."""
        response = self._write("PATCH", url, body, ticket, look)
        if response.status_code == httpx.codes.ACCEPTED:
            answers.made_of(response, response.headers.get("Location", ""), self._endpoint.follow)
            return None
        return answers.understood(response, read)

    def _items(self, url: httpx.URL, longest_page: int) -> Iterator[tuple[list[Any], httpx.Response, int]]:
        """Yields the items of each page as they came, and the position of the page's first item in the whole list.

        Fewer items than the service counts and no next page are a ServiceError, since no decision may rest on half a
        list.
        """
        count = 0
        for page, response in self._pages(url, longest_page):
            items = answers.made_of(response, page, lambda page: page.elements)
            yield items, response, count + 1
            count += len(items)
            if answers.made_of(response, page, lambda page: page.last) and (page.total_count or 0) > count:
                answers.misread(response, f"is incomplete: it counts {page.total_count} items and holds {count}")

    def _pages(self, url: httpx.URL, longest_page: int) -> Iterator[tuple[Page, httpx.Response]]:
        """Yields a list's pages, each read once; a list that goes round in circles or on and on is an error."""
        place: _Place | None = _Place(url)
        visited: set[_Place] = set()
        length = 0
        while place is not None:
            visited.add(place)
            response = self._get(place.url, dict(place.headers), longest_page)
            length += len(response.content)
            if len(visited) > _MOST_PAGES or length > _PAGES_FULL * longest_page:
                answers.misread(response, f"is page {len(visited)} of a list that does not end")
            page = answers.understood(response, Page.model_validate)
            yield page, response
            place = answers.made_of(response, page, partial(self._next, first=url))
            if place in visited:
                answers.misread(response, "names a next page that was read already")

    def _next(self, page: Page, first: httpx.URL) -> _Place | None:
        """Returns where the next page is. A token without a link means: the same list, moved on."""
        if page.last:
            return None
        url = self._endpoint.follow(page.next) if page.next else first.copy_with(query=_NEXT)
        return _Place(url, tuple(page.next_headers.items()))

    def _get(
        self, url: httpx.URL, headers: Mapping[str, str] | None = None, longest_answer: int = _RESOURCE
    ) -> httpx.Response:
        ticket = Ticket(request_id=str(uuid.uuid4()), correlation_id=self._correlation_id)
        sent = {**_ids(ticket), **(headers or {})}
        limits = {MAXIMUM: float(longest_answer), AHEAD: getattr(self._ahead, "on", False)}
        request = self._http.build_request("GET", url, headers=sent, timeout=self._reading, extensions=limits)
        return self._exchange(request)

    def _write(
        self, method: str, url: httpx.URL, body: Mapping[str, Any] | None, ticket: Ticket, look: Look | None
    ) -> httpx.Response:
        headers = {**_ids(ticket), "Content-Type": "application/json; charset=utf-8"}
        try:
            content = b"" if body is None else json_text.encoded(body)
        except json_text.Unreadable as error:
            raise ServiceError(problem("document_not_sendable", resource_path(url), fault=error)) from None
        began = self._machine.moment()

        def late() -> bool:
            return self._machine.seconds_since(began) > self._hesitation

        leaving = {LEAVE_BY: began.elapsed + self._hesitation, PRECHECK: Precheck(look, late, self._looking)}
        request = self._http.build_request(
            method, url, headers=headers, content=content, timeout=self._writing, extensions=leaving
        )
        return self._exchange(request)

    @contextmanager
    def _looking(self) -> Iterator[None]:
        """Lets this thread's reads go ahead of others: a write that has its turn waits for them."""
        self._ahead.on = True
        try:
            yield
        finally:
            self._ahead.on = False

    def _exchange(self, request: httpx.Request) -> httpx.Response:
        try:
            response = self._http.send(request)
        except httpx.HTTPError as error:
            raise failures.unanswered(request, error) from error
        response.stream = _READ  # httpx's own holds the response: such circles would fill the memory for a while
        with answers.read_of(response):
            self._clock.hear(response.headers.get("Date"))
            if not response.is_success:
                raise failures.refused(response)
        return response


def _or_none(ask: Callable[[], _Value], absent: frozenset[str]) -> _Value | None:
    try:
        return ask()
    except NotFound as error:
        if error.code not in absent:
            raise
        return None


def _timeout(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(seconds, connect=_CONNECT_SECONDS, pool=_POOL_SECONDS)


def _ids(ticket: Ticket) -> dict[str, str]:
    return {"MS-RequestId": ticket.request_id, "MS-CorrelationId": ticket.correlation_id}
