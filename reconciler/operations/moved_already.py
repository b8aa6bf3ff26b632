"""Says which moves of a plan an earlier apply carried out in state."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache

from reconciler.advice import sentence
from reconciler.model.address import Address
from reconciler.model.event import MovedAlready
from reconciler.model.name_change import NameChange
from reconciler.model.plan import Plan
from reconciler.model.run import Run
from reconciler.model.state import CustomerState
from reconciler.model.utc import utc_minute
from reconciler.operations.states import read_state
from reconciler.operations.workspace import Workspace


def moved_already(workspace: Workspace, plan: Plan, chooses: Callable[[Address], bool]) -> Iterator[MovedAlready]:
    """Yields the moves of a plan that are in state already, as far as their names are chosen: a customer of whom
    nothing is left, once. Whoever runs the job of that plan again learns that it is done, and by which run.
    """

    @cache
    def state_of(customer: str) -> CustomerState | None:
        return read_state(workspace.store, customer, workspace.settings.lineage)

    for renamed in plan.customer_moves:
        state = None if state_of(renamed.customer) else state_of(renamed.to)
        if state and (change := last_change(state, renamed.customer, renamed.to)):
            yield _event(workspace, change)
    known = {customer.name for customer in workspace.estate.customers}
    removed: dict[tuple[str, datetime, Run], list[NameChange]] = {}
    for move in filter(lambda move: chooses(move.address), plan.moves):
        state = state_of(move.address.customer)
        change = last_change(state, move.address, move.to) if state else None
        if state is None or change is None or not _is_free(state, move.address.name, change):
            continue
        if move.to or state.names_in_use or move.address.customer in known:
            yield _event(workspace, change)
        else:
            removed.setdefault((move.address.customer, change.at, change.run), []).append(change)
    for (customer, _, _), changes in removed.items():
        yield _event(workspace, changes[0], customer, len(changes))


def _is_free(state: CustomerState, name: str, change: NameChange) -> bool:
    """Returns True if nothing has the name that a change ended, or only what the same run gave it at the same time."""
    given = (other for other in state.name_changes if other.new == change.old)
    exchanged = any((other.at, other.run) == (change.at, change.run) for other in given)
    return exchanged or name not in state.names_in_use


def last_change(state: CustomerState, old: str, new: str | None) -> NameChange | None:
    """Returns the last change of a name, where it was to this one; None where it was to another, or never changed."""
    last = next((change for change in reversed(state.name_changes) if change.old == old), None)
    return last if last and last.new == new else None


def _event(workspace: Workspace, change: NameChange, customer: str = "", number: int = 1) -> MovedAlready:
    """The event of one change, or of all the addresses of a customer that a run removed."""
    code = "was_moved" if change.new else "was_removed"
    count = number if number > 1 else None
    description = sentence(code, new=change.new, at=utc_minute(change.at), run=change.run.id, count=count)
    now = workspace.commerce.now()
    return MovedAlready(at=now, old=customer or change.old, new=change.new, description=description, number=number)
