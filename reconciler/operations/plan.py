"""Plans: reads what is there and decides what to do. Writes nothing, and sends nothing but GETs."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from reconciler import advice, applying, changes, planning
from reconciler.changes import of as kind_of
from reconciler.model.address import Address
from reconciler.model.alarm import REMOVAL_WAITS, TRACKED_ON, UNGUARDED, Alarm
from reconciler.model.errors import InvalidInput, ServiceError, WrongTenant
from reconciler.model.event import CostChanged, Skipped, Stale
from reconciler.model.holder import holder_of
from reconciler.model.plan import CatalogueName, Plan, Selection, Unsettled
from reconciler.model.plan import Estate as PlannedEstate
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Customer, Desired
from reconciler.operations.comparison import Comparison
from reconciler.operations.coverage import partners_customers, undeclared_customers
from reconciler.operations.customers import tenant_mismatch
from reconciler.operations.failures import end_if_refused
from reconciler.operations.lookups import Lookups
from reconciler.operations.totals import limited, priced
from reconciler.operations.workspace import Workspace
from reconciler.planning import CustomerPlan, Globs
from reconciler.system.threads import each

if TYPE_CHECKING:
    from reconciler.operations.recent import RecentLookups, RecentSnapshot

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, and the work of each customer that apply needs beside it. `left` is reported first and never begun."""

    plan: Plan
    works: tuple[applying.Work, ...]
    left: tuple[Stale | Skipped | CostChanged, ...] = ()


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
    selected = globs.select(desired.address for desired in workspace.estate.desired)
    _refuse_undeclared(workspace)
    lineage = workspace.lineage()
    undeclared = (
        state.customer for state in workspace.undeclared_states if any(map(globs.chooses, _to_do(workspace, state)))
    )
    empty = (customer for customer in workspace.estate.customers if not workspace.desired_of(customer))
    moved = filter(workspace.names.moves, (customer for customer in empty if globs.chooses_customer(customer.name)))
    customers = tuple(dict.fromkeys((*workspace.customers_of(selected), *moved, *undeclared)))
    lookups = Lookups.of(workspace)
    reading = recent.lookups(workspace, lookups) if recent else None
    covers = _covers(globs) and not globs.shard
    accounts = partners_customers(workspace.commerce) if reading and covers else None
    if reading and isinstance(accounts, tuple):
        reading = replace(reading, listed=frozenset(account.tenant for account in accounts))
    earlier = comparison.earlier if comparison else {}
    parts = _parts(workspace, customers, selected, lineage, lookups, reading, earlier, uncovered=_covers(globs))
    uncovered = undeclared_customers(workspace, accounts) if covers else ()
    parts_of_all = (*parts, CustomerPlan(warnings=uncovered))
    plan = _noted(_assembled(workspace, parts_of_all, globs, selected, lineage), workspace, globs)
    plan = limited(workspace, priced(workspace, plan))
    works = [_work(customer, part) for customer, part in zip(customers, parts, strict=True)]
    warnings = (*plan.warnings, *_locked(workspace, works))
    plan = replace(plan, warnings=warnings, recent=reading.noted if reading else None)
    return Planned(
        plan=comparison.noted(plan, globs, _never_begun(workspace, comparison, lineage)) if comparison else plan,
        works=tuple(work for work in works if work.is_anything),
    )


def _refuse_undeclared(workspace: Workspace) -> None:
    """Raises InvalidInput for an accepted address that no manifest declares."""
    declared = {desired.address for desired in workspace.estate.desired}
    for address in sorted(workspace.accepted - declared):
        raise InvalidInput(advice.problem("no_address_matches", option="--accept-drift", glob=address))


def grouped(items: Iterable[_Item], address: Callable[[_Item], Address]) -> Mapping[str, list[_Item]]:
    """Returns the items of each customer by its name, found in one pass over all of them."""
    groups: dict[str, list[_Item]] = {}
    for item in items:
        groups.setdefault(address(item).customer, []).append(item)
    return groups


def unsettled_of(pending: Iterable[Unsettled], customer: Customer) -> tuple[Address, ...]:
    """Returns the addresses of a customer that apply must settle. What only waits to show needs no run."""
    items = (item for item in pending if item.address.customer == customer.name)
    return tuple(item.address for item in items if item.outcome != "waiting" or item.held)


