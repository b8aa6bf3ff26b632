"""Somebody else changes something: what a colleague does in the portal, so that drift can be seen."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from reconciler.sandbox import catalogue, items
from reconciler.sandbox.colleague import portal_record
from reconciler.sandbox.purchases import Order
from reconciler.sandbox.sold import Sold
from reconciler.sandbox.tenants import Tenant
from reconciler.sandbox.world import World

_SEATS = 3


def nudge_world(world: World, now: datetime) -> list[str]:
    """Changes a quantity, a status and a name, each of another subscription, and of others at every call while there
    are any. One sentence for each change; empty where nothing is left to change.
    """
    turn = _turn(world)
    done = []
    for act in _ACTS:
        found = next(turn, None)
        if found is not None:
            tenant, sold = found
            before = replace(sold)
            done.append(f"{tenant.display_name}: {act(sold)}")
            sold.version += 1
            world.records.append(portal_record(tenant, before, sold, now))
    return done


def papers_sent(world: World, order: Order) -> str:
    """Returns the sentence of an order whose papers somebody sent."""
    tenant = world.customer(order.customer)
    known = ((line, items.item(line.item)) for line in order.lines)
    lines = ", ".join(f"{line.quantity} seats of {item.name if item else line.item}" for line, item in known)
    who = tenant.display_name if tenant else order.customer
    return f"{who}: somebody sent the papers of order {order.id} in the portal, so it goes on ({lines})."


def _turn(world: World) -> Iterator[tuple[Tenant, Sold]]:
    """The subscriptions that can be changed, customer by customer in turn, from where the last nudge stopped."""
    ranked = [(rank, tenant, sold) for tenant in world.customers for rank, sold in enumerate(tenant.subscriptions)]
    order = [(tenant, sold) for _, tenant, sold in sorted(ranked, key=lambda item: item[0])]
    for _ in order:
        tenant, sold = order[world.nudges % len(order)]
        world.nudges += 1
        if _changeable(sold):
            yield tenant, sold


def _changeable(sold: Sold) -> bool:
    offer = catalogue.offer(sold.offer)
    if sold.new_commerce or offer is None or offer.billing != "license" or sold.status != "active":
        return False
    return sold.parent is None and sold.quantity + _SEATS <= offer.maximum


def _add_seats(sold: Sold) -> str:
    before = sold.quantity
    sold.quantity += _SEATS
    return f"somebody bought {_SEATS} more licences of {_called(sold)} in the portal ({before} to {sold.quantity})."


def _suspend(sold: Sold) -> str:
    sold.status = "suspended"
    return f"somebody suspended {_called(sold)} in the portal."


def _rename(sold: Sold) -> str:
    called = _called(sold)
    sold.name = f"{sold.name or _offer_name(sold)} (renamed)"
    return f"somebody renamed {called} in the portal, so its etag moved."


def _called(sold: Sold) -> str:
    return f"{sold.name or _offer_name(sold)} ({sold.id})"


def _offer_name(sold: Sold) -> str:
    found = catalogue.offer(sold.offer)
    return found.name if found else sold.offer


_ACTS: tuple[Callable[[Sold], str], ...] = (_add_seats, _suspend, _rename)
