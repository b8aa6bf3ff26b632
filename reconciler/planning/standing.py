"""Items of a plan that the manifests asked for before the compared commits: their entries say something else by now,
and these items do not come of that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reconciler.changes.facts import Circumstances, Facts
from reconciler.model.address import Address
from reconciler.model.desired import Desired
from reconciler.model.plan import PlanItem
from reconciler.planning.planner import CustomerPlan, plan_customer


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingItems:
    """The addresses of which everything was asked before, and single changes of others."""

    addresses: tuple[Address, ...] = ()
    items: tuple[PlanItem, ...] = ()


def standing_items(
    facts: Facts, circumstances: Circumstances, part: CustomerPlan, earlier: Mapping[Address, Desired]
) -> StandingItems:
    """Returns what of a customer's plan the `earlier` entries come to as well, by the same facts: the very same
    requests, and what is blocked for the same reasons. What can't be told without asking the service more was not.
    """
    declared = {desired.address for desired in facts.desired}
    entries = {address: entry for address, entry in earlier.items() if address in declared & facts.selected}
    if not entries:
        return StandingItems()
    desired = tuple(entries.get(entry.address, entry) for entry in facts.desired)
    before = _outcomes(plan_customer(replace(facts, desired=desired, selected=frozenset(entries)), circumstances))
    now = _outcomes(part)
    same = {item for item, outcome in now.items() if before.get(item) == outcome and item.address in entries}
    whole = {item.address for item in same} - {item.address for item in now if item not in same}
    single = (item for item in same if item.action and item.address not in whole)
    return StandingItems(addresses=tuple(whole), items=tuple(single))


def _outcomes(part: CustomerPlan) -> Mapping[PlanItem, object]:
    """The changes with their requests; what is blocked, as an item without an action, with the codes of the reasons."""
    blocked = {
        PlanItem(address=item.address, action=""): tuple(reason.code for reason in item.reasons)
        for item in part.blocked
    }
    return {PlanItem(address=item.address, action=item.action): item.request for item in part.changes} | blocked
