"""Selects the changes of a plan made afresh that the reviewed plan has too, each just so."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from reconciler import changes
from reconciler.advice import sentence
from reconciler.model.address import Address
from reconciler.model.alarm import REMOVAL_WAITS, Alarm
from reconciler.model.change import Blocked, Change
from reconciler.model.cost import differs
from reconciler.model.moves import CustomerMove, Names, StateMove
from reconciler.model.plan import Plan
from reconciler.model.unsettled import Unsettled
from reconciler.planning.stale import outcome_of, why_dearer, why_stale


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """The changes that may be carried out, the new ones that nobody reviewed, and the reviewed ones that are left.
    `costs` are those that may be carried out and cost otherwise than was reviewed, each as reviewed and as it is now.
    `gone_moves` are the reviewed moves of entries that are left, each with the reason.

    Nothing is carried out for a customer or an address whose state moves to another name while nobody reviewed that.
    """

    changes: tuple[Change, ...]
    new: tuple[Change, ...]
    gone: tuple[tuple[Change, str], ...]
    costs: tuple[tuple[Change, Change], ...] = ()
    moves: tuple[StateMove, ...] = ()
    new_moves: tuple[StateMove, ...] = ()
    gone_moves: tuple[tuple[StateMove, str], ...] = ()
    customer_moves: tuple[CustomerMove, ...] = ()
    new_customer_moves: tuple[CustomerMove, ...] = ()


def approval(reviewed: Plan, fresh: Plan, declared: Collection[Address]) -> Approval:
    """Holds the fresh plan against the reviewed one, which may come from a job that nobody trusts.

    What is carried out is the fresh plan's alone; the reviewed plan can only leave something out. A change counts as
    reviewed where its customer, subscription, action, what it starts from (the etag apart), what it leads to and the
    upgrade's type are the same, nobody applied to the address in between, it undoes nothing that it did not undo, and
    it commits to no more money. One that deletes what is scheduled waits where what schedules it again was not
    reviewed.
    """
    decided = (fresh.changes, fresh.blocked, fresh.pending)
    compared = [(change, outcome_of(change, *decided)) for change in reviewed.changes]
    renames = {(move.customer, move.to) for move in reviewed.customer_moves}
    unsaid = {move.to: move.customer for move in fresh.customer_moves if (move.customer, move.to) not in renames}
    held = [
        (change, _why_renamed(change.customer.name, unsaid) or _why_left(change, now, declared, fresh.warnings))
        for change, now in compared
    ]
    unreviewed = _scheduling(fresh) - {change.address for change, why in held if why is None and _schedules(change)}
    held = [(change, why or _why_waits(change, unreviewed)) for change, why in held]
    shown = shown_names(reviewed)
    unmoved = {move.to for move in fresh.moves if move.to and (move.address, move.to) not in shown}
    held = [(change, why or _why_unmoved(change, unmoved)) for change, why in held]
    approved = {change.item for change, why in held if why is None}
    moves = [move for move in fresh.moves if move.address.customer not in unsaid]
    told_of = {now.item for _, now in compared if isinstance(now, Change)}
    return Approval(
        changes=tuple(change for change in fresh.changes if change.item in approved),
        new=tuple(change for change in fresh.changes if change.item not in told_of),
        gone=tuple((change, why) for change, why in held if why is not None),
        costs=tuple(
            (change, now)
            for change, now in compared
            if isinstance(now, Change) and now.item in approved and differs(change.cost, now.cost)
        ),
        moves=tuple(move for move in moves if (move.address, move.to) in shown),
        new_moves=tuple(move for move in moves if (move.address, move.to) not in shown),
        gone_moves=tuple(
            (move, why)
            for move in fresh.moves
            if move.names in shown and (why := _why_renamed(move.address.customer, unsaid))
        ),
        customer_moves=tuple(move for move in fresh.customer_moves if move.to not in unsaid),
        new_customer_moves=tuple(move for move in fresh.customer_moves if move.to in unsaid),
    )


def under_present_names(reviewed: Plan, fresh: Plan, names_of: Callable[[Address], Collection[Address]]) -> Plan:
    """Returns the reviewed plan with each change under the name that its entry and its customer have now, where
    `moved:` says so (`names_of` tells every name that an address is moved to) and the fresh plan comes to the same kind
    of change of the same subscription of the same tenant under that name. Each move and each removal of an entry is
    under its customer's present name, unless the fresh plan has it under the reviewed one: another customer may have
    that by now.
    """
    of_subscription = {(change.action, _means(change)): change for change in fresh.changes if change.before}

    def renamed(change: Change) -> Change:
        planned = of_subscription.get((change.action, _means(change))) if change.before else None
        if planned is None or planned.address == change.address or planned.address not in names_of(change.address):
            return change
        return replace(change, address=planned.address, customer=planned.customer)

    now = shown_names(fresh)

    def of_present_customer(address: Address, to: Address | None) -> Names:
        if (address, to) in now:
            return address, to
        customer = next(iter(names_of(address))).customer
        return Address(f"{customer}/{address.name}"), Address(f"{customer}/{to.name}") if to else None

    moved = ((move, of_present_customer(*move.names)) for move in reviewed.moves)
    return replace(
        reviewed,
        changes=tuple(map(renamed, reviewed.changes)),
        moves=tuple(replace(move, address=address, to=to) for move, (address, to) in moved),
        warnings=tuple(
            replace(alarm, address=of_present_customer(alarm.address, None)[0])
            if alarm.address and alarm.code in REMOVAL_WAITS
            else alarm
            for alarm in reviewed.warnings
        ),
    )


def _means(change: Change) -> tuple[str, str, str]:
    return change.customer.tenant, change.subscription_id, change.binding.id


def shown_names(reviewed: Plan) -> frozenset[Names]:
    """Returns the moves that a reviewed plan shows, each by its two names, removals that wait for a change included."""
    waiting = ((address, None) for address in removals_waiting(reviewed.warnings))
    return frozenset((*(move.names for move in reviewed.moves), *waiting))


def removals_waiting(warnings: Iterable[Alarm]) -> tuple[Address, ...]:
    """Returns the removed addresses that are tracked until something is settled."""
    return tuple(alarm.address for alarm in warnings if alarm.address and alarm.code in REMOVAL_WAITS)


def _why_renamed(now: str, unsaid: Mapping[str, str]) -> str | None:
    before = unsaid.get(now)
    return sentence("stale_customer_move_not_reviewed", before=before, now=now) if before else None


def _scheduling(fresh: Plan) -> set[Address]:
    """The addresses for the end of whose term something is planned."""
    return {change.address for change in fresh.changes if _schedules(change)}


def _schedules(change: Change) -> bool:
    return changes.of(change.request).stands_alone


def _why_waits(change: Change, unreviewed: Collection[Address]) -> str | None:
    waits = change.deletes_schedule and change.address in unreviewed
    return sentence("stale_schedule_not_reviewed") if waits else None


def _why_unmoved(change: Change, unmoved: Collection[Address]) -> str | None:
    return sentence("stale_move_not_reviewed", now=change.address) if change.address in unmoved else None


def _why_left(
    change: Change,
    now: Change | Blocked | Unsettled | None,
    declared: Collection[Address],
    warnings: Collection[Alarm],
) -> str | None:
    if change.address not in declared:
        return sentence("stale_not_asked")
    return why_stale(change, now, warnings) or (why_dearer(change, now) if isinstance(now, Change) else None)
