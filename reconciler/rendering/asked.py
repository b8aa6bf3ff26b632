"""Who asks for what a plan decides: the commits that it was made for, or the manifests before them.

A plan of what a commit touched is of whole customers, so that it may hold what somebody else asked for long ago, or
what undoes a change that somebody else made outside.
"""

from collections.abc import Collection, Mapping

from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.plan import Plan
from reconciler.rendering.foremost import undoing, undoing_ours

_LET_THROUGH = "Whoever lets this plan through lets that through as well."


def asked_now(plan: Plan) -> tuple[Change, ...]:
    """The changes that the compared commits ask for; all of them where nothing was compared."""
    before = frozenset(plan.asked_before)
    return tuple(one for one in plan.changes if one.address not in before)


def asked_before(plan: Plan) -> tuple[Change, ...]:
    """The changes that were asked for already, and would be carried out with the others."""
    before = frozenset(plan.asked_before)
    return tuple(one for one in plan.changes if one.address in before)


def blocked_before(plan: Plan) -> tuple[Address, ...]:
    """What is blocked, and would be without the compared commits too."""
    before = frozenset(plan.asked_before)
    return tuple(one.address for one in plan.blocked if one.address in before)


def reasons_before(plan: Plan) -> Mapping[Address, str]:
    """Why the plan has something of the addresses of which the compared commits ask nothing."""
    why = _Why(plan)
    return {
        address: f"The manifests asked for it before these commits, and {why.of(address)}."
        for address in plan.asked_before
    }


def also(plan: Plan) -> str:
    """Why the plan has changes that the compared commits do not ask for, all of them together."""
    why = _Why(plan)
    reasons = sorted({why.of(change.address) for change in asked_before(plan)})
    return f"The manifests asked for it before, and {', or '.join(reasons)}. {_LET_THROUGH}"


class _Why:
    """Why something is not as the manifests asked before, as far as state can tell."""

    def __init__(self, plan: Plan) -> None:
        self._outside: Collection[Address] = _changed_outside(plan)
        self._undone = undoing_ours(plan)
        self._unrecorded = {change.address for change in plan.changes if change.binding.lineage is None}

    def of(self, address: Address) -> str:
        if address in self._outside:
            return "somebody has changed it outside since"
        if address in self._undone:
            return "it was carried out, and a later apply has changed it since"
        if address in self._unrecorded:
            return "it was not carried out yet, or somebody has changed it outside (no apply has recorded it)"
        return "it was not carried out yet"


def _changed_outside(plan: Plan) -> frozenset[Address]:
    """The addresses whose offer or seats somebody else changed."""
    drifted = (
        item.address
        for item in plan.drift
        if any(difference.path in {"offer_id", "quantity"} for difference in item.differences)
    )
    return undoing(plan).union(drifted)
