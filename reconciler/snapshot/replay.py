"""Answers from a snapshot, as the service and the state location answered when it was taken."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import NoReturn

from reconciler import advice
from reconciler.documents.snapshot import Recorded, Refusal, Snapshot, item_key, options
from reconciler.model.audit import AuditRecord
from reconciler.model.clocks import Clocks
from reconciler.model.commerce import Account
from reconciler.model.customer import Relationship
from reconciler.model.errors import NotInSnapshot, RelationshipMissing, ServiceRefused, StateUnavailable
from reconciler.model.offer import Availability, CatalogueOffer
from reconciler.model.order import Agreement, Cart, Order, Sku
from reconciler.model.promotion import Promotion
from reconciler.model.run import Run
from reconciler.model.state import CustomerState
from reconciler.model.state_store import Lock, Versioned
from reconciler.model.subscription import Listing, Live
from reconciler.model.transition import Transition, TransitionOption
from reconciler.model.upgrade import UpgradeOption
from reconciler.snapshot.read_only import ReadOnly


class Replay(ReadOnly):
    """A `Commerce` whose every answer is of the moment when the snapshot was taken.

    Raises NotInSnapshot for what the snapshot does not hold, and the service's refusals as it gave them.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._customers = {customer.tenant: customer for customer in snapshot.customers}

    @property
    def token_kind(self) -> str:
        return self._snapshot.token_kind

    def now(self) -> datetime:
        return self._snapshot.taken_at

    @property
    def clocks(self) -> Clocks:
        return Clocks(machine=self._snapshot.taken_at, service=self._snapshot.taken_at)

    def subscriptions(self, tenant: str) -> Listing:
        recorded = self._recorded(tenant)
        if recorded.unread:
            raise _refused(recorded.unread)
        return Listing(lives=recorded.subscriptions, unreadable=recorded.unreadable)

    def subscription(self, tenant: str, subscription_id: str) -> Live:
        found = self.subscriptions(tenant).find(subscription_id)
        return found or _missing(f"the subscription {subscription_id}")

    def upgrades(self, tenant: str, subscription_id: str) -> tuple[UpgradeOption, ...]:
        recorded = self._recorded(tenant)
        if refusal := recorded.upgrades_unread.get(subscription_id):
            raise _refused(refusal)
        if subscription_id not in recorded.upgrades:
            _missing(f"the upgrades of {subscription_id}")
        return options(recorded.upgrades[subscription_id])

    def relationship(self, tenant: str) -> Relationship:
        recorded = self._recorded(tenant)
        if recorded.relationship_unread:
            raise _refused(recorded.relationship_unread)
        return recorded.relationship or _missing("how the customer stands to the reseller")

    def relationship_link(self) -> str:
        return self._snapshot.relationship_link or _missing("the relationship link")

    def transition_options(self, tenant: str, subscription_id: str) -> tuple[TransitionOption, ...]:
        recorded = self._recorded(tenant)
        if refusal := recorded.transitions_unread.get(subscription_id):
            raise _refused(refusal)
        if subscription_id not in recorded.transitions:
            _missing(f"the transitions of {subscription_id}")
        return recorded.transitions[subscription_id]

    def promotion(self, promotion_id: str, country: str) -> Promotion:
        found = self._snapshot.promotions.get(f"{promotion_id} {country}")
        return found or _missing(f"the promotion {promotion_id} in {country}")

    def transitions(self, tenant: str, subscription_id: str) -> tuple[Transition, ...]:
        return _missing(f"the transitions of {subscription_id} of {tenant}")

    def availabilities(self, tenant: str, offer_id: str) -> tuple[Availability, ...]:
        return _missing(f"what {tenant} can buy of {offer_id}")

    def sku(self, offer_id: str, market: str, segment: str | None) -> Sku | None:
        key = item_key(offer_id, market, segment)
        if refusal := self._snapshot.skus_unread.get(key):
            raise _refused(refusal)
        if key not in self._snapshot.skus:
            _missing(f"what is sold of {offer_id} in {market}{f' to {segment} customers' if segment else ''}")
        return self._snapshot.skus[key]

    def cart(self, tenant: str, cart_id: str) -> Cart | None:
        return _missing(f"the cart {cart_id} of {tenant}")

    def orders(self, tenant: str) -> tuple[Order, ...]:
        recorded = self._recorded(tenant)
        if recorded.orders_unread:
            raise _refused(recorded.orders_unread)
        return _missing(f"the orders of {tenant}") if recorded.orders is None else recorded.orders

    def order(self, tenant: str, order_id: str) -> Order:
        return _missing(f"the order {order_id} of {tenant}")

    def agreement(self, tenant: str) -> Agreement:
        recorded = self._recorded(tenant)
        if recorded.agreement_unread:
            raise _refused(recorded.agreement_unread)
        return recorded.agreement or _missing(f"whether {tenant} has accepted the customer agreement")

    @property
    def audit_missing(self) -> str:
        return advice.sentence("snapshot_has_no_log")

    def audit(self, tenant: str | None, since: datetime) -> tuple[AuditRecord, ...]:  # noqa: ARG002 - there is none
        return ()

    def accounts(self) -> Iterator[Account]:
        return (Account(tenant=tenant, display_name="") for tenant in sorted(self._customers))

    def offers(self, country: str) -> tuple[CatalogueOffer, ...]:
        return _missing(f"the catalogue of {country}")

    def _recorded(self, tenant: str) -> Recorded:
        return self._customers.get(tenant) or _missing(f"the customer {tenant}")


