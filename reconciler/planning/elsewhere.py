"""Finds what a review leaves out because the reviews of other requests have it, whose jobs carry it out."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.moves import CustomerMove, StateMove
from reconciler.model.plan import Plan
from reconciler.planning.approval import approval

_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """The parts of a fresh plan that other reviews have too, each with the name of the first such review.

    `at` are the changes of those reviews at each address, whether they are planned still or not, and `removed` the
    addresses that they let go.
    """

    changes: Mapping[tuple[Address, str], str] = field(default_factory=dict)
    moves: Mapping[StateMove, str] = field(default_factory=dict)
    customer_moves: Mapping[CustomerMove, str] = field(default_factory=dict)
    at: Mapping[Address, tuple[tuple[str, Change], ...]] = field(default_factory=dict)
    removed: Mapping[Address, str] = field(default_factory=dict)


def elsewhere(
    others: Mapping[str, Plan],
    fresh: Plan,
    declared: Collection[Address],
    left: Collection[Address],
    moved: Collection[StateMove] = (),
    renamed: Collection[CustomerMove] = (),
) -> Elsewhere:
    """Holds the fresh plan against other reviews, each by its name, just as against the review to be carried out: only
    what one of them would let through is its job's. Only changes at the addresses that are `left` are looked at.
    `moved` and `renamed` are the moves of entries and of customers that are carried out now: the jobs of the others
    find them done.
    """
    own = {
        name: tuple(change for change in review.changes if change.address in left) for name, review in others.items()
    }
    done = {
        name: replace(
            review,
            changes=own[name],
            moves=(*review.moves, *moved),
            customer_moves=(*review.customer_moves, *renamed),
        )
        for name, review in others.items()
    }
    held = [(name, approval(review, fresh, declared)) for name, review in done.items()]
    at: dict[Address, tuple[tuple[str, Change], ...]] = {}
    for name, changes in own.items():
        for change in changes:
            at[change.address] = (*at.get(change.address, ()), (name, change))
    return Elsewhere(
        changes=_first((change.item, name) for name, approved in held for change in approved.changes),
        moves=_first((move, name) for name, approved in held for move in approved.moves),
        customer_moves=_first((move, name) for name, approved in held for move in approved.customer_moves),
        at=at,
        removed=_first((m.address, name) for name, review in others.items() for m in review.moves if m.to is None),
    )


def _first(pairs: Iterable[tuple[_Part, str]]) -> Mapping[_Part, str]:
    """Returns each part with the name that it came with first."""
    names: dict[_Part, str] = {}
    for part, name in pairs:
        names.setdefault(part, name)
    return names
