"""Addresses and customers that apply moves in state, or stops tracking, as the manifests say."""

from collections.abc import Iterator

from reconciler.model.moves import CustomerMove, StateMove
from reconciler.model.plan import Plan
from reconciler.rendering.report import (
    Item,
    Level,
    Section,
    Span,
    Tone,
)


def state_moves(plan: Plan) -> Iterator[Section]:
    """Yields what apply moves in state, and what it stops tracking, a line each."""
    if plan.customer_moves:
        yield Section(
            id="customers-moved",
            heading="Customers moved in state, as the manifests say",
            nouns=("customer", "customers"),
            intro="Each with all its addresses. Nothing of it is sent to Partner Center.",
            items=tuple(map(_customer_move, plan.customer_moves)),
            dense=True,
        )
    moved = [move for move in plan.moves if move.to]
    yield from _moved_in_state("moves", "Moved in state, as the manifests say", moved)
    gone = [move for move in plan.moves if move.to is None]
    bought = [move for move in gone if move.address not in plan.unbought]
    more = " That cancels nothing: each subscription and its bill go on, and so does what is scheduled for it."
    yield from _moved_in_state("not-tracked", "Not tracked any more, as the manifests say", bought, more)
    orders = [move for move in gone if move.address in plan.unbought]
    heading = "Orders that are not tracked any more, as the manifests say"
    yield from _moved_in_state("orders-not-tracked", heading, orders, " Nothing is known to be bought for them.")


def _moved_in_state(name: str, heading: str, moves: list[StateMove], more: str = "") -> Iterator[Section]:
    if moves:
        yield Section(
            id=name,
            heading=heading,
            nouns=("address", "addresses"),
            intro=f"Nothing of it is sent to Partner Center.{more}",
            items=tuple(map(_state_move, moves)),
            dense=True,
        )


def _state_move(move: StateMove) -> Item:
    state = f"is {move.to} from now on" if move.to else "is not tracked any more"
    return Item(
        subject=f"{move.address} -> {move.to}" if move.to else move.address,
        address=move.address,
        whose=move.to.customer if move.to else "",
        sign=Span(">", Tone.INFO),
        kind="moved" if move.to else "removed",
        level=Level.NOTE,
        state="moved in state" if move.to else "not tracked any more",
        code="moved" if move.to else "removed",
        place=move.source,
        alone=f"In state, {move.address} {state}.",
    )


def _customer_move(move: CustomerMove) -> Item:
    return Item(
        subject=f"{move.customer} -> {move.to}",
        whose=move.to,
        sign=Span(">", Tone.INFO),
        kind="moved",
        level=Level.NOTE,
        state="moved in state",
        code="moved",
        place=move.source,
        alone=f"In state, the customer {move.customer} is {move.to} from now on.",
    )