class Remembered:
    """A `StateStore` that holds what state was when the snapshot was taken. Nothing can be written to it."""

    def __init__(self, snapshot: Snapshot, location: str) -> None:
        self._lineage = snapshot.lineage
        self._states = {state.customer.name: state for state in snapshot.states}
        self._last_orders = snapshot.last_orders
        self._location = location

    @property
    def location(self) -> str:
        return self._location

    def lineage(self) -> str | None:
        return self._lineage

    def last_orders(self) -> Mapping[str, str]:
        return self._last_orders

    def customers(self) -> tuple[str, ...]:
        return tuple(sorted(self._states))

    def read(self, customer: str) -> Versioned | None:
        found = self._states.get(customer)
        return Versioned(state=found, version="snapshot") if found else None

    def held(self, customer: str) -> Lock | None:  # noqa: ARG002 - a snapshot keeps no locks
        return None

    def locks(self) -> tuple[Lock, ...]:
        return ()

    def prove(self) -> None:
        raise self._read_only()

    def establish(self, lineage: str) -> str:
        raise self._read_only(lineage)

    def note_order(self, tenant: str, key: str | None) -> None:
        raise self._read_only(tenant, key)

    def write(self, state: CustomerState, expected: str | None) -> str:
        raise self._read_only(state, expected)

    def remove(self, customer: str, expected: str) -> None:
        raise self._read_only(customer, expected)

    def lock(self, customer: str, operation: str, run: Run) -> AbstractContextManager[Lock]:
        raise self._read_only(customer, operation, run)

    def unlock(self, customer: str, lock_id: str) -> None:
        raise self._read_only(customer, lock_id)

    def _read_only(self, *_asked: object) -> StateUnavailable:
        return StateUnavailable(advice.problem("snapshot_read_only", self._location, location=self._location))


def _missing(what: str) -> NoReturn:
    raise NotInSnapshot(advice.problem("not_in_snapshot", what=what), remedy=advice.row("not_in_snapshot").remedy())


def _refused(refusal: Refusal) -> ServiceRefused:
    problem = advice.problem("refused_in_snapshot", what=refusal.what)
    found = ServiceRefused if refusal.status is None else advice.error_class(refusal.status, refusal.code)
    kind = RelationshipMissing if found is RelationshipMissing else ServiceRefused
    return kind(problem, status=refusal.status, code=refusal.code, remedy=refusal.remedy)
