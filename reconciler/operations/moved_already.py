"""Says which moves of a plan an earlier apply carried out in state."""

from collections.abc import Callable, Iterator
from functools import cache

from reconciler.advice import sentence
from reconciler.model.address import Address
from reconciler.model.event import MovedAlready
from reconciler.model.name_change import NameChange
from reconciler.model.plan import Plan
from reconciler.model.state import CustomerState
from reconciler.model.utc import utc_minute
from reconciler.operations.states import read_state
from reconciler.operations.workspace import Workspace


def moved_already(workspace: Workspace, plan: Plan, chooses: Callable[[Address], bool]) -> Iterator[MovedAlready]:
    """Yields the moves of a plan that are in state already, as far as their names are chosen. Whoever runs the job of
    that plan again learns that it is done, and by which run.
    """

    @cache
    def state_of(customer: str) -> CustomerState | None:
        return read_state(workspace.store, customer, workspace.settings.lineage)

    for renamed in plan.customer_moves:
        state = None if state_of(renamed.customer) else state_of(renamed.to)
        if state and (change := _last(state, renamed.customer, renamed.to)):
            yield _event(workspace, change)
    for move in filter(lambda move: chooses(move.address), plan.moves):
        state = state_of(move.address.customer)
        free = state is not None and move.address.name not in state.names_in_use
        if state and free and (change := _last(state, move.address, move.to)):
            yield _event(workspace, change)


def _last(state: CustomerState, old: str, new: str | None) -> NameChange | None:
    """The last change of a name, where it was to this one."""
    last = next((change for change in reversed(state.name_changes) if change.old == old), None)
    return last if last and last.new == new else None


def _event(workspace: Workspace, change: NameChange) -> MovedAlready:
    code = "was_moved" if change.new else "was_removed"
    description = sentence(code, new=change.new, at=utc_minute(change.at), run=change.run.id)
    return MovedAlready(at=workspace.commerce.now(), old=change.old, new=change.new, description=description)
