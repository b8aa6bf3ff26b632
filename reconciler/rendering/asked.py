"""Who asks for what a plan decides: the commits that it was made for, or the manifests before them.

A plan of what a commit touched is of whole customers, so that it may hold what somebody else asked for long ago.
"""

from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.plan import Plan

BEFORE = "The manifests asked for it before these commits, and it was not carried out yet."
"""Of one item; every format says it of each."""

ALSO = (
    "The manifests asked for it before, and it was not carried out yet. Whoever lets this plan through lets that "
    "through as well."
)


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