def _parts(
    workspace: Workspace,
    customers: tuple[Customer, ...],
    selected: frozenset[Address],
    lineage: str | None,
    lookups: Lookups,
    reading: "RecentLookups | None",
    earlier: Mapping[Address, Desired],
    *,
    uncovered: bool,
) -> list[CustomerPlan]:
    """Plans each customer, several at once; the results are in the order of the customers. With `uncovered` live
    subscriptions that no manifest declares are told. `earlier` are the entries of a compared commit that differ.
    """
    selected_of, declared = grouped(selected, lambda address: address), frozenset(workspace.estate.customers)

    def plan_one(customer: Customer) -> tuple[ServiceError | None, CustomerPlan]:
        desired, chosen = workspace.desired_of(customer), frozenset(selected_of.get(customer.name, ()))
        renamed = workspace.names.undeclared_move(customer) if desired else None
        if renamed:
            return None, planning.renamed_customer(customer, desired, chosen, lookups.circumstances(), renamed)
        try:
            stored = workspace.stored(customer, lineage)
        except (WrongTenant, InvalidInput) as error:
            first = tenant_mismatch(error.problems[0], workspace.estate)
            return None, planning.contradicted_customer(customer, desired, chosen, lookups.circumstances(), first)
        found = workspace.rearranged(stored) if stored else None
        facts, part = (reading or lookups).plan(customer, desired, chosen, found.state if found else None)
        if earlier:
            before = planning.standing_items(facts, lookups.circumstances(), part, earlier)
            part = replace(part, asked_before=before.addresses, asked_before_items=before.items)
        if found and stored:
            standing = planning.standing_of_removed(facts, stored, found.moves)
            warnings = (*part.warnings, *found.warnings, *standing)
            unbought = set(stored.unbought) - {item.address for item in desired}
            part = replace(part, moves=found.moves, warnings=warnings, unbought=tuple(unbought))
            part = replace(part, warnings=(*warnings, *_tracked_on(workspace, [found.state], part)))
        if uncovered and customer in declared:
            moves, earliest = workspace.estate.moves_of(customer.name), lookups.circumstances().earliest
            found_live = planning.undeclared_subscriptions(facts, part.pending, earliest, moves)
            part = replace(part, warnings=(*part.warnings, *planning.coverage_alarms((), found_live)))
        part = replace(part, customer_moves=workspace.names.moves(customer))
        part = reading.dated(customer, part) if reading else part
        months = planning.customer_months(facts, lookups.circumstances())
        if not desired and not part.pending:  # who left can't be read, and nothing more is asked of it
            return None, replace(part, months=months, errored=False)
        return facts.unread, replace(part, months=months)

    results: list[tuple[ServiceError | None, CustomerPlan]] = []
    workspace.reached(0, len(customers))
    for result in each(plan_one, customers, workspace.settings.parallelism):
        results.append(result)
        workspace.reached(len(results), len(customers))
    of_each = zip(customers, results, strict=True)
    end_if_refused(unread for customer, (unread, _) in of_each if not (reading and reading.keeps(customer)))
    return [part for _, part in results]


def _never_begun(workspace: Workspace, comparison: Comparison, lineage: str | None) -> tuple[Address, ...]:
    """Returns the orders that are declared no more since the commit that is compared, and that no run has begun."""
    left = {state.customer.name: state for state in workspace.undeclared_states}

    def begun(desired: Desired) -> bool:
        state = left.get(desired.customer.name) or workspace.stored(desired.customer, lineage)
        return state is not None and state.knows(desired.subscription_id)

    return tuple(order.address for order in comparison.changes.dropped_orders if not begun(order))


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
    return replace(plan, warnings=(*plan.warnings, *_tracked_on(workspace, left, plan)))


def _tracked_on(workspace: Workspace, states: Iterable[CustomerState], part: Plan | CustomerPlan) -> Iterator[Alarm]:
    """Yields why undeclared addresses can't be let go yet, of those of which the part says nothing of that so far."""
    open_at = {item.address for item in part.pending}
    known = {alarm.address for alarm in part.warnings if alarm.code in TRACKED_ON}
    undeclared = set(part.undeclared) - open_at - known
    return planning.all_tracked_on(states, undeclared, workspace.commerce.clocks.earliest)


def _noted(plan: Plan, workspace: Workspace, globs: Globs) -> Plan:
    """Returns the plan with the warnings and names that concern the run as a whole, and without what is said of
    undeclared addresses that it is not about.
    """

    def chosen(alarm: Alarm) -> bool:
        of_undeclared = alarm.code in TRACKED_ON - REMOVAL_WAITS
        return not of_undeclared or alarm.address is None or globs.chooses(alarm.address)

    return replace(
        plan,
        undeclared=tuple(filter(globs.chooses, dict.fromkeys(plan.undeclared))),
        unbought=tuple(filter(globs.chooses, dict.fromkeys(plan.unbought))),
        tasks=tuple(task for task in dict.fromkeys(plan.tasks) if any(map(globs.chooses, task.addresses))),
        warnings=(*filter(chosen, plan.warnings), *_clock_warning(workspace), *_unguarded(plan)),
        catalogue=_renamed_offers(plan, workspace),
    )


def _locked(workspace: Workspace, works: Iterable[applying.Work]) -> Iterator[Alarm]:
    """Warns of locks that somebody holds on customers for whom apply has work to do; not of those it will take over."""
    names = {name for work in works if work.is_anything for name in work.names}
    for lock in workspace.store.locks() if names else ():
        dead = lock.run.process is not None and workspace.is_dead(lock.run.process)
        if lock.customer in names and not dead:
            known = {"customer": lock.customer, "holder": holder_of(lock, workspace.clock.now())}
            yield Alarm(address=None, code="locked", description=advice.sentence("locked", **known))


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


def _work(customer: Customer, part: CustomerPlan) -> applying.Work:
    return applying.Work(
        customer=customer,
        changes=part.changes,
        unsettled=unsettled_of(part.pending, customer),
        observed=part.observed,
        moves=part.moves,
        customer_moves=part.customer_moves,
        consents=part.consents,
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
