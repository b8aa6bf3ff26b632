"""Settles what earlier runs left pending. Plans nothing, and sends nothing but GETs."""

from collections.abc import Iterator

from reconciler import applying
from reconciler.model.event import Event
from reconciler.model.state import CustomerState
from reconciler.operations.apply import ApplySettings, carry_out
from reconciler.operations.plan import unsettled_addresses
from reconciler.operations.workspace import Workspace
from reconciler.planning import Globs
from reconciler.system.threads import each


def unsettled_works(workspace: Workspace, globs: Globs) -> tuple[applying.Work, ...]:
    """Returns the work of each customer of whom something selected is pending, or in doubt; it has no changes.

    Only state is read: that of every customer, declared or not. Raises InvalidInput for a glob that matches nothing.
    """
    states = tuple(_states(workspace))
    declared = (desired.address for desired in workspace.estate.desired)
    recorded = (state.address(name) for state in states for name in (*state.subscriptions, *state.pending))
    selected = globs.with_labels_of(workspace.estate.desired).select({*declared, *recorded})
    works = ((state, tuple(filter(selected.__contains__, unsettled_addresses(state)))) for state in states)
    return tuple(
        applying.Work(
            customer=state.customer, unsettled=addresses, customer_moves=workspace.names.moves(state.customer)
        )
        for state, addresses in works
        if addresses
    )


def settle_pending(workspace: Workspace, works: tuple[applying.Work, ...]) -> Iterator[Event]:
    """Settles it as `apply` does before its first change, as a stream of events that ends with a summary."""
    return carry_out(workspace, works, ApplySettings())


def _states(workspace: Workspace) -> Iterator[CustomerState]:
    lineage, there, names = workspace.lineage(), workspace.store.customers(), workspace.names
    declared = [customer for customer in workspace.estate.customers if customer.name in there or names.moves(customer)]
    known = each(lambda customer: workspace.state_of(customer, lineage), declared, workspace.settings.parallelism)
    yield from filter(None, known)
    known_as = {customer.name for customer in declared}
    yield from (state for state in workspace.undeclared_states if state.customer.name not in known_as)
