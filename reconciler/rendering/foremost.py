"""Which cautions of a plan are read before anything else, in every format."""

from reconciler.model.address import Address
from reconciler.model.change import Caution
from reconciler.model.plan import Plan
from reconciler.rendering.gravity import one_way_first

UNDOES = "undoes_outside_change"
UNDOES_OURS = "undoes_own_change"

_FOREMOST = {UNDOES, UNDOES_OURS}


def foremost(plan: Plan) -> tuple[tuple[Address, Caution], ...]:
    """The cautions without which nobody should approve the plan, each with the address of its change."""
    return tuple(
        (change.address, caution)
        for change in one_way_first(plan.changes)
        for caution in change.warnings
        if is_foremost(caution)
    )


def is_foremost(caution: Caution) -> bool:
    """Whether the caution stands in the box that is read first."""
    return caution.code in _FOREMOST


def undoing(plan: Plan) -> frozenset[Address]:
    """The addresses whose changes undo what somebody else changed."""
    return frozenset(address for address, caution in foremost(plan) if caution.code == UNDOES)


def undoing_ours(plan: Plan) -> frozenset[Address]:
    """The addresses whose changes undo what a later apply changed."""
    return frozenset(address for address, caution in foremost(plan) if caution.code == UNDOES_OURS)
