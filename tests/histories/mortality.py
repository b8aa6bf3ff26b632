"""Runs that die in the middle: every port of the run fails from then on, and its lock stays behind."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from reconciler.model.audit import AuditRecord
from reconciler.model.clocks import Clocks
from reconciler.model.commerce import Account, Commerce, Look, Ticket
from reconciler.model.customer import Relationship
from reconciler.model.errors import Problem, StateUnavailable
from reconciler.model.offer import Availability, CatalogueOffer
from reconciler.model.order import Agreement, Cart, CheckedOut, Order, Sku
from reconciler.model.order_request import OrderRequest
from reconciler.model.promotion import Promotion
from reconciler.model.request import TransitionRequest, UpdateRequest
from reconciler.model.run import Run
from reconciler.model.state import CustomerState
from reconciler.model.state_store import Lock, StateStore, Versioned
from reconciler.model.subscription import Listing, Live
from reconciler.model.transition import Transition, TransitionOption
from reconciler.model.upgrade import UpgradeOption, UpgradeResult


class Killed(Exception):
    """The process is gone."""


@dataclass(kw_only=True)
class Process:
    """A run's process. It dies after so many steps, its disk is full after so many writes; None: never."""

    steps: int | None = None
    writes: int | None = None
    dead: bool = False

    def step(self) -> None:
        if self.steps is not None:
            self.steps -= 1
            self.dead = self.dead or self.steps < 0
        self.alive()

    def alive(self) -> None:
        if self.dead:
            raise Killed

    def write(self) -> None:
        if self.writes is not None:
            self.writes -= 1
            if self.writes < 0:
                raise StateUnavailable(
                    Problem(where=None, what="Can't write: No space left on device.", remedy="Make room there.")
                )


def _around(process: Process, do: Callable[..., Any], *arguments: Any) -> Any:
    process.step()
    done = do(*arguments)
    process.step()
    return done


@dataclass(frozen=True)
class MortalCommerce:
    """A client in a mortal process: it may die before a request leaves, and before its answer is read."""

    process: Process
    inner: Commerce

    @property
    def token_kind(self) -> str:
        return self.inner.token_kind

    def now(self) -> datetime:
        self.process.alive()
        return self.inner.now()

    @property
    def clocks(self) -> Clocks:
        return self.inner.clocks

    def subscriptions(self, tenant: str) -> Listing:
        found: Listing = _around(self.process, self.inner.subscriptions, tenant)
        return found

    def subscription(self, tenant: str, subscription_id: str) -> Live:
        found: Live = _around(self.process, self.inner.subscription, tenant, subscription_id)
        return found

    def upgrades(self, tenant: str, subscription_id: str) -> tuple[UpgradeOption, ...]:
        found: tuple[UpgradeOption, ...] = _around(self.process, self.inner.upgrades, tenant, subscription_id)
        return found

    def upgrade(
        self,
        tenant: str,
        subscription_id: str,
        option: UpgradeOption,
        quantity: int,
        ticket: Ticket,
        look: Look | None = None,
    ) -> UpgradeResult:
        arguments = (tenant, subscription_id, option, quantity, ticket, look)
        answer: UpgradeResult = _around(self.process, self.inner.upgrade, *arguments)
        return answer

    def update(
        self, tenant: str, seen: Live, request: UpdateRequest, ticket: Ticket, look: Look | None = None
    ) -> Live | None:
        answer: Live | None = _around(self.process, self.inner.update, tenant, seen, request, ticket, look)
        return answer

    def transition_options(self, tenant: str, subscription_id: str) -> tuple[TransitionOption, ...]:
        found: tuple[TransitionOption, ...] = _around(
            self.process, self.inner.transition_options, tenant, subscription_id
        )
        return found

    def transition(
        self, tenant: str, subscription_id: str, request: TransitionRequest, ticket: Ticket, look: Look | None = None
    ) -> Transition:
        answer: Transition = _around(
            self.process, self.inner.transition, tenant, subscription_id, request, ticket, look
        )
        return answer

    def transitions(self, tenant: str, subscription_id: str) -> tuple[Transition, ...]:
        found: tuple[Transition, ...] = _around(self.process, self.inner.transitions, tenant, subscription_id)
        return found

    def availabilities(self, tenant: str, offer_id: str) -> tuple[Availability, ...]:
        return self.inner.availabilities(tenant, offer_id)

    def sku(self, offer_id: str, market: str, segment: str | None) -> Sku | None:
        return self.inner.sku(offer_id, market, segment)

    def create_cart(self, tenant: str, request: OrderRequest, ticket: Ticket) -> Cart:
        made: Cart = _around(self.process, self.inner.create_cart, tenant, request, ticket)
        return made

    def cart(self, tenant: str, cart_id: str) -> Cart | None:
        found: Cart | None = _around(self.process, self.inner.cart, tenant, cart_id)
        return found

    def check_out(self, tenant: str, cart_id: str, ticket: Ticket, look: Look | None = None) -> CheckedOut:
        answer: CheckedOut = _around(self.process, self.inner.check_out, tenant, cart_id, ticket, look)
        return answer

    def purchase(self, tenant: str, cart_id: str, ticket: Ticket) -> CheckedOut | None:
        found: CheckedOut | None = _around(self.process, self.inner.purchase, tenant, cart_id, ticket)
        return found

    def orders(self, tenant: str) -> tuple[Order, ...]:
        found: tuple[Order, ...] = _around(self.process, self.inner.orders, tenant)
        return found

    def order(self, tenant: str, order_id: str) -> Order:
        found: Order = _around(self.process, self.inner.order, tenant, order_id)
        return found

    def agreement(self, tenant: str) -> Agreement:
        return self.inner.agreement(tenant)

    def promotion(self, promotion_id: str, country: str) -> Promotion:
        return self.inner.promotion(promotion_id, country)

    def relationship(self, tenant: str) -> Relationship:
        return self.inner.relationship(tenant)

    def relationship_link(self) -> str:
        return self.inner.relationship_link()

    @property
    def audit_missing(self) -> str:
        return self.inner.audit_missing

    def audit(self, tenant: str | None, since: datetime) -> tuple[AuditRecord, ...]:
        return self.inner.audit(tenant, since)

    def accounts(self) -> Iterator[Account]:
        return self.inner.accounts()

    def offers(self, country: str) -> tuple[CatalogueOffer, ...]:
        return self.inner.offers(country)


