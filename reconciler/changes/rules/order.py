"""Reasons against an order that are known before the catalogue is read: a subscription is bought once, for the whole of
its term.

Whatever the customer may have already is never bought again unasked: what state does not explain, a person does.
"""

from collections.abc import Iterator
from datetime import timedelta

from reconciler.changes.case import Case
from reconciler.changes.in_words import sent_when
from reconciler.changes.offer_names import listed
from reconciler.changes.rules.shared import Rule, offer_perhaps_held
from reconciler.model.address import Address
from reconciler.model.errors import ServiceError
from reconciler.model.evidence import open_changes
from reconciler.model.order import Order, order_id
from reconciler.model.order_request import OrderRequest
from reconciler.model.reason import Reason
from reconciler.model.subscription import Live

_RECENT = timedelta(days=60)
"""The time for which an order of the same offer counts as one that may be this (contract, section 10)."""

_LISTED = 5


def orders_not_available(case: Case) -> Reason | None:
    """Carts and new-commerce licences are not sold in every cloud (create-a-cart)."""
    capability = case.circumstances.capabilities.orders
    known = {"unavailable": case.unavailable(capability)}
    return None if capability.available else case.because("orders_not_available", known=known)


def offer_not_orderable(case: Case) -> Reason | None:
    """Only offers of new commerce are ordered: those that a cart names by product:sku."""
    return None if case.desired.offer.new_commerce else case.because("offer_not_orderable")


def market_needed(case: Case) -> Reason | None:
    """The offers that are sold, and their prices, depend on the customer's country (product-resources)."""
    return None if case.desired.market else case.because("market_needed")


def earlier_order_unsettled(case: Case) -> Reason | None:
    """While nobody knows what became of an order, nothing else is ordered for the customer (contract, section 10)."""
    state = case.facts.state
    others = open_changes(state, case.circumstances.earliest) if state else ()
    unsettled = (
        other
        for other in others
        if isinstance(other.request, OrderRequest) and other.subscription_id != case.subscription_id
    )
    found = next(unsettled, None)
    if state is None or found is None:
        return None
    known = {
        "unsettled": str(state.address(state.name_of(found))),
        **sent_when(found),
        "request_id": found.request_id,
    }
    return case.because("earlier_order_unsettled", known=known)


def order_state_missing(case: Case) -> Reason | None:
    """The state location notes the order that was started last for the customer. State that does not know it is gone,
    or older than the order. An entry that names what was bought under that key is as good as that state.
    """
    facts = case.facts
    key, state = facts.last_order, facts.state
    if key is None or (state and state.knows(order_id(key))):
        return None
    own = next((desired for desired in facts.desired if desired.order == key), None)
    made = facts.lives.get(own.subscription_id) if own else None
    if own and made and made.offer.id == own.offer.id:
        return None
    known = {"ordered_as": str(own.address) if own else "ADDRESS", "ordered_id": made.id if made else "SUBSCRIPTION_ID"}
    return case.because("order_state_missing", known={"last_order": key, **known})


def renamed_perhaps(case: Case) -> Reason | None:
    """An address that state knows and no manifest declares may be this one's earlier name: it would be bought again."""
    undeclared = case.facts.undeclared
    if case.bound or not undeclared:
        return None
    other = undeclared[0]
    known = {"undeclared": ", ".join(undeclared[:_LISTED]), "moved_from": other, "old_name": Address(other).name}
    return case.because("renamed_perhaps", known={**known, "new_name": case.name})


def order_key_used(case: Case) -> Reason | None:
    """A key buys once for ever: an entry that comes back after it was forgotten is no new order."""
    results = case.facts.state.results if case.facts.state else ()
    done = (result for result in results if result.outcome.performed)
    made = next((result for result in done if result.subscription_id == case.desired.subscription_id), None)
    if made is None:
        return None
    return case.because("order_key_used", known={"made_id": made.target_subscription_id or ""})


def looks_bought_already(case: Case) -> Reason | None:
    """Blocks what the customer has, or was ordered lately, of the same offer, whatever its status: unless state
    explains it, or the entry names it as one that it stands beside.
    """
    lives = tuple(live for live in of_same_offer(case) if live.id not in _explained(case))
    orders = tuple(_unexplained(case, {live.id for live in lives}))
    if not (lives or orders):
        return None
    ids = [*(live.id for live in lives), *(order.id for order in orders)]
    found = [*([listed(lives)] if lives else []), *map(_ordered, orders)]
    known = {"held": ", ".join(found), "besides": ", ".join((*case.desired.besides, *ids))}
    known |= {"open_orders": ", ".join(order.id for order in orders)} if orders else {}
    declared = {desired.subscription_id for desired in case.facts.desired}
    known |= {"held_id": lives[0].id} if len(lives) == 1 and not orders and lives[0].id not in declared else {}
    return case.because("looks_bought_already", known=known)


RULES: tuple[Rule, ...] = (
    orders_not_available,
    offer_not_orderable,
    market_needed,
    earlier_order_unsettled,
    order_state_missing,
    renamed_perhaps,
    order_key_used,
    looks_bought_already,
    offer_perhaps_held,
)
"""The reasons that are known before anything more is asked for. Orders count once they are read."""


def of_same_offer(case: Case) -> Iterator[Live]:
    """Yields the customer's subscriptions of the same offer, whatever their status."""
    return (live for live in case.facts.lives.values() if live.offer.id == case.desired.offer.id)


def _explained(case: Case) -> frozenset[str]:
    """The ids of subscriptions and orders that state explains, or that the entry is meant to stand beside."""
    state = case.facts.state
    known = (*state.claimed_ids(), *state.operations) if state else ()
    return frozenset((*known, *case.desired.besides))


def _unexplained(case: Case, named: set[str]) -> Iterator[Order]:
    """Yields the orders of the same offer that nothing explains, but for those whose subscription is told already."""
    orders, explained = case.facts.orders, _explained(case)
    since = case.circumstances.now - _RECENT
    for order in () if isinstance(orders, ServiceError) or orders is None else orders:
        lines = [line.subscription_id for line in order.lines if line.offer_id == case.desired.offer.id]
        recent = order.created_at is None or order.created_at >= since
        if recent and order.id not in explained and any(made not in explained | named for made in lines):
            yield order


def _ordered(order: Order) -> str:
    seats = sum(line.quantity for line in order.lines)
    when = f" of {order.created_at:%Y-%m-%d}" if order.created_at else ""
    return f"order {order.id}{when} ({seats} seats, {order.status})"
