"""The service's own jobs: whatever falls due while time goes on is done in order, at the time when it was due.

Accepted changes are carried out, terms end, charges begin, expired subscriptions are disabled and deleted. A world that
says nothing of when it began begins with its first request: terms that had ended by then count as renewed before.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from heapq import heapify, heappop, heappush

from reconciler.sandbox import items, renewals
from reconciler.sandbox.behaviour import Behaviour
from reconciler.sandbox.calendar import DAY
from reconciler.sandbox.ledger import SERVICE, Entry, Kind, entry_of
from reconciler.sandbox.sold import Sold
from reconciler.sandbox.tenants import Tenant
from reconciler.sandbox.world import World


def begin(world: World, now: datetime) -> None:
    """Lets a world begin now, unless it has started."""
    if world.begun is not None or not world.has_new_commerce:
        return
    world.begun = now
    world.touch()
    for tenant, sold in world.sold():
        if renewals.under_way(sold, now):
            while renewals.under_way(sold, now):
                sold.term_start, sold.custom_end = sold.commitment_end + DAY, None
            sold.window_from, sold.batches = sold.term_start, []
            world.touch(tenant, sold)


def run(world: World, tenants: Iterable[Tenant], now: datetime, behaviour: Behaviour) -> list[Entry]:
    """Does what has fallen due for these customers until now; returns the ledger's entries."""
    begin(world, now)
    first = len(world.ledger)
    pairs = [(tenant, sold) for tenant in tenants for sold in tenant.subscriptions]
    waiting = [(at, place) for place, (_, sold) in enumerate(pairs) if (at := _due(sold, behaviour)) and at <= now]
    heapify(waiting)
    while waiting:
        at, place = heappop(waiting)
        _do(world, *pairs[place], at, behaviour)
        following = _due(pairs[place][1], behaviour)
        if following is not None and following <= now:
            heappush(waiting, (following, place))
    return world.ledger[first:]


def _due(sold: Sold, behaviour: Behaviour) -> datetime | None:
    """Returns the time of the next job of a subscription, if any."""
    times = []
    if sold.upcoming:
        times.append(sold.upcoming.due)
    if sold.new_commerce:
        if sold.hidden_change:
            times.append(sold.hidden_change.due)
        if sold.next_charge_at:
            times.append(sold.next_charge_at)
        if ends := renewals.due(sold, behaviour):
            times.append(ends)
        if stage := renewals.next_stage(sold):
            times.append(stage[0])
    return min(times, default=None)


def _do(world: World, tenant: Tenant, sold: Sold, at: datetime, behaviour: Behaviour) -> None:
    if sold.upcoming and sold.upcoming.due <= at:
        sold.settle(at)
    elif sold.hidden_change and sold.hidden_change.due <= at:
        sold.hidden_change = None
    else:
        before = replace(sold)
        kind = _time_passes(world, tenant, sold, at, behaviour)
        entry = entry_of(tenant, before, sold, kind, at)
        entry.actor = SERVICE
        world.ledger.append(entry)
        world.touch(tenant, sold)


def _time_passes(world: World, tenant: Tenant, sold: Sold, at: datetime, behaviour: Behaviour) -> Kind:
    stage = renewals.next_stage(sold)
    if stage and stage[0] <= at:
        sold.status_since, sold.status = stage
        return "end"
    if sold.next_charge and sold.next_charge_at and sold.next_charge_at <= at:
        sold.billing_cycle = sold.next_charge["product"]["billingCycle"].lower()
        sold.next_charge = sold.next_charge_at = None
        return "billing"
    return renewals.run(sold, at, world.period(at, behaviour), behaviour, has_base=_has_base(tenant, sold))


def _has_base(tenant: Tenant, sold: Sold) -> bool:
    """Returns whether the customer still has what an add-on needs; true of everything else."""
    item = items.item(sold.offer) if sold.new_commerce else None
    needed = set(item.prerequisites) if item else set()
    return not needed or any(other.status == "active" and other.product_sku in needed for other in tenant.subscriptions)
