"""Whether a plan agrees with itself: what it says twice, it says alike. One that planning made always does."""

from collections.abc import Iterator

from reconciler.model.change import Action, Blocked, Change, Difference
from reconciler.model.plan import Plan, Summary, Unsettled
from reconciler.planning.shard import Shard


def contradiction(plan: Plan, summary: Summary) -> str | None:
    """What of a plan contradicts what else it says, in words; None where nothing does.

    `summary` are the counts that stand beside the plan: a reader looks at these first.
    """
    return next(_contradictions(plan, summary), None)


def _contradictions(plan: Plan, summary: Summary) -> Iterator[str]:
    items: tuple[Change | Blocked | Unsettled, ...] = (*plan.changes, *plan.blocked, *plan.pending)
    misplaced = (item for item in items if item.address.customer != item.customer.name)
    yield from (f"{item.address} is said to be of {item.customer.name}" for item in misplaced)
    for change in plan.changes:
        if not _coherent(change):
            yield f"the change of {change.address} says two things of what it does"
    if plan.selection.shard:
        shards = [Shard.parse(one) for one in plan.selection.shard.split(", ")]
        for item in items:
            if not any(shard.holds(item.customer.name) for shard in shards):
                yield f"{item.address} is not in shard {plan.selection.shard}"
    if summary != plan.summary:
        yield "its summary does not count what it lists"


def _coherent(change: Change) -> bool:
    """Whether the action, the differences, the upgrade and the binding are those of what is there before and after."""
    before, after, chosen = change.before, change.after, change.upgrade
    pairs = (("offer_id", before.offer_id, after.offer_id), ("quantity", before.quantity, after.quantity))
    differences = tuple(Difference(path=path, before=old, after=new) for path, old, new in pairs if old != new)
    moves = before.offer_id != after.offer_id
    same = chosen is None or (chosen.target_offer_id, chosen.quantity) == (after.offer_id, after.quantity)
    return (
        differences == change.differences != ()
        and (change.action is Action.UPGRADE) is moves is (chosen is not None)
        and same
        and change.binding.id == change.subscription_id
    )
