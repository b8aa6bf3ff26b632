"""The addresses that a selection may name though no manifest declares them: those that the manifests remove, and those
that state tracks.
"""

from reconciler.model.address import Address
from reconciler.operations.workspace import Workspace
from reconciler.planning import Globs


def select(workspace: Workspace, globs: Globs) -> frozenset[Address]:
    """Returns the declared addresses that are selected. Raises InvalidInput as `Globs.select` does."""
    declared = [desired.address for desired in workspace.estate.desired]
    return globs.select(declared, gone=gone(workspace, globs), present_name=workspace.estate.present_name)


def gone(workspace: Workspace, globs: Globs) -> frozenset[str]:
    """Returns what a selection may name though it is not declared: customers of whom nothing is declared, and that the
    manifests remove or state tracks, what state tracks of them, and removed entries. Nothing where everything is
    selected.
    """
    if not (globs.target or globs.exclude):
        return frozenset()
    tracked = {address for state in workspace.undeclared_states for address in map(state.address, state.names_in_use)}
    customers = {*workspace.estate.estate_moves.customers.removed, *(address.customer for address in tracked)}
    return frozenset((*customers, *tracked, *removed_entries(workspace)))


def removed_entries(workspace: Workspace) -> frozenset[Address]:
    """Returns the addresses that the manifests remove of customers whom they declare."""
    estate = workspace.estate
    of_customers = ((customer.name, estate.moves_of(customer.name).removed) for customer in estate.customers)
    return frozenset(Address(f"{customer}/{name}") for customer, names in of_customers for name in names)
