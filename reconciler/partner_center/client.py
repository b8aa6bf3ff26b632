"""The client: the calls of the `Commerce` port, in its order."""

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from reconciler.model.address import canonical
from reconciler.model.audit import AuditRecord
from reconciler.model.capabilities import Capabilities
from reconciler.model.clocks import Clocks
from reconciler.model.errors import AuthenticationFailed, InvalidInput, ServiceError, ServiceRefused
from reconciler.model.ports import Account, Look, Ticket
from reconciler.model.subscription import CatalogueOffer, Listing, Live, Relationship, UnreadableItem
from reconciler.model.upgrade import UpgradeOption, UpgradeResult
from reconciler.partner_center import answers, failures
from reconciler.partner_center.auth import BearerAuth, TokenSource
from reconciler.partner_center.clock import ServiceClock
from reconciler.partner_center.http.decompression import ENCODINGS
from reconciler.partner_center.http.endpoint import Endpoint
from reconciler.partner_center.http.network import direct_transport
from reconciler.partner_center.http.precheck import AHEAD, DEPARTURE, Departure
from reconciler.partner_center.http.rate_limit import LEAVE_BY, Pace, PacedTransport
from reconciler.partner_center.http.retry import MAXIMUM, Retries, RetryingTransport
from reconciler.partner_center.http.sender import Sender
from reconciler.partner_center.http.tracing import TracedTransport
from reconciler.partner_center.wire import audit, customers, json_text, subscriptions, upgrades
from reconciler.partner_center.wire.collections import Page

READ_SECONDS = 60.0
"""How long the answer to a read may take."""

_CONNECT_SECONDS = 10.0
_POOL_SECONDS = 60.0
_MOST_PAGES = 1000
_KILOBYTE = 1024
_MEGABYTE = 1024 * _KILOBYTE
_ONE = 256 * _KILOBYTE
"""The longest answer about a single thing, in bytes: a subscription has 3 kB, a customer 2 kB."""
_PAGE = 2 * _MEGABYTE
"""The longest page of a list, in bytes: nearly a thousand subscriptions, or five hundred customers."""
_LONG_PAGE = 16 * _MEGABYTE
"""The longest page of the catalogue and of the audit log, in bytes. A country's catalogue has 0.6 MB."""
_PAGES_FULL = 16
"""How many pages of the longest kind a list may come to."""
_CUSTOMERS_PER_PAGE = "500"
_NEXT = b"seekOperation=Next"
_AUDIT_KEPT = timedelta(days=89)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class _Step:
    """Where a page of a list is: its address, and the headers that it needs."""

    url: httpx.URL
    headers: tuple[tuple[str, str], ...] = ()


