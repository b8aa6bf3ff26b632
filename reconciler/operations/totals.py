"""Adds up costs; and counts the whole estate for the limits, so that no selection hides what happens to it."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from reconciler import planning
from reconciler.advice import problem
from reconciler.manifests.estate import Estate
from reconciler.model.address import Address
from reconciler.model.alarm import NOT_COUNTED
from reconciler.model.change import Blocked, Change
from reconciler.model.desired import Desired
from reconciler.model.errors import EstateEmpty, StateError
from reconciler.model.limits import Limits
from reconciler.model.order import order_key
from reconciler.model.plan import Plan
from reconciler.model.settings import Unpriced
from reconciler.model.shard import Shard
from reconciler.model.state import CustomerState
from reconciler.model.state_store import StateStore
from reconciler.operations.workspace import Workspace
from reconciler.planning import Extent


def priced(workspace: Workspace, plan: Plan) -> Plan:
    """Returns the plan with what its changes cost together."""
    if workspace.prices is None:
        return plan
    from reconciler.planning.cost_totals import costs_of

    markets = {desired.address: desired.market for desired in workspace.estate.desired}
    return replace(plan, costs=costs_of(plan.changes, workspace.prices, markets, workspace.commerce.now()))


def repriced(workspace: Workspace, plan: Plan) -> Plan:
    """Returns a plan that was made earlier with its costs by the sheets of today; as it is, where there are none.

    Where changes without a price are refused, one that had none when it was planned has none now: a promotion may
    decide its price, and the plan does not tell.
    """
    if workspace.prices is None:
        return plan
    from reconciler.planning import costs

    now, declared = workspace.commerce.now(), {desired.address: desired for desired in workspace.estate.desired}
    stays = plan.costs is not None and workspace.settings.prices.unpriced is Unpriced.REFUSE
    changes = tuple(
        costs.repriced(change, declared[change.address], workspace.prices, now)
        if change.address in declared and not (stays and change.cost is None)
        else change
        for change in plan.changes
    )
    return priced(workspace, replace(plan, changes=changes))


def limited(workspace: Workspace, plan: Plan) -> Plan:
    """Returns the plan with the limits that it would exceed today, and what they hold back."""
    limits = workspace.settings.limits
    removed = workspace.estate.estate_moves.customers.removed
    left = (workspace.rearranged(state).state for state in workspace.left_states if state.customer.name not in removed)
    whole = extent(plan, workspace.estate, limits, workspace.store, left)
    refuse = workspace.prices is not None and workspace.settings.prices.unpriced is Unpriced.REFUSE
    others = (alarm for alarm in plan.warnings if alarm.code != NOT_COUNTED)
    more = () if refuse else planning.not_counted(plan.changes, limits)
    return planning.limited(
        replace(plan, warnings=(*others, *more)),
        planning.breaches(plan.changes, whole, limits, refuse_unpriced=refuse),
    )


def extent(plan: Plan, estate: Estate, limits: Limits, store: StateStore, left: Iterable[CustomerState]) -> Extent:
    """The extent of a plan; `left` is the state of customers of whom nothing is declared any more.

    Of a shard it is that shard, so that a change of everything stands out in each of them, and is found by one. How
    much the other shards hold is told too: whether the estate is too small for percentages, a shard can't say.
    State is read only where the names that the plan moves stand for so much of the estate that they could exceed
    their limit, and only of the customers who use them.
    """
    shard = Shard.parse(plan.selection.shard) if plan.selection.shard else None
    managed = [desired for desired in estate.desired if shard is None or shard.holds(desired.customer.name)]
    upgraded = {change.address for change in plan.changes if change.moves_offer}
    names = {desired.offer.name for desired in estate.desired if desired.address in upgraded} & estate.catalogue.keys()
    declared = [desired for desired in managed if desired.offer.name in names]
    suspect = 100 * len(declared) > limits.max_catalogue_change_percent * len(managed)
    return Extent(
        managed=len(managed),
        elsewhere=len(estate.desired) - len(managed),
        shard=shard,
        emptied=tuple(
            state.customer.name
            for state in left
            if state.subscriptions and (shard is None or shard.holds(state.customer.name))
        ),
        moved=planning.moved_by_name(declared, _present(plan, declared, store)) if suspect else {},
    )


def emptied(error: EstateEmpty, store: StateStore) -> EstateEmpty:
    """An empty estate, named for what it is where state still manages subscriptions: an emptied one."""
    remembered = 0
    with suppress(StateError):
        remembered = len(store.customers())
    if not remembered:
        return error
    first = error.problems[0]
    customers = f"{remembered} {'customer' if remembered == 1 else 'customers'}"
    return EstateEmpty(problem("emptied_estate", first.where, what=first.what, customers=customers))


def _present(plan: Plan, declared: Iterable[Desired], store: StateStore) -> dict[Address, str]:
    """The offers that subscriptions are of: as the plan found them, else as state remembers them."""
    customers = sorted({desired.customer.name for desired in declared})
    read = (store.read(name) for name in customers)
    present = {
        stored.state.address(name): bound.offer_id
        for stored in read
        if stored
        for name, bound in stored.state.subscriptions.items()
        if order_key(bound.id) is None
    }
    items: tuple[Blocked | Change, ...] = (*plan.blocked, *plan.changes)
    return present | {item.address: item.before.offer_id for item in items if item.before}
