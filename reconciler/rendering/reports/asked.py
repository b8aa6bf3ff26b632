"""The changes that a reader must know of first: what can't be undone, what undoes, and what these commits do not ask
for.

A plan of what a commit touched is of whole customers, so that it may hold what somebody else asked for long ago, or
what undoes a change that somebody else made outside.
"""

from collections.abc import Collection, Iterable, Mapping

from reconciler.changes import of as kind_of
from reconciler.model.address import Address
from reconciler.model.alarm import UNDOES, UNDOES_OURS
from reconciler.model.change import Change
from reconciler.model.plan import Plan

_LET_THROUGH = "Approving this plan approves that as well."


def one_way_first(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The same changes: those that can't be undone, then the others, else in their order."""
    return tuple(sorted(changes, key=lambda change: not is_one_way(change)))


def is_one_way(change: Change) -> bool:
    """Returns True if it can't be undone."""
    return bool(kind_of(change.request).words.one_way)


def undoing(plan: Plan, code: str = UNDOES) -> frozenset[Address]:
    """The addresses whose changes undo what somebody else changed; or what a later apply changed, by that code."""
    return frozenset(
        change.address for change in plan.changes if any(warning.code == code for warning in change.warnings)
    )


def changes_now(plan: Plan) -> tuple[Change, ...]:
    """The changes that can go ahead and that the compared commits ask for; all where nothing was compared."""
    return tuple(change for change in plan.ready if not plan.is_standing(change))


def changes_before(plan: Plan) -> tuple[Change, ...]:
    """The changes that were asked for already, and would be carried out with the others."""
    return tuple(filter(plan.is_standing, plan.ready))


def blocked_before(plan: Plan) -> tuple[Address, ...]:
    """Returns what is blocked, and would be without the compared commits too."""
    before = frozenset(plan.asked_before)
    return tuple(item.address for item in plan.blocked if item.address in before)


def reasons_before(plan: Plan) -> Mapping[Address, str]:
    """Returns why the plan has something of the addresses of which the compared commits ask nothing."""
    why = _Why(plan)
    return {
        address: f"The manifests asked for it before these commits, and {why.of(address)}."
        for address in (*plan.asked_before, *(item.address for item in plan.asked_before_items))
    }


def also(plan: Plan) -> str:
    """Returns why the plan has changes that the compared commits do not ask for, all of them together."""
    why = _Why(plan)
    reasons = sorted({why.of(change.address) for change in changes_before(plan)})
    return f"The manifests asked for it before, and {', or '.join(reasons)}. {_LET_THROUGH}"


class _Why:
    """Returns why something is not as the manifests asked before, as far as state can tell."""

    def __init__(self, plan: Plan) -> None:
        self._outside: Collection[Address] = _changed_outside(plan)
        self._undone = undoing(plan, UNDOES_OURS)
        unrecorded = (change.address for change in plan.changes if change.binding.lineage is None)
        self._unrecorded = {*unrecorded, *(item.address for item in plan.blocked if not item.recorded)}

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