class PartnerCenter:
    """Partner Center over HTTP; implements `reconciler.model.ports.Commerce`, which says what the calls promise.

    `base_url` is the API's address without `/v1` (see `check_endpoint`), `request_seconds` how long the answer to a
    write may take, `transport` what carries the requests instead of the network, `requests_per_minute` how fast the
    service may be asked at most (None: as fast as it bears). A write that can't leave within half of
    `request_seconds` does not leave at all, since later runs may take it for lost. What the cloud lacks by its
    `capabilities` is not asked for. All reads of one client share a correlation id. Safe to use from several threads;
    close it, or use it in a `with`.
    """

    def __init__(
        self,
        *,
        base_url: str,
        tokens: TokenSource,
        transport: httpx.BaseTransport | None = None,
        request_seconds: float = 180,
        user_agent: str = "reconciler",
        retries: Retries | None = None,
        requests_per_minute: int | None = None,
        capabilities: Capabilities | None = None,
    ) -> None:
        self._endpoint = Endpoint(base_url)
        self._tokens = tokens
        self._reading = _timeout(READ_SECONDS)
        self._writing = _timeout(request_seconds)
        self._hesitation = request_seconds / 2
        self._correlation_id = str(uuid.uuid4())
        can = capabilities or Capabilities()
        self._audit, self._link = can.audit, can.relationship_link
        inner = transport or direct_transport(self._endpoint)
        retries = retries or Retries()
        self._clock = ServiceClock(retries.clock)
        self._machine = retries.clock
        self._ahead = threading.local()
        self._http = Sender(
            _unhurried(inner, retries, requests_per_minute),
            BearerAuth(tokens, self._endpoint),
            _identification(user_agent),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    @property
    def token_kind(self) -> str:
        return self._tokens.kind

    def now(self) -> datetime:
        return self._clock.now()

    @property
    def clocks(self) -> Clocks:
        return self._clock.clocks

    def subscriptions(self, tenant: str) -> Listing:
        lives: dict[str, Live] = {}
        unreadable: dict[str | int, UnreadableItem] = {}
        for items, response, first in self._items(self._endpoint.url("customers", tenant, "subscriptions")):
            for position, item in enumerate(answers.readable_of(response, items, subscriptions.listed, first), first):
                if isinstance(item, UnreadableItem):
                    unreadable[item.id or position] = item
                elif lives.setdefault(item.id, item) != item:
                    why = "is listed twice, with different values"
                    unreadable[item.id] = UnreadableItem(id=item.id, position=position, why=why)
        understood = tuple(live for live in lives.values() if live.id not in unreadable)
        return Listing(lives=understood, unreadable=tuple(unreadable.values()))

    def subscription(self, tenant: str, subscription_id: str) -> Live:
        response = self._read(self._subscription(tenant, subscription_id))
        live = answers.understood(response, subscriptions.single)
        if live.id != canonical(subscription_id):
            answers.misread(response, "is about another subscription than the one that was asked for")
        return live

    def upgrades(self, tenant: str, subscription_id: str) -> tuple[UpgradeOption, ...]:
        url = self._subscription(tenant, subscription_id, "upgrades")
        return tuple(option for option, _ in self._listed(url, upgrades.option))

    def upgrade(
        self,
        tenant: str,
        subscription_id: str,
        option: UpgradeOption,
        quantity: int,
        ticket: Ticket,
        look: Look | None = None,
    ) -> UpgradeResult:
        url = self._subscription(tenant, subscription_id, "upgrades")
        response = self._write("POST", url, upgrades.request(option, quantity), ticket, look)
        read = partial(upgrades.result, source=canonical(subscription_id), asked=option)
        return answers.understood(response, read)

    def resize(self, tenant: str, seen: Live, quantity: int, ticket: Ticket, look: Look | None = None) -> Live | None:
        if seen.body is None:
            message = f"the subscription {seen.id} was not read by itself: it has no body to send back"
            raise ValueError(message)
        body = subscriptions.with_quantity(seen.body, quantity)
        response = self._write("PATCH", self._subscription(tenant, seen.id), body, ticket, look)
        if response.status_code == httpx.codes.ACCEPTED:
            self._check_location(response)
            return None
        return answers.understood(response, partial(_resized, seen=seen, quantity=quantity))

    def relationship(self, tenant: str) -> Relationship:
        return answers.understood(self._read(self._endpoint.url("customers", tenant)), customers.relationship)

    def relationship_link(self) -> str:
        """Raises ServiceRefused where there is no link to be had: in this cloud, or for an application alone.

        The latter ends a run everywhere else; this call alone is one that an application needs a user for.
        """
        if not self._link.available:
            raise ServiceRefused.because(self._link.reason, "Invite the customer in Partner Center's own pages.")
        try:
            response = self._read(self._endpoint.url("customers", "relationshiprequests"))
        except AuthenticationFailed as error:
            if error.status != httpx.codes.FORBIDDEN:
                raise
            raise ServiceRefused(
                *error.problems, status=error.status, code=error.code, support=error.support, remedy=error.remedy
            ) from error
        return answers.understood(response, customers.relationship_link)

    def accounts(self) -> Iterator[Account]:
        url = self._endpoint.url("customers", query={"size": _CUSTOMERS_PER_PAGE})
        return (account for account, _ in self._listed(url, customers.account))

    def offers(self, country: str) -> tuple[CatalogueOffer, ...]:
        code = country.upper()
        if not (len(code) == len("US") and code.isascii() and code.isalpha()):
            what = f"{country!r} is not a country's code."
            raise InvalidInput.because(what, "Give two letters, such as US or CN.", "country")
        url = self._endpoint.url("offers", query={"country": code})
        return tuple(offer for offer, _ in self._listed(url, customers.offer, _LONG_PAGE))

    @property
    def audit_missing(self) -> str:
        return self._audit.reason

    def audit(self, tenant: str, since: datetime) -> tuple[AuditRecord, ...]:
        if not self._audit.available:
            return ()
        first = max(since, self.now() - _AUDIT_KEPT).date()
        chosen = json_text.encoded({"Field": "CustomerId", "Value": tenant, "Operator": "equals"}).decode()
        url = self._endpoint.url("auditrecords", query={"startDate": first.isoformat(), "filter": chosen})
        found = (told for told, _ in self._listed(url, audit.record, _LONG_PAGE))
        return tuple(record for customer, record in found if audit.about((customer, record), tenant, since))

    def _subscription(self, tenant: str, subscription_id: str, *below: str) -> httpx.URL:
        return self._endpoint.url("customers", tenant, "subscriptions", subscription_id, *below)

    def _listed(
        self, url: httpx.URL, read: Callable[[Any], _Value], longest_page: int = _PAGE
    ) -> Iterator[tuple[_Value, httpx.Response]]:
        """Every item of a list, with the page that it stands on.

        It is all or nothing: an item that can't be understood is a ServiceError.
        """
        for items, response, first in self._items(url, longest_page):
            for value in answers.each_of(response, items, read, first):
                yield value, response

    def _items(self, url: httpx.URL, longest_page: int = _PAGE) -> Iterator[tuple[list[Any], httpx.Response, int]]:
        """The items of each page of a list as they came, and the position of the page's first item in the whole list.

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
        """A list's pages, each read once; a list that goes round in circles or on and on is an error."""
        step: _Step | None = _Step(url)
        visited: set[_Step] = set()
        length = 0
        while step is not None:
            visited.add(step)
            response = self._read(step.url, dict(step.headers), longest_page)
            length += len(response.content)
            if len(visited) > _MOST_PAGES or length > _PAGES_FULL * longest_page:
                answers.misread(response, f"is page {len(visited)} of a list that does not end")
            page = answers.understood(response, Page.model_validate)
            yield page, response
            step = answers.made_of(response, page, partial(self._step, first=url))
            if step in visited:
                answers.misread(response, "names a next page that was read already")

    def _step(self, page: Page, first: httpx.URL) -> _Step | None:
        """Where the next page is. A token without a link means: the same list, moved on."""
        if page.last:
            return None
        url = self._endpoint.follow(page.next) if page.next else first.copy_with(query=_NEXT)
        return _Step(url, tuple(page.next_headers.items()))

    def _check_location(self, response: httpx.Response) -> None:
        answers.made_of(response, response.headers.get("Location", ""), self._endpoint.follow)

    def _read(
        self, url: httpx.URL, headers: Mapping[str, str] | None = None, longest_answer: int = _ONE
    ) -> httpx.Response:
        ticket = Ticket(request_id=str(uuid.uuid4()), correlation_id=self._correlation_id)
        asked = {**_ids(ticket), **(headers or {})}
        limits = {MAXIMUM: float(longest_answer), AHEAD: getattr(self._ahead, "on", False)}
        return self._exchange(self._http.request("GET", url, asked, self._reading, b"", **limits))

    def _write(
        self, method: str, url: httpx.URL, body: Mapping[str, Any], ticket: Ticket, look: Look | None
    ) -> httpx.Response:
        headers = {**_ids(ticket), "Content-Type": "application/json; charset=utf-8"}
        try:
            content = json_text.encoded(body)
        except json_text.Unreadable as error:
            what = f"The document to send back to Partner Center {error}. Nothing was sent."
            raise ServiceError.because(what, "Give Microsoft's support the subscription's id.", url.path) from None
        began = self._machine.moment()

        def late() -> bool:
            return self._machine.seconds_since(began) > self._hesitation

        departure = Departure(look, late, self._looking)
        leaving = {LEAVE_BY: began.elapsed + self._hesitation, DEPARTURE: departure}
        return self._exchange(self._http.request(method, url, headers, self._writing, content, **leaving))

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
        with answers.read_of(response):
            self._clock.hear(response.headers.get("Date"))
            if not response.is_success:
                raise failures.refused(response)
        return response


def _unhurried(inner: httpx.BaseTransport, retries: Retries, requests_per_minute: int | None) -> httpx.BaseTransport:
    """Every attempt waits for its turn; what is refused or lost is tried again where that is safe."""
    pace = Pace(
        requests_per_minute=requests_per_minute,
        patience_seconds=retries.pause_seconds,
        clock=retries.clock,
        sleep=retries.paced or retries.sleep,
        sent=retries.sent,
    )
    return RetryingTransport(PacedTransport(TracedTransport(inner), pace), retries)


def _timeout(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(seconds, connect=_CONNECT_SECONDS, pool=_POOL_SECONDS)


def _identification(user_agent: str) -> dict[str, str]:
    return {
        "Accept": "application/json",
        "Accept-Encoding": ", ".join(ENCODINGS),
        "User-Agent": user_agent,
        "MS-Contract-Version": "v1",
        "MS-PartnerCenter-Application": "reconciler",
        "X-Locale": "en-US",
    }


def _ids(ticket: Ticket) -> dict[str, str]:
    return {"MS-RequestId": ticket.request_id, "MS-CorrelationId": ticket.correlation_id}


def _resized(raw: Any, *, seen: Live, quantity: int) -> Live | None:
    """The subscription as answered; None where the answer holds the changed member alone, as has been seen.

    Raises ValueError for an answer about another subscription.
    """
    partial_answer = subscriptions.PartialSubscription.model_validate(raw)
    if not partial_answer.id and partial_answer.quantity == quantity:
        return None
    live = subscriptions.single(raw)
    if live.id != seen.id:
        raise ValueError("is about another subscription than the one that was changed")
    return live
