"""Listens in on what planning asks, and keeps the answers."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

from reconciler import changes
from reconciler.documents.snapshot import Recorded, Refusal, Snapshot, item_key, options_json
from reconciler.model.audit import AuditRecord
from reconciler.model.clocks import Clocks
from reconciler.model.commerce import Account, Commerce
from reconciler.model.customer import Relationship
from reconciler.model.errors import ServiceError
from reconciler.model.offer import Availability, CatalogueOffer
from reconciler.model.order import Agreement, Cart, Order, Sku
from reconciler.model.promotion import Promotion
from reconciler.model.result import Result
from reconciler.model.run import Run
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Listing, Live
from reconciler.model.term import Platform
from reconciler.model.transition import Transition, TransitionOption
from reconciler.model.upgrade import UpgradeOption
from reconciler.snapshot.read_only import ReadOnly

_Answer = TypeVar("_Answer")


class Recorder(ReadOnly):
    """A `Commerce` that passes every read on and remembers what came back. It sends no writes. Safe between threads."""

    def __init__(self, inner: Commerce) -> None:
        self._inner = inner
        self._begun_at: datetime | None = None
        self._lock = threading.Lock()
        self._customers: dict[str, dict[str, Any]] = defaultdict(dict)
        self._upgrades: dict[str, dict[str, Any]] = defaultdict(dict)
        self._upgrades_unread: dict[str, dict[str, Refusal]] = defaultdict(dict)
        self._transitions: dict[str, dict[str, tuple[TransitionOption, ...]]] = defaultdict(dict)
        self._transitions_unread: dict[str, dict[str, Refusal]] = defaultdict(dict)
        self._promotions: dict[str, Promotion] = {}
        self._skus: dict[str, Sku | None] = {}
        self._skus_unread: dict[str, Refusal] = {}
        self._link: str | None = None

    def snapshot(
        self,
        cloud: str,
        lineage: str | None,
        states: Iterable[CustomerState],
        last_orders: Mapping[str, str] = MappingProxyType({}),
        partner: str | None = None,
    ) -> Snapshot:
        """All answers so far, with the state beside them."""
        with self._lock:
            return Snapshot(
                taken_at=self._inner.now(),
                cloud=cloud,
                token_kind=self._inner.token_kind,
                lineage=lineage,
                begun_at=self._begun_at,
                partner=partner,
                relationship_link=self._link,
                promotions=dict(sorted(self._promotions.items())),
                skus=dict(sorted(self._skus.items())),
                skus_unread=dict(sorted(self._skus_unread.items())),
                last_orders=dict(sorted(last_orders.items())),
                states=tuple(without_people(state) for state in sorted(states, key=lambda state: state.customer.name)),
                customers=tuple(
                    Recorded(
                        tenant=tenant,
                        upgrades=dict(sorted(self._upgrades[tenant].items())),
                        upgrades_unread=dict(sorted(self._upgrades_unread[tenant].items())),
                        transitions=dict(sorted(self._transitions[tenant].items())),
                        transitions_unread=dict(sorted(self._transitions_unread[tenant].items())),
                        **answers,
                    )
                    for tenant, answers in sorted(self._customers.items())
                ),
            )

    def unasked(self, tenants: Iterable[str]) -> tuple[str, ...]:
        """Those of the customers whose subscriptions nobody has asked for."""
        return tuple(tenant for tenant in tenants if tenant not in self._customers)

    def without_upgrades(self) -> tuple[tuple[str, str], ...]:
        """Tenant and id of every active subscription whose upgrades nobody has asked for, add-ons apart."""
        return tuple(
            (tenant, live.id)
            for tenant, answers in sorted(self._customers.items())
            for live in answers.get("subscriptions", ())
            if live.active and not live.is_add_on and live.platform is Platform.TRADITIONAL
            if live.id not in self._upgrades[tenant] and live.id not in self._upgrades_unread[tenant]
        )

    @property
    def token_kind(self) -> str:
        return self._inner.token_kind

    def now(self) -> datetime:
        return self._inner.now()

    @property
    def clocks(self) -> Clocks:
        return self._inner.clocks

    def subscriptions(self, tenant: str) -> Listing:
        found = self._recorded(lambda: self._inner.subscriptions(tenant), self._customers[tenant], "unread")
        with self._lock:
            self._begun_at = self._begun_at or self._inner.now()
            self._customers[tenant]["subscriptions"] = tuple(map(_lean_live, found.lives))
            self._customers[tenant]["unreadable"] = found.unreadable
        return found

    def upgrades(self, tenant: str, subscription_id: str) -> tuple[UpgradeOption, ...]:
        unread = self._upgrades_unread[tenant]
        found = self._recorded(lambda: self._inner.upgrades(tenant, subscription_id), unread, subscription_id)
        with self._lock:
            self._upgrades[tenant][subscription_id] = options_json(found)
        return found

    def relationship(self, tenant: str) -> Relationship:
        answers = self._customers[tenant]
        found = self._recorded(lambda: self._inner.relationship(tenant), answers, "relationship_unread")
        with self._lock:
            answers["relationship"] = found
        return found

    def relationship_link(self) -> str:
        self._link = self._inner.relationship_link()
        return self._link

    def subscription(self, tenant: str, subscription_id: str) -> Live:
        """The answer takes the place of the list's: a list may leave out what is scheduled."""
        found = self._inner.subscription(tenant, subscription_id)
        with self._lock:
            kept = self._customers[tenant].get("subscriptions", ())
            read = tuple(_lean_live(found) if live.id == subscription_id else live for live in kept)
            self._customers[tenant]["subscriptions"] = read
        return found

    def transition_options(self, tenant: str, subscription_id: str) -> tuple[TransitionOption, ...]:
        unread = self._transitions_unread[tenant]
        found = self._recorded(lambda: self._inner.transition_options(tenant, subscription_id), unread, subscription_id)
        with self._lock:
            self._transitions[tenant][subscription_id] = found
        return found

    def promotion(self, promotion_id: str, country: str) -> Promotion:
        found = self._inner.promotion(promotion_id, country)
        with self._lock:
            self._promotions[f"{promotion_id} {country}"] = found
        return found

    def transitions(self, tenant: str, subscription_id: str) -> tuple[Transition, ...]:
        return self._inner.transitions(tenant, subscription_id)

    def availabilities(self, tenant: str, offer_id: str) -> tuple[Availability, ...]:
        return self._inner.availabilities(tenant, offer_id)

    def sku(self, offer_id: str, market: str, segment: str | None) -> Sku | None:
        key = item_key(offer_id, market, segment)
        found = self._recorded(lambda: self._inner.sku(offer_id, market, segment), self._skus_unread, key)
        with self._lock:
            self._skus[key] = found
        return found

    def cart(self, tenant: str, cart_id: str) -> Cart | None:
        return self._inner.cart(tenant, cart_id)

    def orders(self, tenant: str) -> tuple[Order, ...]:
        answers = self._customers[tenant]
        found = self._recorded(lambda: self._inner.orders(tenant), answers, "orders_unread")
        with self._lock:
            answers["orders"] = tuple(map(_lean_order, found))
        return found

    def order(self, tenant: str, order_id: str) -> Order:
        return self._inner.order(tenant, order_id)

    def agreement(self, tenant: str) -> Agreement:
        answers = self._customers[tenant]
        found = self._recorded(lambda: self._inner.agreement(tenant), answers, "agreement_unread")
        with self._lock:
            answers["agreement"] = found
        return found

    @property
    def audit_missing(self) -> str:
        return self._inner.audit_missing

    def audit(self, tenant: str | None, since: datetime) -> tuple[AuditRecord, ...]:
        return self._inner.audit(tenant, since)

    def accounts(self) -> Iterator[Account]:
        return self._inner.accounts()

    def offers(self, country: str) -> tuple[CatalogueOffer, ...]:
        return self._inner.offers(country)

    def _recorded(self, ask: Callable[[], _Answer], refusals: dict[str, Any], key: str) -> _Answer:
        """The answer; one that was refused is remembered as that."""
        try:
            return ask()
        except ServiceError as error:
            with self._lock:
                what = " ".join(problem.what for problem in error.problems)
                refusals[key] = Refusal(what=what, status=error.status, code=error.code, remedy=error.remedy)
            raise


