"""Plans: reads what is there and decides what to do. Writes nothing, and sends nothing but GETs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reconciler import advice, changes, planning
from reconciler.applying.work import Work
from reconciler.model.address import Address
from reconciler.model.customer import Customer
from reconciler.model.desired import Desired
from reconciler.model.errors import InvalidInput
from reconciler.model.plan import Plan
from reconciler.model.selection import Estate as PlannedEstate
from reconciler.model.selection import Selection
from reconciler.model.state import CustomerState
from reconciler.model.unsettled import Unsettled
from reconciler.operations.comparison import Comparison
from reconciler.operations.coverage import partners_customers, undeclared_customers
from reconciler.operations.lookups import Lookups
from reconciler.operations.plan_customers import CustomerPlanner
from reconciler.operations.plan_warnings import locked, noted, tracked_on
from reconciler.operations.selecting import removed_entries, select
from reconciler.operations.totals import limited, priced
from reconciler.operations.workspace import Workspace
from reconciler.planning import CustomerPlan, Globs

if TYPE_CHECKING:
    from reconciler.model.event import CostChanged, CustomerSkipped, MovedAlready, Skipped, Stale
    from reconciler.operations.recent import RecentSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, and the work of each customer that apply needs beside it. `left` is reported first and never started."""

    plan: Plan
    works: tuple[Work, ...]
    left: "tuple[Stale | Skipped | CustomerSkipped | CostChanged | MovedAlready, ...]" = ()


def plan_estate(
    workspace: Workspace, globs: Globs, comparison: Comparison | None = None, recent: "RecentSnapshot | None" = None
) -> Planned:
    """Plans what the globs select; with a `comparison`, only customers whose declarations changed since then. Customers
    that nothing has touched since the `recent` snapshot are taken as it has them.

    Raises what `Lookups` and `RecentSnapshot` do, and AuthenticationFailed where every customer is refused for a reason
    that is about the partner.
    """
    if comparison:
        globs = comparison.narrowed(globs)
    globs = globs.with_labels_of(workspace.estate.desired)
    selected = select(workspace, globs)
    _refuse_undeclared(workspace)
    lineage = workspace.lineage()
    customers = _customers(workspace, globs, selected)
    lookups = Lookups.of(workspace)
    reading = recent.lookups(workspace, lookups) if recent else None
    covers = _covers(globs) and not globs.shard
    accounts = partners_customers(workspace.commerce) if reading and covers else None
    if reading and isinstance(accounts, tuple):
        reading = replace(reading, listed=frozenset(account.tenant for account in accounts))
    planner = CustomerPlanner(
        workspace=workspace,
        lookups=lookups,
        recent=reading,
        lineage=lineage,
        selected=selected,
        earlier=comparison.earlier if comparison else {},
        uncovered=_covers(globs),
        chooses=globs.chooses,
    )
    parts = planner.plan(customers)
    uncovered = undeclared_customers(workspace, accounts) if covers else ()
    parts_of_all = (*parts, CustomerPlan(warnings=uncovered))
    plan = noted(_assembled(workspace, parts_of_all, globs, selected, lineage), workspace, globs)
    plan = limited(workspace, priced(workspace, plan))
    works = [_work(customer, part) for customer, part in zip(customers, parts, strict=True)]
    warnings = (*plan.warnings, *locked(workspace, works))
    plan = replace(plan, warnings=warnings, recent=reading.noted if reading else None)
    if comparison:
        plan = comparison.noted(plan, globs, _never_begun(workspace, comparison, lineage))
    return Planned(
        plan=replace(plan, customers=_named_alone(workspace, plan)),
        works=tuple(work for work in works if work.is_anything),
    )


def _refuse_undeclared(workspace: Workspace) -> None:
    """Raises InvalidInput for an accepted address that no manifest declares."""
    declared = {desired.address for desired in workspace.estate.desired}
    for address in sorted(workspace.accepted - declared):
        raise InvalidInput(advice.problem("no_address_matches", typed=f"--accept-drift {address}"))


