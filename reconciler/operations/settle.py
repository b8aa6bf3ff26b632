"""Settles what earlier runs left pending. Plans nothing, and sends nothing but GETs. It moves nothing in state, but
stops tracking what the manifests remove and what had to wait for that.
"""

from collections.abc import Iterable, Iterator

from reconciler import planning
from reconciler.applying.work import Work
from reconciler.model.address import Address
from reconciler.model.event import Event
from reconciler.model.state import CustomerState
from reconciler.operations.apply import ApplySettings, carry_out
from reconciler.operations.plan import unsettled_addresses
from reconciler.operations.states import read_states
from reconciler.operations.workspace import Workspace
from reconciler.planning import Globs


def unsettled_works(workspace: Workspace, globs: Globs) -> tuple[Work, ...]:
    """Returns the work of each customer of whom something selected is pending, in doubt, or removed and had to wait for
    that; it has no changes.

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

    def chosen(addresses: Iterable[Address]) -> tuple[Address, ...]:
        return tuple(address for address in addresses if names[address] & selected)

    works = (
        Work(
            customer=state.customer,
            unsettled=chosen(unsettled_addresses(state)),
            waiting=chosen(_removed_after_waiting(workspace, state)),
        )
        for state in states
    )
    return tuple(work for work in works if work.is_anything)


def _removed_after_waiting(workspace: Workspace, state: CustomerState) -> tuple[Address, ...]:
    """Returns the addresses that the manifests remove and that have, or had, to be tracked until something is settled.
    Whoever reviewed the removal has seen that it waits; any other one is left to a plan.
    """
    found = workspace.rearranged(state)
    removed = (move.address for move in found.moves if move.to is None)
    waited = (address for address in removed if planning.had_to_wait(state, address.name))
    return (*planning.removals_waiting(found.warnings), *waited)


def settle_pending(workspace: Workspace, works: tuple[Work, ...]) -> Iterator[Event]:
    """Settles it as `apply` does before its first change, as a stream of events that ends with a summary."""
    return carry_out(workspace, works, ApplySettings())