def without_people(state: CustomerState) -> CustomerState:
    """Returns what planning needs of a state: no run's actor, no user; of an address its last result and upgrades."""
    last = {result.address: result.request_id for result in state.results}
    kept = [result for result in state.results if result.request_id in last.values() or _bought(result)]
    pending = {
        name: {action: replace(change, run=_nobody(change.run)) for action, change in actions.items()}
        for name, actions in state.pending.items()
    }
    return replace(state, pending=pending, results=tuple(_lean(result) for result in kept))


def _lean_live(live: Live) -> Live:
    """Returns what planning needs of a subscription: no name that a person gave it, and not the whole document."""
    return replace(live, friendly_name="", body=None)


def _lean_order(order: Order) -> Order:
    """Returns an order without the names that a person gave its lines."""
    return replace(order, lines=tuple(replace(line, friendly_name="") for line in order.lines))


def _lean(result: Result) -> Result:
    return replace(result, run=_nobody(result.run), upgrade_errors=(), license_errors=())


def _bought(result: Result) -> bool:
    """Returns whether it tells of a purchase, or of an order of the service that planning has to explain."""
    return changes.of(result.request).buys and (result.outcome.performed or result.operation is not None)


def _nobody(run: Run) -> Run:
    return Run(id=run.id, actor="")
