"""Finds the moves of a plan that the manifests do not ask for any more, before any apply carried them out."""

from collections.abc import Callable, Iterator
from functools import cache

from reconciler.advice import sentence
from reconciler.model.address import Address
from reconciler.model.event import CustomerSkipped, Skipped
from reconciler.model.plan import Plan
from reconciler.model.state import CustomerState
from reconciler.operations.moved_already import last_change
from reconciler.operations.states import read_state
from reconciler.operations.workspace import Workspace

TAKEN_BACK = "move_taken_back"


def moves_taken_back(
    workspace: Workspace, plan: Plan, chooses: Callable[[Address], bool]
) -> Iterator[Skipped | CustomerSkipped]:
    """Yields the moves of a plan whose names are declared again as they were, as far as they are chosen; those of one
    customer that are removed, once. A move that was ever carried out is none of them: its job may be run again.
    """

    @cache
    def state_of(customer: str) -> CustomerState | None:
        return read_state(workspace.store, customer, workspace.settings.lineage)

    declared = {desired.address for desired in workspace.estate.desired}
    customers = {customer.name for customer in workspace.estate.customers}
    for renamed in plan.customer_moves:
        back = renamed.customer in customers and renamed.to not in customers
        if back and not _is_done(state_of(renamed.customer), renamed.customer, renamed.to):
            yield _event(workspace, renamed.customer, (), f"the move to {renamed.to}")
    removed: dict[str, list[Address]] = {}
    for move in filter(lambda move: chooses(move.address), plan.moves):
        back = move.address in declared and move.to not in declared
        if not back or _is_done(state_of(move.address.customer), move.address, move.to):
            continue
        if move.to:
            yield _event(workspace, move.address.customer, (move.address,), f"the move to {move.to}")
        else:
            removed.setdefault(move.address.customer, []).append(move.address)
    for customer, addresses in removed.items():
        yield _event(workspace, customer, tuple(addresses), "the removal")


def _is_done(state: CustomerState | None, old: str, new: str | None) -> bool:
    return state is not None and last_change(state, old, new) is not None


def _event(workspace: Workspace, customer: str, addresses: tuple[Address, ...], what: str) -> Skipped | CustomerSkipped:
    at, description = workspace.commerce.now(), sentence(TAKEN_BACK, what=what)
    if len(addresses) == 1:
        return Skipped(at=at, address=addresses[0], code=TAKEN_BACK, description=description)
    return CustomerSkipped(at=at, customer=customer, addresses=addresses, code=TAKEN_BACK, description=description)
