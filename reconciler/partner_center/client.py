"""The client: the calls of the `Commerce` port, in its order. Each is an address, and a reader of `wire/`."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import chain
from types import TracebackType
from typing import Self

import httpx

from reconciler.advice import problem, sentence
from reconciler.model.address import canonical
from reconciler.model.audit import AUDIT_KEPT, AuditRecord
from reconciler.model.capabilities import Capabilities
from reconciler.model.clocks import Clocks
from reconciler.model.commerce import Account, Look, Ticket
from reconciler.model.customer import Relationship
from reconciler.model.errors import (
    AuthenticationFailed,
    Forbidden,
    Inconclusive,
    InvalidInput,
    NoAnswer,
    NotFound,
    RelationshipMissing,
    ServiceRefused,
    TooManyRequests,
)
from reconciler.model.offer import Availability, CatalogueOffer
from reconciler.model.order import Agreement, Cart, CartStatus, CheckedOut, Order, Sku
from reconciler.model.order_request import OrderRequest
from reconciler.model.promotion import Promotion
from reconciler.model.request import TransitionRequest, UpdateRequest
from reconciler.model.subscription import Listing, Live, UnreadableItem
from reconciler.model.transition import Transition, TransitionOption
from reconciler.model.upgrade import UpgradeOption, UpgradeResult
from reconciler.partner_center.auth import BearerAuth, TokenSource
from reconciler.partner_center.clock import ServiceClock
from reconciler.partner_center.http.endpoint import Endpoint
from reconciler.partner_center.http.retry import Retries
from reconciler.partner_center.http.stack import http_client, stack
from reconciler.partner_center.rest import LONG_PAGE, Rest
from reconciler.partner_center.wire import (
    agreements,
    audit,
    carts,
    catalogue,
    customers,
    orders,
    promotions,
    subscriptions,
    transitions,
    updates,
    upgrades,
)

_CUSTOMERS_PER_PAGE = "500"
_NOW = {"eligibilityType": "immediate"}
_NOT_IN_CATALOGUE = frozenset({"400013", "400018"})
_NO_CART = frozenset({"800008"})
_UNREADABLE = frozenset({httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND})


class PartnerCenter:
    """Partner Center over HTTP; implements `reconciler.model.commerce.Commerce`, which says what the calls promise.

    `base_url` is the API's address without `/v1` (see `check_endpoint`), `request_seconds` how long the answer to a
    write may take, `transport` what carries the requests instead of the network, `requests_per_minute` the most
    requests a minute (None: as many as the service takes). What the cloud lacks by its `capabilities` is not asked
    for. Safe to use from several threads; close it, or use it in a `with`.
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
        can = capabilities or Capabilities()
        self._audit, self._link = can.audit, can.relationship_link
        retries = retries or Retries()
        self._clock = ServiceClock(retries.clock, own_time=not can.common_time.available)
        network = transport or self._direct(retries)
        auth = BearerAuth(tokens, self._endpoint)
        http = http_client(stack(network, retries, requests_per_minute), auth, user_agent)
        self._rest = Rest(self._endpoint, http, self._clock, retries.clock, request_seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _direct(self, retries: Retries) -> httpx.BaseTransport:
        from reconciler.partner_center.http.network import direct_transport

        return direct_transport(self._endpoint, retries.stop)

    def close(self) -> None:
        """Closes the connections."""
        self._rest.close()

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
        for position, item in self._rest.get_readable(self._customer(tenant, "subscriptions"), subscriptions.listed):
            if isinstance(item, UnreadableItem):
                unreadable[item.id or position] = item
            elif (first := lives.setdefault(item.id, item)) != item:
                why = "is listed twice, with different values"
                offer_id = item.offer.id if item.offer.id == first.offer.id else None
                unreadable[item.id] = UnreadableItem(id=item.id, position=position, why=why, offer_id=offer_id)
        readable = tuple(live for live in lives.values() if live.id not in unreadable)
        return Listing(lives=readable, unreadable=tuple(unreadable.values()))

    def subscription(self, tenant: str, subscription_id: str) -> Live:
        read = partial(subscriptions.single, expected=canonical(subscription_id))
        return self._rest.get(self._subscription(tenant, subscription_id), read)

    def upgrades(self, tenant: str, subscription_id: str) -> tuple[UpgradeOption, ...]:
        url = self._subscription(tenant, subscription_id, "upgrades")
        return tuple(self._rest.get_list(url, upgrades.option))

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
        read = partial(upgrades.result, source=canonical(subscription_id), option=option)
        return self._rest.post(url, upgrades.request(option, quantity), read, ticket, look)

    def update(
        self, tenant: str, seen: Live, request: UpdateRequest, ticket: Ticket, look: Look | None = None
    ) -> Live | None:
        url = self._subscription(tenant, seen.id)
        read = partial(updates.answered, seen=seen, request=request)
        return self._rest.patch(url, updates.body(seen, request), read, ticket, look)

    def transition_options(self, tenant: str, subscription_id: str) -> tuple[TransitionOption, ...]:
        url = self._subscription(tenant, subscription_id, "transitionEligibilities", query=_NOW)
        return tuple(chain.from_iterable(self._rest.get_list(url, transitions.options)))

    def transition(
        self, tenant: str, subscription_id: str, request: TransitionRequest, ticket: Ticket, look: Look | None = None
    ) -> Transition:
        url = self._subscription(tenant, subscription_id, "transitions")
        read = partial(transitions.accepted, wanted=request)
        return self._rest.post(url, transitions.request(request), read, ticket, look)

    def transitions(self, tenant: str, subscription_id: str) -> tuple[Transition, ...]:
        return self._rest.get(self._subscription(tenant, subscription_id, "transitions"), transitions.history)

    def availabilities(self, tenant: str, offer_id: str) -> tuple[Availability, ...]:
        product, _, sku = offer_id.partition(":")
        url = self._customer(tenant, "products", product, "skus", sku, "availabilities")
        return tuple(self._rest.get_list(url, catalogue.availability))

    def sku(self, offer_id: str, market: str, segment: str | None) -> Sku | None:
        product, _, sku = offer_id.partition(":")
        where = {"country": market.upper(), **({"targetSegment": segment} if segment else {})}
        at = ("products", product, "skus", sku)
        sold_at = self._endpoint.url(*at, "availabilities", query=where)
        sold = self._rest.find_list(sold_at, catalogue.availability, _NOT_IN_CATALOGUE)
        if sold is None:
            return None
        read = partial(catalogue.sku, offer_id=offer_id, availabilities=tuple(sold))
        return self._rest.find(self._endpoint.url(*at, query=where), read, _NOT_IN_CATALOGUE)

    def create_cart(self, tenant: str, request: OrderRequest, ticket: Ticket) -> Cart:
        return self._rest.post(self._customer(tenant, "carts"), carts.request(request), carts.cart, ticket)

    def cart(self, tenant: str, cart_id: str) -> Cart | None:
        return self._rest.find(self._customer(tenant, "carts", cart_id), carts.cart, _NO_CART)

    def check_out(self, tenant: str, cart_id: str, ticket: Ticket, look: Look | None = None) -> CheckedOut:
        """A 429 is no definite no here: the documents promise that of no purchase."""
        url = self._customer(tenant, "carts", cart_id, "checkout")
        try:
            return self._rest.post(url, None, orders.checked_out, ticket, look)
        except TooManyRequests as error:
            raise Inconclusive(
                *error.problems, status=error.status, code=error.code, support=error.support, remedy=error.remedy
            ) from error

    def purchase(self, tenant: str, cart_id: str, ticket: Ticket) -> CheckedOut | None:
        """A checkout that is repeated gives the orders of the first one (cart-resources, "Checkout"). No cart that is
        ordered is ever open again, so what was read of it still holds.
        """
        cart = self.cart(tenant, cart_id)
        if cart is None or cart.status is not CartStatus.ORDERED:
            return None
        try:
            found = self.check_out(tenant, cart_id, ticket)
        except (NoAnswer, ServiceRefused):
            return None
        return found if found.orders else None

    def orders(self, tenant: str) -> tuple[Order, ...]:
        return tuple(self._rest.get_list(self._customer(tenant, "orders"), orders.order, LONG_PAGE))

    def order(self, tenant: str, order_id: str) -> Order:
        return self._rest.get(self._customer(tenant, "orders", order_id), orders.order)

    def agreement(self, tenant: str) -> Agreement:
        """Neither is asked of an application alone, nor where the cloud has no agreements."""
        query = {"agreementType": agreements.CUSTOMER_AGREEMENT}
        try:
            listed = self._rest.get_list(self._customer(tenant, "agreements", query=query), agreements.confirmed)
            signed_at = self._customer(tenant, "directSignedMicrosoftCustomerAgreementStatus")
            accepted = any(listed) or self._rest.get(signed_at, agreements.signed)
        except (AuthenticationFailed, Forbidden, NotFound) as error:
            if isinstance(error, RelationshipMissing) or error.status not in _UNREADABLE:
                raise
            return Agreement.UNREADABLE
        return Agreement.ACCEPTED if accepted else Agreement.MISSING

    def promotion(self, promotion_id: str, country: str) -> Promotion:
        url = self._endpoint.url("productpromotions", promotion_id, query={"country": country})
        return self._rest.get(url, promotions.promotion)

    def relationship(self, tenant: str) -> Relationship:
        return self._rest.get(self._customer(tenant), customers.relationship)

    def relationship_link(self) -> str:
        """Raises ServiceRefused where there is no link to be had: in this cloud, or for an application alone.

        The latter ends a run everywhere else; this call alone is one that an application needs a user for.
        """
        if not self._link.available:
            raise ServiceRefused(problem("no_link_in_cloud", reason=sentence(self._link.lacking)))
        try:
            return self._rest.get(self._endpoint.url("customers", "relationshiprequests"), customers.relationship_link)
        except AuthenticationFailed as error:
            if error.status != httpx.codes.FORBIDDEN:
                raise
            raise ServiceRefused(
                *error.problems, status=error.status, code=error.code, support=error.support, remedy=error.remedy
            ) from error

    def accounts(self) -> Iterator[Account]:
        return self._rest.get_list(
            self._endpoint.url("customers", query={"size": _CUSTOMERS_PER_PAGE}), customers.account
        )

    def offers(self, country: str) -> tuple[CatalogueOffer, ...]:
        code = country.upper()
        if not (len(code) == len("US") and code.isascii() and code.isalpha()):
            raise InvalidInput(problem("not_a_country", "country", text=repr(country)))
        return tuple(
            self._rest.get_list(self._endpoint.url("offers", query={"country": code}), customers.offer, LONG_PAGE)
        )

    @property
    def audit_missing(self) -> str:
        return "" if self._audit.available else sentence(self._audit.lacking)

    def audit(self, tenant: str | None, since: datetime) -> tuple[AuditRecord, ...]:
        if not self._audit.available:
            return ()
        first = max(since, self.now() - AUDIT_KEPT).date()
        query = {"startDate": first.isoformat(), **({} if tenant is None else audit.only_customer(tenant))}
        records = self._rest.get_list(self._endpoint.url("auditrecords", query=query), audit.record, LONG_PAGE)
        return tuple(record for record in records if audit.about(record, tenant, since))

    def _customer(self, tenant: str, *below: str, query: Mapping[str, str] | None = None) -> httpx.URL:
        return self._endpoint.url("customers", tenant, *below, query=query)

    def _subscription(
        self, tenant: str, subscription_id: str, *below: str, query: Mapping[str, str] | None = None
    ) -> httpx.URL:
        return self._customer(tenant, "subscriptions", subscription_id, *below, query=query)
