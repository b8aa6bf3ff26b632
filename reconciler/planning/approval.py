"""Which changes of a plan made afresh somebody has reviewed: those that the reviewed plan has too, each just so."""

from collections.abc import Collection
from dataclasses import dataclass

from reconciler import changes
from reconciler.advice import sentence
from reconciler.model.address import Address
from reconciler.model.alarm import Alarm
from reconciler.model.change import Blocked, Change
from reconciler.model.plan import Plan, Unsettled
from reconciler.planning.stale import outcome_of, why_stale


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What may be carried out; what is new, so that nobody reviewed it; and what was reviewed and is left, with why."""

    changes: tuple[Change, ...]
    new: tuple[Change, ...]
    gone: tuple[tuple[Change, str], ...]


def approval(reviewed: Plan, fresh: Plan, declared: Collection[Address]) -> Approval:
    """Holds the fresh plan against the reviewed one, which may come from a job that nobody trusts.

    What is carried out is the fresh plan's alone; the reviewed plan can only leave something out. A change counts as
    reviewed where its customer, subscription, action, what it starts from (the etag apart), what it leads to and the
    upgrade's type are the same, nobody applied to the address in between, and it undoes nothing that it did not undo.
    One that deletes what is scheduled waits where what schedules it again was not reviewed.
    """
    decided = (fresh.changes, fresh.blocked, fresh.pending)
    compared = [(change, outcome_of(change, *decided)) for change in reviewed.changes]
    held = [(change, _why_left(change, now, declared, fresh.warnings)) for change, now in compared]
    unreviewed = _scheduling(fresh) - {change.address for change, why in held if why is None and _schedules(change)}
    held = [(change, why or _why_waits(change, unreviewed)) for change, why in held]
    approved = {change.item for change, why in held if why is None}
    told_of = {now.item for _, now in compared if isinstance(now, Change)}
    return Approval(
        changes=tuple(change for change in fresh.changes if change.item in approved),
        new=tuple(change for change in fresh.changes if change.item not in told_of),
        gone=tuple((change, why) for change, why in held if why is not None),
    )


def _scheduling(fresh: Plan) -> set[Address]:
    """The addresses for the end of whose term something is planned."""
    return {change.address for change in fresh.changes if _schedules(change)}


def _schedules(change: Change) -> bool:
    return changes.of(change.request).stands_alone


def _why_waits(change: Change, unreviewed: Collection[Address]) -> str | None:
    waits = change.deletes_schedule and change.address in unreviewed
    return sentence("stale_schedule_not_reviewed") if waits else None


def _why_left(
    change: Change,
    now: Change | Blocked | Unsettled | None,
    declared: Collection[Address],
    warnings: Collection[Alarm],
) -> str | None:
    if change.address not in declared:
        return sentence("stale_not_asked")
    return why_stale(change, now, warnings)
