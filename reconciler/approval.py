"""Carries over a review: a plan made afresh, reduced to what a reviewed plan file also contains."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from reconciler import planning
from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.errors import PlanFileStale
from reconciler.model.event import Skipped, Stale
from reconciler.model.plan import Plan
from reconciler.planning import Globs, Shard
from reconciler.session import Planned, Session


def approved(session: Session, reviewed: Plan, globs: Globs) -> Planned:
    """Plans afresh and keeps the changes that were reviewed; what is left out stands in `left`, with the reason.

    Planned is what the reviewed plan selected, or what `globs` select where they say something. A plan made from a
    snapshot may be reviewed: nothing of it is carried out, and the fresh plan is of the live service. Raises
    PlanFileRefused where the reviewed plan is another estate's, and PlanFileStale where all it selected is gone.
    """
    session.refuse_foreign(reviewed)
    declared = frozenset(one.address for one in session.estate.desired)
    planned = session.plan(globs if globs != Globs() else _still_there(reviewed, declared))
    mine = tuple(one for one in reviewed.changes if globs.chooses(one.address))
    held = planning.approval(replace(reviewed, changes=mine), planned.plan, declared)
    kept = frozenset(one.address for one in held.changes)
    now = planned.plan.created_at
    return Planned(
        plan=session.limited(replace(planned.plan, changes=held.changes)),
        works=tuple(
            replace(work, changes=tuple(one for one in work.changes if one.address in kept)) for work in planned.works
        ),
        left=(
            *(Stale(at=now, address=one.address, description=why) for one, why in held.gone),
            *(_not_reviewed(one, now) for one in held.new),
        ),
    )


def _still_there(reviewed: Plan, declared: Collection[Address]) -> Globs:
    """What was selected, as far as it is declared. A glob that matches nothing any more is no mistake of this run's.

    Of a plan of only what a commit touched it is the customers that it touched: the others were nobody's business.
    """
    selection = reviewed.selection
    shard = Shard.parse(selection.shard) if selection.shard else None
    customers = None if selection.touched is None else frozenset(selection.touched)
    globs = Globs(target=selection.target, exclude=selection.exclude, shard=shard, customers=customers)
    globs = globs.matching(declared)
    nothing = not shard and customers is None and not any(map(globs.chooses, declared))
    if nothing or len(globs.target) < min(1, len(selection.target)):
        raise PlanFileStale.because(
            "Nothing that the reviewed plan selected is declared any more. Nothing was sent.",
            "Make a new plan, and have it reviewed: reconciler plan --out plan.json",
        )
    return globs


def _not_reviewed(change: Change, now: datetime) -> Skipped:
    return Skipped(
        at=now,
        address=change.address,
        code="not_reviewed",
        description=f"The reviewed plan does not have this change: {planning.worded(change)}.",
        remedy=("Have it reviewed: reconciler plan --out plan.json",),
    )
