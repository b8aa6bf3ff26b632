"""Warnings and names of a plan that concern its run as a whole."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler import advice, planning
from reconciler.applying.work import Work
from reconciler.changes import of as kind_of
from reconciler.model.alarm import (
    REMOVAL_WAITS,
    REMOVED_CUSTOMER_DECLARED,
    REMOVED_IS_DECLARED,
    TRACKED_ON,
    UNGUARDED,
    Alarm,
)
from reconciler.model.holder import data_of
from reconciler.model.plan import CatalogueName, Plan
from reconciler.model.reason import Datum
from reconciler.model.state import CustomerState
from reconciler.operations.workspace import Workspace
from reconciler.planning import CustomerPlan, Globs

if TYPE_CHECKING:
    pass


def tracked_on(workspace: Workspace, states: Iterable[CustomerState], part: Plan | CustomerPlan) -> Iterator[Alarm]:
    """Yields why undeclared addresses can't be let go yet, of those of which the part says nothing of that so far."""
    open_at = {item.address for item in part.pending}
    known = {alarm.address for alarm in part.warnings if alarm.code in TRACKED_ON | REMOVED_IS_DECLARED}
    renamed = {alarm.customer for alarm in part.warnings if alarm.code == REMOVED_CUSTOMER_DECLARED}
    states = [state for state in states if state.customer.name not in renamed]
    undeclared = set(part.undeclared) - open_at - known
    return planning.all_tracked_on(states, undeclared, workspace.commerce.clocks.earliest)


def noted(plan: Plan, workspace: Workspace, globs: Globs) -> Plan:
    """Returns the plan with the warnings and names that concern the run as a whole, and without what is said of
    undeclared addresses that it is not about.
    """

    def chosen(alarm: Alarm) -> bool:
        of_undeclared = alarm.code in TRACKED_ON - REMOVAL_WAITS
        return not of_undeclared or alarm.address is None or globs.chooses(alarm.address)

    declared = {customer.name for customer in workspace.estate.customers}
    in_part = {address.customer for address in plan.undeclared if not globs.chooses(address)}
    return replace(
        plan,
        vanished=tuple({address.customer for address in plan.undeclared} - declared - in_part),
        undeclared=tuple(filter(globs.chooses, dict.fromkeys(plan.undeclared))),
        unbought=tuple(filter(globs.chooses, dict.fromkeys(plan.unbought))),
        tasks=tuple(task for task in dict.fromkeys(plan.tasks) if any(map(globs.chooses, task.addresses))),
        warnings=(*filter(chosen, plan.warnings), *_clock_warning(workspace), *_unguarded(plan)),
        catalogue=_renamed_offers(plan, workspace),
    )


def locked(workspace: Workspace, works: Iterable[Work]) -> Iterator[Alarm]:
    """Warns of locks that somebody holds on customers for whom apply has work to do; not of those it will take over."""
    names = {name for work in works if work.is_anything for name in work.names}
    for lock in workspace.store.locks() if names else ():
        dead = lock.run.process is not None and workspace.is_dead(lock.run.process)
        if lock.customer in names and not dead:
            known = data_of(lock, workspace.clock.now())
            description = advice.sentence("locked", holder=known["holder"])
            data = tuple(Datum(name, known[name]) for name in ("lock_id", "run", "unreadable") if known[name])
            yield Alarm(address=None, customer=lock.customer, code="locked", description=description, data=data)


def _clock_warning(workspace: Workspace) -> Iterator[Alarm]:
    apart = workspace.commerce.clocks.apart
    if apart:
        description = advice.sentence("clocks_disagree_in_plan", **apart.data)
        yield Alarm(address=None, code="clocks_disagree", description=description)


def _unguarded(plan: Plan) -> Iterator[Alarm]:
    """Warns once of all changes that no etag guards: new commerce has none. Elsewhere each such change says so."""
    sent_back = (change.before for change in plan.changes if kind_of(change.request).sends_back)
    if any(before is not None and before.new_commerce and before.etag is None for before in sent_back):
        description = advice.sentence(UNGUARDED, platform="new commerce")
        yield Alarm(address=None, code=UNGUARDED, description=description)


def _renamed_offers(plan: Plan, workspace: Workspace) -> tuple[CatalogueName, ...]:
    """Returns the names of the catalogue whose offers the service calls otherwise, of those the plan upgrades to."""
    names = {
        change.after.catalogue_name: change.after.offer_id
        for change in plan.changes
        if any(warning.code == "offer_named_otherwise" for warning in change.warnings)
    }
    places = workspace.estate.catalogue_places
    return tuple(
        CatalogueName(name=name, offer_id=offer_id, source=places.get(name)) for name, offer_id in sorted(names.items())
    )
