"""The drawing of an order's life in the guide `orders`: each of its ends is where the guide says that it is."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.guides import read
from reconciler.sandbox import Behaviour, Fault, FaultKind
from tests.crash.shop import COPILOT, COPILOTS, Shop

_LATE = timedelta(minutes=20).total_seconds()


def armed(kind: FaultKind, path: str = "checkout", times: int = 1) -> Callable[[Shop], None]:
    """A run in which this goes wrong."""

    def happens(shop: Shop) -> None:
        shop.arm(Fault(kind=kind, path=path, times=times))
        shop.run_once()

    return happens


def without_fault(shop: Shop) -> None:
    shop.run_once()


def dearer(shop: Shop) -> None:
    shop.behave(price_percent=150)
    shop.run_once()


def cut_off(shop: Shop) -> None:
    """The run dies once the cart is on record, and before that is checked out."""
    shop.on("POST", "/checkout", lambda _: _dies())
    with pytest.raises(_Died):
        shop.run_once()
    assert shop.process
    shop.dead_processes.append(shop.process)
    shop.break_locks()
    shop.clock.sleep(_LATE)
    shop.withdraw(COPILOTS)
    shop.run_once()


def given_up(shop: Shop) -> None:
    armed(FaultKind.DROPPED_BEFORE, times=2)(shop)
    shop.clock.sleep(_LATE)
    shop.withdraw(COPILOTS)
    shop.run_once()


def by_the_list(shop: Shop) -> None:
    """The cart is gone, and the only new subscription that fits is listed by now."""
    shop.behave(visible_after=_LATE, orders_listed_after=30 * 86_400, cart_kept=60, audited_after=30 * 86_400)
    armed(FaultKind.PERFORMED_THEN_DROPPED)(shop)
    shop.clock.sleep(_LATE)
    shop.run_once()


def by_nothing(shop: Shop) -> None:
    """The cart is gone, and nothing shows."""
    shop.behave(visible_after=9 * _LATE, orders_listed_after=30 * 86_400, cart_kept=60, audited_after=30 * 86_400)
    armed(FaultKind.PERFORMED_THEN_DROPPED)(shop)
    shop.clock.sleep(2 * _LATE)
    shop.run_once()


ENDS: dict[str, Callable[[Shop], None]] = {
    "no answer, twice -> not bought": armed(FaultKind.DROPPED_BEFORE, path="carts", times=2),
    "another price, offer, seats -> not bought": dearer,
    "cut off here: the cart is still open -> not bought": cut_off,
    "an order -> bought": without_fault,
    "held for papers -> a person acts": armed(FaultKind.ORDER_HELD),
    "refused -> not bought": armed(FaultKind.CHECKOUT_FAILS),
    "cart ordered: fetch its result -> as above": armed(FaultKind.PERFORMED_THEN_DROPPED),
    "cart open, nothing new for 15 minutes: retire it -> not bought": given_up,
    "one new subscription that fits -> bought": by_the_list,
    "anything else -> a person looks": by_nothing,
}


@pytest.mark.parametrize("end", ENDS)
def test_each_way_ends_where_it_is_drawn(tmp_path: Path, end: str) -> None:
    shop = Shop(tmp_path, Behaviour())
    ENDS[end](shop)
    wanted = end.partition(" -> ")[2]
    assert reached(shop) == ("bought" if wanted == "as above" else wanted)


def test_the_drawing_has_these_ends_and_no_others() -> None:
    drawing = read("orders").partition("intent in state")[2].partition("```")[0]
    drawn = re.findall(r"--+ ([^-\n].*?) -+> (.+)$", drawing, re.MULTILINE)
    assert [f"{way} -> {end}" for way, end in drawn] == list(ENDS)


def reached(shop: Shop) -> str:
    """The end that the order has come to, by what was sold and by what is remembered."""
    state = shop.state()
    pending = state.pending_of("copilot")
    if pending:
        return "a person acts" if pending[0].reply == "person_needed" else "a person looks"
    sold = any(made.offer.startswith(COPILOT) for made in shop.purchases)
    bound = state.subscriptions["copilot"]
    assert sold == (bound.id in {made.target for made in shop.purchases})
    return "bought" if sold else "not bought"


class _Died(Exception):
    """The run is gone."""


def _dies() -> None:
    raise _Died
