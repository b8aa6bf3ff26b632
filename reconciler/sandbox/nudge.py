"""Somebody else changes something: what a colleague does in the portal, so that drift can be seen."""

from collections.abc import Callable, Iterator

from reconciler.sandbox import catalogue
from reconciler.sandbox.world import Sold, Tenant, World

_SEATS = 3


def nudge_world(world: World) -> list[str]:
    """Changes a quantity, a status and a name, each of another subscription, and of others at every call while there
    are any. One sentence for each change; empty where nothing is left to change.
    """
    untouched = _candidates(world)
    said = []
    for act in (_add_seats, _suspend, _rename):
        found = next(untouched, None)
        if found is not None:
            tenant, sold = found
            said.append(f"{tenant.display_name}: {act(sold)}")
            sold.version += 1
    world.nudges += len(said)
    world.touch()
    return said


def _candidates(world: World) -> Iterator[tuple[Tenant, Sold]]:
    found = [(tenant, sold) for tenant, sold in world.sold() if _changeable(sold)]
    start = world.nudges % len(found) if found else 0
    return iter(found[start:] + found[:start])


def _changeable(sold: Sold) -> bool:
    offer = catalogue.offer(sold.offer)
    return offer is not None and sold.status == "active" and sold.parent is None and sold.quantity < offer.maximum


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


ACTS: tuple[Callable[[Sold], str], ...] = (_add_seats, _suspend, _rename)
