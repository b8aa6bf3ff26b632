"""Seats by offer before and after the plan's changes: the figures of the page's chart."""

from collections import Counter
from dataclasses import dataclass

from reconciler.model.plan import Plan
from reconciler.model.subscription import same_name

_SHOWN = 12
"""How many offers have bars of their own; the smaller ones are added up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """An offer's seats in the subscriptions that change, before and after, and the bars' lengths in percent."""

    offer: str
    before: int
    after: int
    before_bar: float
    after_bar: float


def by_offer(plan: Plan) -> list[Seats]:
    """The offers, the most seats first. Offers are told apart by id, and shown by name."""
    before, after, names = Counter[str](), Counter[str](), dict[str, str]()
    for change in plan.changes:
        before[change.before.offer_id] += change.before.quantity
        after[change.after.offer_id] += change.after.quantity
        names[change.before.offer_id] = change.before.offer_name.strip() or change.before.offer_id
        names[change.after.offer_id] = change.after.offer_name.strip() or change.after.offer_id
    figures = sorted(((before[one], after[one], one) for one in names), key=lambda one: (-max(one[:2]), one[2]))
    rows = [(_told(one, names), was, is_) for was, is_, one in figures[:_SHOWN]]
    if figures[_SHOWN:]:
        rest = figures[_SHOWN:]
        rows.append((f"{len(rest)} other offers", sum(one[0] for one in rest), sum(one[1] for one in rest)))
    most = max((max(was, is_) for _, was, is_ in rows), default=0) or 1
    return [
        Seats(offer=name, before=was, after=is_, before_bar=_bar(was, most), after_bar=_bar(is_, most))
        for name, was, is_ in rows
    ]


def _told(identifier: str, names: dict[str, str]) -> str:
    """The name, with the id where two offers have the same."""
    name = names[identifier]
    return f"{name} ({identifier})" if sum(same_name(other, name) for other in names.values()) > 1 else name


def _bar(seats: int, most: int) -> float:
    return round(100 * seats / most, 1)
