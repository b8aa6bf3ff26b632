"""Seats by offer before and after the plan's changes."""

from collections import Counter
from collections.abc import Iterator

from reconciler.model.offer import same_name
from reconciler.model.plan import Plan
from reconciler.rendering.report import Bar, Chart

_SHOWN = 12
"""The number of offers that have bars of their own; the smaller ones are added up."""


def by_offer(plan: Plan) -> Iterator[Chart]:
    """The offers, the most seats first. Offers are told apart by id, and shown by name."""
    before, after, names = Counter[str](), Counter[str](), dict[str, str]()
    for change in plan.changes:
        if change.before:
            before[change.before.offer_id] += change.before.quantity
            names[change.before.offer_id] = change.before.offer_name.strip() or change.before.offer_id
        after[change.after.offer_id] += change.after.quantity
        names[change.after.offer_id] = change.after.offer_name.strip() or change.after.offer_id
    ordered = sorted(names, key=lambda offer: (-max(before[offer], after[offer]), offer))
    bars = [Bar(name=_name(offer, names), before=before[offer], after=after[offer]) for offer in ordered[:_SHOWN]]
    if rest := ordered[_SHOWN:]:
        seats = sum(before[offer] for offer in rest), sum(after[offer] for offer in rest)
        bars.append(Bar(name=f"{len(rest)} other offers", before=seats[0], after=seats[1]))
    if bars:
        yield Chart(
            title="Seats by offer, before and after",
            intro="Of the changes that can go ahead; what is blocked or unchanged is not in it.",
            bars=tuple(bars),
        )


def _name(offer: str, names: dict[str, str]) -> str:
    """The name, with the id where two offers have the same."""
    name = names[offer]
    return f"{name} ({offer})" if sum(same_name(other, name) for other in names.values()) > 1 else name