def _customers(workspace: Workspace, globs: Globs, selected: frozenset[Address]) -> tuple[Customer, ...]:
    """Returns the customers of the plan: of selected addresses, those removed included, renamed ones, and those whose
    remains are to be settled or moved though nothing of them is declared.
    """
    removed = filter(globs.chooses, removed_entries(workspace)) if globs.target else ()
    undeclared = (
        state.customer for state in workspace.undeclared_states if any(map(globs.chooses, _to_do(workspace, state)))
    )
    empty = (customer for customer in workspace.estate.customers if not workspace.desired_of(customer))
    moved = filter(workspace.names.moves, (customer for customer in empty if globs.chooses_customer(customer.name)))
    return tuple(dict.fromkeys((*workspace.customers_of({*selected, *removed}), *moved, *undeclared)))


def unsettled_of(pending: Iterable[Unsettled], customer: Customer) -> tuple[Address, ...]:
    """Returns the addresses of a customer that apply must settle. What only waits to show needs no run."""
    items = (item for item in pending if item.address.customer == customer.name)
    return tuple(item.address for item in items if item.outcome != "waiting" or item.held)


def _never_begun(workspace: Workspace, comparison: Comparison, lineage: str | None) -> tuple[Address, ...]:
    """Returns the orders that are declared no more since the commit that is compared, and that no run has started."""
    left = {state.customer.name: state for state in workspace.undeclared_states}

    def is_started(desired: Desired) -> bool:
        state = left.get(desired.customer.name) or workspace.stored(desired.customer, lineage)
        return state is not None and state.knows(desired.subscription_id)

    return tuple(order.address for order in comparison.changes.dropped_orders if not is_started(order))


def _named_alone(workspace: Workspace, plan: Plan) -> tuple[Customer, ...]:
    """Returns the customers that the plan has nothing of but names."""
    left = (state.customer for state in workspace.undeclared_states) if plan.named_alone else ()
    known = {customer.name: customer for customer in (*left, *workspace.estate.customers)}
    return tuple(known[name] for name in sorted(plan.named_alone & known.keys()))


def _covers(globs: Globs) -> bool:
    """Returns whether the plan is of all that is declared, or of a shard of it."""
    return not (globs.target or globs.exclude or globs.within) and globs.customers is None


def _assembled(
    workspace: Workspace,
    parts: Iterable[CustomerPlan],
    globs: Globs,
    selected: frozenset[Address],
    lineage: str | None,
) -> Plan:
    head = Plan(
        created_at=workspace.commerce.now(),
        cloud=workspace.settings.cloud,
        estate=PlannedEstate(lineage=lineage, manifests_digest=workspace.estate.digest),
        token_kind=workspace.commerce.token_kind,
        observed_from=workspace.observed_from,
        selection=Selection(
            target=globs.target,
            exclude=globs.exclude,
            shard=str(globs.shard) if globs.shard else None,
            accepted=tuple(sorted(workspace.accepted)),
            customers=len({address.customer for address in selected}),
            subscriptions=len(selected),
        ),
    )
    left = [workspace.rearranged(state).state for state in workspace.left_states]
    undeclared = tuple(state.address(name) for state in left for name in state.subscriptions)
    tasks = tuple(task for state in left for task in changes.open_tasks(state))
    unbought = tuple(address for state in workspace.left_states for address in state.unbought)
    rest = CustomerPlan(undeclared=undeclared, unbought=unbought, tasks=tasks)
    plan = planning.assemble([*parts, rest], head)
    return replace(plan, warnings=(*plan.warnings, *tracked_on(workspace, left, plan)))


def _work(customer: Customer, part: CustomerPlan) -> Work:
    return Work(
        customer=customer,
        changes=part.changes,
        unsettled=unsettled_of(part.pending, customer),
        observed=part.observed,
        moves=part.moves,
        customer_moves=part.customer_moves,
        consents=part.consents,
        waiting=planning.removals_waiting(part.warnings),
    )


def _to_do(workspace: Workspace, state: CustomerState) -> Iterator[Address]:
    """Yields the addresses of a customer of whom nothing is declared that apply has to settle or to move."""
    yield from unsettled_addresses(state)
    found = workspace.rearranged(state)
    yield from (move.address for move in found.moves)
    yield from (warning.address for warning in found.warnings if warning.address)


def unsettled_addresses(state: CustomerState) -> tuple[Address, ...]:
    """Returns the addresses of which the outcome of a request is unknown, or may still turn out otherwise."""
    given_up = filter(None, (state.claimed_by(doubt.subscription_id) for doubt in state.doubts()))
    return tuple(state.address(name) for name in dict.fromkeys((*state.pending, *given_up)))
