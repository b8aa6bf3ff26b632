"""A colleague in the portal, and the service itself, change subscriptions of new commerce behind everybody's back.

They obey the service's rules of what a change deletes, and ask nobody. The ledger has their changes with their `actor`.
The audit log has what the colleague does, and nothing of what the service does by itself.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from reconciler.sandbox import batches, items
from reconciler.sandbox.at_end import outcome
from reconciler.sandbox.ledger import SERVICE, Kind, entry_of
from reconciler.sandbox.purchases import Order, OrderLine
from reconciler.sandbox.purchasing import Fate, go_through
from reconciler.sandbox.records import Record
from reconciler.sandbox.sold import Sold
from reconciler.sandbox.store import Store
from reconciler.sandbox.tenants import Tenant, derived_id, utc_now
from reconciler.sandbox.world import World

COLLEAGUE = "colleague@reseller.example"
"""User in the audit log."""

ACTOR = "colleague"
"""As `actor` of the ledger's entries: somebody did it in the portal."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Changes subscriptions in the world of a store, each named by its id. Raises KeyError where there is none."""

    store: Store
    here: Callable[[], datetime] = utc_now

    def add_seats(self, subscription_id: str, quantity: int) -> None:
        """Buys more seats; what is scheduled is deleted by it."""
        with self._changing(subscription_id, "resize") as (sold, now, _):
            batches.add(sold, quantity, now)
            _unschedule(sold)

    def remove_seats(self, subscription_id: str, quantity: int) -> None:
        """Gives back seats, refundable or not: support can; what is scheduled is deleted by it."""
        with self._changing(subscription_id, "resize") as (sold, now, _):
            batches.give_back(sold, quantity, now, "newest_first")
            _unschedule(sold)

    def schedule(self, subscription_id: str, quantity: int, term: str = "", cycle: str = "", item_id: str = "") -> None:
        """Arranges other seats, another term, cycle or item for the next term."""
        with self._changing(subscription_id, "schedule") as (sold, _, period):
            item = items.item(item_id or sold.offer)
            wanted = item.current(period) if item and item_id else sold.offer.upper()
            ids = dict(zip(("productId", "skuId", "availabilityId"), wanted.split(":"), strict=True))
            product = ids | {"billingCycle": cycle or sold.billing_cycle, "termDuration": term or sold.term}
            sold.auto_renew, sold.actions = True, None
            sold.next_term = {"product": product, "quantity": quantity}

    def unschedule(self, subscription_id: str) -> None:
        """Withdraws what is arranged for the end of the term; auto-renewal stays as it is."""
        with self._changing(subscription_id, "schedule") as (sold, _, _):
            _unschedule(sold)

    def set_auto_renew(self, subscription_id: str, *, on: bool) -> None:
        """Switches auto-renewal; what is scheduled is deleted where it is switched off."""
        with self._changing(subscription_id, "schedule") as (sold, _, _):
            sold.auto_renew = on
            if not on or sold.actions:
                _unschedule(sold)

    def end_at_term(self, subscription_id: str) -> None:
        """Arranges that the subscription ends with its term."""
        self._act_at_term(subscription_id, "Cancel", ACTOR)

    def extend_at_term(self, subscription_id: str) -> None:
        """Fills in the extended service term, as the service did for some subscriptions in spring 2026."""
        self._act_at_term(subscription_id, "RenewToExtendedServiceTerm", SERVICE)

    def suspend(self, subscription_id: str) -> None:
        """Suspends a subscription: auto-renewal is off then, and what was scheduled is deleted."""
        with self._changing(subscription_id, "status") as (sold, _, _):
            sold.status, sold.auto_renew = "suspended", False
            _unschedule(sold)

    def reactivate(self, subscription_id: str) -> None:
        """Reactivates a subscription; auto-renewal stays off."""
        with self._changing(subscription_id, "status") as (sold, _, _):
            sold.status = "active"

    def rename(self, subscription_id: str, name: str) -> None:
        """Gives a subscription another friendly name."""
        with self._changing(subscription_id, None) as (sold, _, _):
            sold.name = name

    def send_papers(self, order_id: str) -> None:
        """Sends the papers that an order waits for: it is bought now. Raises KeyError where none waits."""
        with self._held(order_id) as (world, tenant, order, now):
            order.status, order.named = "completed", now
            go_through(world, tenant, order, now, Fate(), ACTOR)

    def reject_papers(self, order_id: str) -> None:
        """Has the papers of an order rejected: nothing comes of it. Raises KeyError where none waits."""
        with self._held(order_id) as (_, _, order, _):
            order.status = "po_review_rejected"

    def order(self, customer: str, item_id: str, quantity: int, term: str = "P1Y", cycle: str = "monthly") -> str:
        """Buys a subscription in the portal; returns its id."""
        with self.store.rewritten() as world:
            now = self.here().astimezone(UTC) + world.ahead
            tenant = world.customer(customer)
            item = items.item(item_id)
            if tenant is None or item is None:
                raise KeyError(customer, item_id)
            number = len(world.orders)
            order = Order(
                id=derived_id("portal order", tenant.tenant, number).replace("-", "")[:12],
                customer=tenant.tenant,
                cart="",
                created=now,
                lines=[
                    OrderLine(
                        item=item.current(world.period(now, world.behaviour)),
                        quantity=quantity,
                        term=term,
                        cycle=cycle,
                        subscription=derived_id("portal subscription", tenant.tenant, number),
                    )
                ],
                settled=now,
                listed=now,
                named=now,
            )
            world.put(order)
            go_through(world, tenant, order, now, Fate(), ACTOR)
            world.records.append(_portal_order(order, now))
            return order.lines[0].subscription

    @contextmanager
    def _held(self, order_id: str) -> Iterator[tuple[World, Tenant, Order, datetime]]:
        with self.store.rewritten() as world:
            order = world.orders[order_id]
            tenant = world.customer(order.customer)
            if tenant is None or not order.held:
                raise KeyError(order_id)
            now = self.here().astimezone(UTC) + world.ahead
            order.held, order.settled = False, now
            yield world, tenant, order, now

    def _act_at_term(self, subscription_id: str, action: str, actor: str) -> None:
        with self._changing(subscription_id, "schedule", actor) as (sold, _, _):
            sold.auto_renew, sold.next_term = False, None
            sold.actions = [{"scheduleType": "TermEnd", "actionType": action}]

    @contextmanager
    def _changing(
        self, subscription_id: str, kind: Kind | None, actor: str = ACTOR
    ) -> Iterator[tuple[Sold, datetime, int]]:
        with self.store.rewritten() as world:
            now = self.here().astimezone(UTC) + world.ahead
            tenant, sold = next(pair for pair in world.sold() if pair[1] is world.find(subscription_id))
            before = replace(sold)
            yield sold, now, world.period(now, world.behaviour)
            sold.version += 1
            if kind is not None:
                _enter(world, tenant, before, sold, kind, now, actor)
            if actor != SERVICE:
                world.records.append(portal_record(tenant, before, sold, now))


def portal_record(tenant: Tenant, before: Sold, after: Sold, now: datetime) -> Record:
    """Returns the audit record of a change that somebody made in the portal."""
    return Record(
        at=now,
        operation="update_subscription",
        customer=tenant.tenant,
        before=before,
        after=replace(after),
        application=derived_id("portal"),
        user=COLLEAGUE,
        correlation_id=derived_id("nudge", after.id, after.version),
    )


def _portal_order(order: Order, now: datetime) -> Record:
    return Record(
        at=now,
        operation="create_order",
        customer=order.customer,
        order=order.id,
        application=derived_id("portal"),
        user=COLLEAGUE,
        correlation_id=derived_id("portal order", order.id),
    )


def _enter(world: World, tenant: Tenant, before: Sold, after: Sold, kind: Kind, now: datetime, actor: str) -> None:
    entry = entry_of(tenant, before, after, kind, now)
    entry.actor = actor
    entry.then, instructions = outcome(after)
    if kind == "schedule" and instructions:
        entry.quantity = instructions["quantity"]
    world.ledger.append(entry)


def _unschedule(sold: Sold) -> None:
    sold.next_term = sold.actions = None
