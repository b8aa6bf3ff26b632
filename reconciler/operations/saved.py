"""Takes a saved plan as work for now, held to this estate, its state location and its manifests."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from reconciler import planning
from reconciler.advice import problem, sentence
from reconciler.applying.work import Work
from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.consent import ConsentNeed
from reconciler.model.customer import Customer
from reconciler.model.errors import InvalidInput, PlanFileRefused, ServiceError, WrongTenant
from reconciler.model.event import DONE_ALREADY, Skipped, Stale
from reconciler.model.moves import StateMove
from reconciler.model.observed import Observed
from reconciler.model.plan import Plan
from reconciler.model.unsettled import Unsettled
from reconciler.operations.customers import name_passed_on
from reconciler.operations.moved_already import moved_already
from reconciler.operations.moves_taken_back import moves_taken_back
from reconciler.operations.plan import Planned, unsettled_of
from reconciler.operations.plan_customers import grouped
from reconciler.operations.recheck import Recheck
from reconciler.operations.totals import limited, repriced
from reconciler.operations.workspace import Workspace

Item = tuple[Address, str]
"""The address and the action of a change: no other of a plan has both."""


def planned_from(workspace: Workspace, plan: Plan) -> Planned:
    """Returns the work of a plan made earlier. Raises PlanFileRefused where it is not this estate's.

    The customers and their subscriptions are those of the manifests and of state, never those of the file: a change
    that no manifest declares for its customer is left, and so is one that was done already and counts no more against a
    limit that it exceeded. What changes cost is by the price sheets of today, whatever the
    file says: the limits are of today too.
    """
    refuse_foreign(workspace, plan)
    if plan.observed_from != "live":
        raise PlanFileRefused(problem("plan_of_snapshot"))
    declared = {desired.address: desired.customer for desired in workspace.estate.desired}
    changes = [change for change in plan.changes if declared.get(change.address) == change.customer]
    now = workspace.commerce.now()
    of_today = limited(workspace, repriced(workspace, plan))
    done = _done(workspace, changes) if of_today.limits else {}  # of a limit that an earlier run was let beyond
    if done:
        plan = replace(plan, changes=tuple(change for change in plan.changes if change.item not in done))
        of_today = limited(workspace, repriced(workspace, plan))
    changes = [change for change in changes if change.item not in done]
    customers = _customers(workspace, changes, plan)
    undeclared = (change for change in plan.changes if declared.get(change.address) != change.customer)
    left = [_undeclared(workspace, change) for change in undeclared]
    left += [
        Stale(at=now, address=change.address, description=why)
        for change in changes
        if (why := _renamed(workspace, change.customer, plan))
    ]
    kept = [change for change in changes if not _renamed(workspace, change.customer, plan)]
    return Planned(
        plan=of_today,
        works=_works(workspace, customers, kept, plan),
        left=(
            *done.values(),
            *moved_already(workspace, plan, lambda _: True),
            *moves_taken_back(workspace, plan, lambda _: True),
            *left,
        ),
    )


def _done(workspace: Workspace, changes: Iterable[Change]) -> Mapping[Item, Skipped]:
    """Returns what is told of each change that was done already."""
    recheck, lineage, now = Recheck(workspace), workspace.lineage(), workspace.commerce.now()
    done: dict[Item, Skipped] = {}
    for change in changes:
        with suppress(ServiceError, WrongTenant, InvalidInput):  # applying meets it again, and tells it
            state = workspace.state_of(change.customer, lineage)
            applied = state and state.last_request_id(change.address) != change.binding.last_request_id
            again = recheck(change, state) if state and applied else None
            if again and again.done:
                event = Skipped(at=now, address=change.address, code=DONE_ALREADY, description=again.done)
                done[change.item] = replace(event, left_to_do=again.left_to_do)
    return done


def _undeclared(workspace: Workspace, change: Change) -> Stale:
    """Returns that no manifest asks for the change, or under which name its entry is declared now."""
    at = workspace.commerce.now()
    if passed := name_passed_on(change, workspace.estate):
        return Stale(at=at, address=change.address, description=passed)
    now = workspace.estate.name_now(change.address)
    renamed = now != change.address and any(desired.address == now for desired in workspace.estate.desired)
    back = None if renamed else _taken_back(workspace, change)
    why = sentence("stale_entry_renamed", now=now) if renamed else back or sentence("stale_not_asked")
    return Stale(at=at, address=change.address, description=why, nothing_left=back is not None)


def _taken_back(workspace: Workspace, change: Change) -> str | None:
    """Returns that the manifests do not ask for the change any more; None where state can't be read, too."""
    with suppress(ServiceError, WrongTenant, InvalidInput):  # applying meets it again, and tells it
        state = workspace.state_of(change.customer, workspace.lineage())
        return planning.taken_back(change, None, workspace.estate.desired, state)
    return None


