"""Says what became of a name that state does not have: what it is called now, or who stopped tracking it, and when."""

from collections.abc import Iterable, Iterator

from reconciler.advice import problem
from reconciler.model.address import Address
from reconciler.model.errors import Problem
from reconciler.model.name_change import NameChange, followed, name_after
from reconciler.model.state import CustomerState
from reconciler.model.utc import utc_minute
from reconciler.model.withheld import nearest


def untracked(address: Address, states: Iterable[CustomerState]) -> Problem:
    """Returns that an address is not tracked, with the last change of its name that `states` know of."""
    states = tuple(states)
    near = nearest(address, (state.address(name) for state in states for name in state.subscriptions)) or ""
    return next(_changed(address, states), problem("not_tracked", address, address=address, near=near))


def unremembered(customer: str, states: Iterable[CustomerState], where: str | None = None) -> Problem:
    """Returns that nothing is remembered of a customer under this name, with the one that it has now."""
    states = tuple(states)
    near = nearest(customer, (state.customer.name for state in states)) or ""
    unknown = problem("not_remembered", where or customer, customer=customer, near=near)
    return next(_changed(customer, states), unknown)


def formerly(customer: str, states: Iterable[CustomerState]) -> tuple[CustomerState, ...]:
    """Returns the states of customers that were moved from this name."""
    return tuple(state for state in states if followed(state.name_changes, customer))


def task_moved(address: Address, task: str | None, states: Iterable[CustomerState]) -> Iterator[Problem]:
    """Yields that an address is called otherwise now, with what closes its task under that name."""
    for change in _changed(address, states):
        if change.code == "moved_in_state":
            yield problem("task_moved", address, task=task, **change.data)


def _changed(name: str, states: Iterable[CustomerState]) -> Iterator[Problem]:
    for state in states:
        changes = followed(state.name_changes, name)
        now = name_after(changes, name)
        if changes and now != name:
            yield _problem(name, now, changes[-1], state.customer.name)


def _problem(name: str, now: str | None, last: NameChange, customer: str) -> Problem:
    code = "removed_from_state" if now is None else "moved_in_state" if "/" in name else "customer_moved_in_state"
    commit = f", at commit {last.run.commit}" if last.run.commit else ""
    by = f"run {last.run.id} by {last.run.actor}{commit}"
    at = utc_minute(last.at)
    return problem(code, name=name, now=now, at=at, by=by, customer=customer)
