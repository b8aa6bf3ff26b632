"""Settles what earlier runs left pending. Plans nothing, moves nothing, and sends nothing but GETs."""

from collections.abc import Iterator

from reconciler.applying.work import Work
from reconciler.model.event import Event
from reconciler.operations.apply import ApplySettings, carry_out
from reconciler.operations.plan import unsettled_addresses
from reconciler.operations.states import read_states
from reconciler.operations.workspace import Workspace
from reconciler.planning import Globs


def unsettled_works(workspace: Workspace, globs: Globs) -> tuple[Work, ...]:
    """Returns the work of each customer of whom something selected is pending, or in doubt; it has no changes.

    Only state is read: that of every customer, declared or not. What the manifests moved and no apply has moved yet is
    settled under the name that state has, and selected by either name. Raises InvalidInput for a glob that matches
    nothing, and WrongLineage for another estate's state.
    """
    states = read_states(workspace.store, workspace.settings.lineage, workspace.settings.parallelism)
    globs = globs.with_labels_of(workspace.estate.desired)
    declared = {desired.address for desired in workspace.estate.desired}
    names = {
        address: {address, workspace.estate.name_now(address)}
        for state in states
        for address in map(state.address, state.names_in_use)
    }
    selected = globs.select(declared.union(*names.values()), present_name=workspace.estate.present_name)
    works = (
        (state, [address for address in unsettled_addresses(state) if names[address] & selected]) for state in states
    )
    return tuple(Work(customer=state.customer, unsettled=tuple(addresses)) for state, addresses in works if addresses)


def settle_pending(workspace: Workspace, works: tuple[Work, ...]) -> Iterator[Event]:
    """Settles it as `apply` does before its first change, as a stream of events that ends with a summary."""
    return carry_out(workspace, works, ApplySettings())