def _renamed(workspace: Workspace, customer: Customer, plan: Plan) -> str:
    """Returns that state knows a customer under another name, and the manifests or the plan do not say that it moves;
    empty where not.
    """
    planned = {(move.customer, move.to) for move in plan.customer_moves}
    unsaid = (m.customer for m in workspace.names.moves(customer) if (m.customer, m.to) not in planned)
    before = workspace.names.undeclared_move(customer) or next(unsaid, None)
    known = {"tenant": customer.tenant, "before": before, "customer": customer.name}
    return sentence("customer_name_changed", **known) if before else ""


def refuse_foreign(workspace: Workspace, plan: Plan) -> None:
    """Raises PlanFileRefused for a plan of another cloud or state location, and WrongLineage as `lineage` does."""
    lineage, cloud = workspace.lineage(), workspace.settings.cloud
    if plan.cloud != cloud:
        raise PlanFileRefused(problem("plan_of_another_cloud", cloud=plan.cloud, ours=cloud))
    if plan.estate.lineage not in {None, lineage}:
        raise PlanFileRefused(problem("plan_of_another_lineage", lineage=plan.estate.lineage, ours=lineage or "None"))


def _customers(workspace: Workspace, changes: Iterable[Change], plan: Plan) -> tuple[Customer, ...]:
    """Returns the customers that the plan has work for: as the manifests declare them, else as state has them."""
    known = {state.customer.name: state.customer for state in workspace.undeclared_states}
    known |= {customer.name: customer for customer in workspace.estate.customers}
    items: tuple[Change | Observed | Unsettled | StateMove | ConsentNeed, ...] = (
        *changes,
        *plan.observed,
        *plan.pending,
        *plan.moves,
        *plan.consents,
    )
    named = {item.address.customer for item in items} | {move.to for move in plan.customer_moves}
    named |= {address.customer for address in planning.removals_waiting(plan.warnings)}
    return tuple(known[name] for name in sorted(named & known.keys()))


def _works(
    workspace: Workspace, customers: Iterable[Customer], changes: Iterable[Change], plan: Plan
) -> tuple[Work, ...]:
    planned = {(move.customer, move.to) for move in plan.customer_moves}
    changes_of = grouped(changes, lambda change: change.address)
    observed_of = grouped(plan.observed, lambda observed: observed.address)
    moves_of = grouped(plan.moves, lambda move: move.address)
    consents_of = grouped(plan.consents, lambda need: need.address)
    waiting_of = grouped(planning.removals_waiting(plan.warnings), lambda address: address)
    return tuple(
        Work(
            customer=customer,
            changes=tuple(changes_of.get(customer.name, ())),
            unsettled=unsettled_of(plan.pending, customer),
            observed=tuple(observed_of.get(customer.name, ())),
            moves=tuple(moves_of.get(customer.name, ())),
            customer_moves=tuple(
                move for move in workspace.names.moves(customer) if (move.customer, move.to) in planned
            ),
            consents=tuple(consents_of.get(customer.name, ())),
            waiting=tuple(waiting_of.get(customer.name, ())),
            saved=True,
        )
        for customer in customers
    )