@dataclass(frozen=True)
class MortalStore:
    """A store in a mortal process: it may die before a write and after it, and never gives its locks back then."""

    process: Process
    inner: StateStore
    directory: Path

    @property
    def location(self) -> str:
        return self.inner.location

    def lineage(self) -> str | None:
        self.process.alive()
        return self.inner.lineage()

    def prove(self) -> None:
        self.inner.prove()

    def last_orders(self) -> Mapping[str, str]:
        self.process.alive()
        return self.inner.last_orders()

    def note_order(self, tenant: str, key: str | None) -> None:
        _around(self.process, self.inner.note_order, tenant, key)

    def establish(self, lineage: str) -> str:
        found: str = _around(self.process, self.inner.establish, lineage)
        return found

    def customers(self) -> tuple[str, ...]:
        self.process.alive()
        return self.inner.customers()

    def read(self, customer: str) -> Versioned | None:
        self.process.alive()
        return self.inner.read(customer)

    def write(self, state: CustomerState, expected: str | None) -> str:
        self.process.write()
        version: str = _around(self.process, self.inner.write, state, expected)
        return version

    def remove(self, customer: str, expected: str) -> None:
        self.process.write()
        _around(self.process, self.inner.remove, customer, expected)

    @contextmanager
    def lock(self, customer: str, operation: str, run: Run) -> Iterator[Lock]:
        self.process.step()
        file = self.directory / f"{customer}.lock"
        left: bytes | None = None
        try:
            with self.inner.lock(customer, operation, run) as lock:
                try:
                    yield lock
                finally:
                    left = file.read_bytes() if self.process.dead and file.exists() else None
        finally:
            if left is not None and not file.exists():
                file.write_bytes(left)

    def held(self, customer: str) -> Lock | None:
        return self.inner.held(customer)

    def locks(self) -> tuple[Lock, ...]:
        return self.inner.locks()

    def unlock(self, customer: str, lock_id: str) -> None:
        self.inner.unlock(customer, lock_id)
