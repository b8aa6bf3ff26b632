"""Finds what of a plan contradicts what else it says. A plan that planning made never contradicts itself."""

from collections.abc import Iterator
from itertools import pairwise

from reconciler.model.change import After, Before, Blocked, Change, Difference, attributes
from reconciler.model.plan import Plan
from reconciler.model.shard import Shard
from reconciler.model.unsettled import Unsettled


def contradiction(plan: Plan) -> str | None:
    """Returns the first contradiction within a plan, in words that complete "The plan file is damaged: …"."""
    return next(_contradictions(plan), None)


def _contradictions(plan: Plan) -> Iterator[str]:
    for change, next_change in pairwise(plan.changes):
        if change.item == next_change.item:
            yield f"it changes {change.address} twice"
    items: tuple[Change | Blocked | Unsettled, ...] = (*plan.changes, *plan.blocked, *plan.pending)
    misplaced = (item for item in items if item.address.customer != item.customer.name)
    yield from (f"{item.address} is said to be of {item.customer.name}" for item in misplaced)
    for change in plan.changes:
        if not coherent(change):
            yield f"the change of {change.address} says two things of what it does"
    changed = {change.item for change in plan.changes}
    yield from (
        f"it holds back {item.address}, which it does not change" for item in plan.held if item.item not in changed
    )
    if plan.selection.shard is not None:
        yield from _outside_shards(items, plan.selection.shard)


def _outside_shards(items: tuple[Change | Blocked | Unsettled, ...], text: str) -> Iterator[str]:
    """Items that are in none of the shards; of several plans that are read as one there are several."""
    try:
        shards = [Shard.parse(part) for part in text.split(", ")]
    except ValueError:
        yield f"{text!r} is no shard"
        return
    for item in items:
        if not any(shard.holds(item.customer.name) for shard in shards):
            yield f"{item.address} is not in shard {text}"


def coherent(change: Change) -> bool:
    """Returns True if action, differences, request and binding follow from what is there before and after."""
    before, after, request = change.before, change.after, change.request
    moves = before is None or before.offer_id != after.offer_id
    now, kept = attributes(after), {"offer_id": before.offer_id, "quantity": before.quantity} if before else {}
    return (
        change.differences != ()
        and sorted(change.differences, key=lambda difference: difference.path) == _differences(before, after)
        and change.action == request.action
        and (before is None) is request.creates
        and moves is (request.new_offer is not None)
        and all(now.get(path) == value for path, value in {**kept, **request.values}.items())
        and change.binding.id == change.subscription_id
    )


def _differences(before: Before | None, after: After) -> list[Difference]:
    """Returns what differs, by path. What `after` leaves out is not managed, and no difference."""
    was = attributes(before) if before else {}
    return [
        Difference(path=path, before=was.get(path), after=value)
        for path, value in sorted(attributes(after).items())
        if was.get(path) != value and (value is not None or path.startswith("renewal."))
    ]
