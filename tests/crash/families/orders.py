"""Orders in every accident that is known, on a clock of their own: killed at each step, answers lost, orders shown
late, papers, states lost and restored, entries renamed and withdrawn, and two runs at once.
"""

import json
from collections.abc import Callable
from random import Random

from reconciler.sandbox import Behaviour, Fault, FaultKind
from tests.crash.estates import Estate
from tests.crash.scene import Scene
from tests.crash.settling import Settled
from tests.crash.shop import BASIC, COPILOTS, Shop

_LATE, _NEVER = 15 * 60, 365 * 86_400
_STEPS = 60
"""More than a run that orders twice takes."""

_LOST = (
    FaultKind.PERFORMED_THEN_DROPPED,
    FaultKind.DROPPED_BEFORE,
    FaultKind.HTTP_500_BEFORE,
    FaultKind.HTTP_500_AFTER,
    FaultKind.HALF_BODY,
    FaultKind.HTML_BODY,
    FaultKind.EMPTY_BODY,
    FaultKind.UNAVAILABLE_503,
    FaultKind.THROTTLE_429,
)
_DOUBTS = (
    FaultKind.CART_BUSY_BEFORE,
    FaultKind.CART_BUSY_AFTER,
    FaultKind.ORDER_IN_PROGRESS_BEFORE,
    FaultKind.ORDER_IN_PROGRESS_AFTER,
    FaultKind.ALREADY_SUBMITTED_BEFORE,
    FaultKind.ALREADY_SUBMITTED_AFTER,
)
_FATES = (
    FaultKind.ORDER_HELD,
    FaultKind.ORDER_FAILS,
    FaultKind.ORDER_FAILS_LATER,
    FaultKind.ORDER_FAILS_IN_PART,
    FaultKind.ORDER_STATUS_UNKNOWN,
    FaultKind.CHECKOUT_FAILS,
)

_Act = Callable[[Shop, Random, int], int]
"""Lets an accident happen, and returns how many faults there were."""


def play(scene: Scene, seed: int) -> Settled:
    """One accident, then peace."""
    act, number = _ACCIDENTS[seed % len(_ACCIDENTS)], seed // len(_ACCIDENTS)
    shop = Shop(scene.root, _behaviour(scene.dice, number))
    shop.declare("base", "2026-11-base", BASIC, 5)
    scene.struck = act(shop, scene.dice, number)
    unsettled = shop.settled()
    scene.typed = shop.typed
    scene.estate = Estate(tenants=(), intended=tuple(shop.intended))
    scene.emulator.put(shop.world)
    return Settled(states={name: json.loads(content) for name, content in shop.states()}, unsettled=unsettled)


def _behaviour(dice: Random, number: int) -> Behaviour:
    """A service that may show what was bought late, and may do again what comes again."""
    late = _LATE if number % 2 else 0
    return Behaviour(
        idempotent=dice.random() < 0.5,
        orders_listed_after=late,
        visible_after=dice.choice([0, late]),
        checkout_repeated=dice.choice(["orders", "orders", "already_submitted"]),
        subscription_named=dice.choice(["at_once", "at_once", "provisioned"]),
        provisioned_after=dice.choice([0, 300]),
        audited_after=dice.choice([0, _NEVER]),
    )


def _killed(shop: Shop, dice: Random, number: int) -> int:
    """Dies at one step after another; each third time the next run dies, too."""
    died = shop.run_once(steps=number % _STEPS)
    return died + (shop.run_once(steps=dice.randint(0, _STEPS)) if number % 3 == 0 else 0)


def _lost(shop: Shop, dice: Random, number: int) -> int:
    """Answers of carts, of checkouts or of both are lost, once or several times."""
    kind, path = _LOST[number % len(_LOST)], ("checkout", "carts", "order")[number // len(_LOST) % 3]
    return _armed(shop, Fault(kind=kind, path=path, times=dice.randint(1, 3), method=_method(path), seconds=1))


def _doubted(shop: Shop, dice: Random, number: int) -> int:
    """The service answers with what may be a no."""
    return _armed(shop, Fault(kind=_DOUBTS[number % len(_DOUBTS)], times=dice.randint(1, 3)))


def _fated(shop: Shop, dice: Random, number: int) -> int:
    """Orders that fail, wait for papers, or have a status that nobody knows."""
    struck = _armed(shop, Fault(kind=_FATES[number % len(_FATES)], times=1, seconds=dice.choice([60, 900])))
    if dice.random() < 0.5:
        shop.run_once()
    shop.papers_come()
    return struck


def _state_lost(shop: Shop, dice: Random, number: int) -> int:
    """The customer's state is gone after a run that died, and a backup may be there."""
    shop.run_once(steps=18 + number)
    shop.lose_state(keep=dice.random() < 0.5)
    return 1


def _state_restored(shop: Shop, dice: Random, number: int) -> int:
    """State is as it was before a run, whose orders it does not know."""
    shop.run_once(steps=dice.randint(0, 15))
    before = dict(shop.states())
    shop.run_once(steps=None if number % 2 else 20 + number)
    shop.lose_state(keep=dice.random() < 0.5)
    for name, content in before.items():
        (shop.state_directory / f"{name}.json").write_bytes(content)
    return 1


def _renamed(shop: Shop, dice: Random, number: int) -> int:
    """The entry has another name after a run that may have died."""
    shop.run_once(steps=None if dice.random() < 0.3 else 16 + number)
    shop.rename("contoso/copilot", "contoso/assistant")
    shop.formerly["contoso/assistant"] = "contoso/copilot"
    return 1


def _withdrawn(shop: Shop, dice: Random, number: int) -> int:
    """The entry is gone after a run that died, and may come back."""
    shop.run_once(steps=14 + number)
    entry = shop.manifests[COPILOTS]
    shop.withdraw(COPILOTS)
    shop.run_once()
    if dice.random() < 0.5:
        shop.manifests[COPILOTS] = entry
    return 1


def _together(shop: Shop, dice: Random, number: int) -> int:
    """A colleague takes the run for dead in the midst of it, breaks its lock, and applies."""
    shop.run_once(at={5 + number: shop.second_run, dice.randint(20, 40): shop.break_locks})
    return 1


def _armed(shop: Shop, fault: Fault) -> int:
    shop.arm(fault)
    shop.run_once()
    left = sum(max(found.times or 0, 0) for found in shop.world.faults)
    return (fault.times or 0) - left


def _method(path: str) -> str:
    return "GET" if path == "order" else "POST"


_ACCIDENTS: tuple[_Act, ...] = (
    _killed,
    _lost,
    _killed,
    _doubted,
    _killed,
    _fated,
    _state_lost,
    _state_restored,
    _renamed,
    _withdrawn,
    _together,
)
