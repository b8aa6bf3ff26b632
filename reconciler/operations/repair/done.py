"""`done`: closes what changes left for people to do."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from reconciler import changes
from reconciler.advice import problem, row_or_none, sentence
from reconciler.model.address import Address
from reconciler.model.consent import Stamp
from reconciler.model.errors import InvalidInput, Problem
from reconciler.model.state import CustomerState
from reconciler.model.task import Task
from reconciler.model.utc import utc_minute
from reconciler.model.withheld import shown_word
from reconciler.operations.repair.context import RepairContext
from reconciler.operations.states import read_states
from reconciler.operations.untracked import task_moved


def close_task(repair: RepairContext, address: Address, code: str, now: datetime) -> str:
    """Closes what changes of the address left for people to do, by its code. `now` is this machine's time.

    Returns what was closed and what is left, in sentences. An address that the manifests moved and no apply has moved
    yet is known by either name. What somebody said before stays as it is, and is told. Raises InvalidInput where there
    is no such task of the address, with its present name where the address was moved.
    """
    _refuse_earlier_name(repair, address, code)
    closed = 0
    before: Stamp | None = None

    def step(state: CustomerState) -> CustomerState:
        nonlocal closed, before
        repair.stored_name(state, address)
        tasks = changes.open_tasks(state)
        names = {address, *_earlier_names(repair, state, address)}
        chosen = [task for task in tasks if task.code == code and names & {*task.addresses}]
        before = None if chosen else changes.closed_by(state, names, code)
        if before:
            return state
        if not chosen:
            raise InvalidInput(_no_such_task(tasks, address, code))
        closed = len(chosen)
        return changes.close_tasks(state, chosen, now, repair.run)

    state = repair.amend(repair.remembered(_stored_as(repair, address)), "done", step)
    if before:
        known = {"at": utc_minute(before.at), "actor": before.run.actor, "run": before.run.id}
        return sentence("task_done_already", address=address, task=code, **known)
    names = {address, *_earlier_names(repair, state, address)}
    left = [task.code for task in changes.open_tasks(state) if names & {*task.addresses}]
    done = sentence("task_done", address=address, task=code, changes=closed if closed > 1 else None)
    if not left:
        return f"{done} {sentence('no_task_open', address=address)}"
    return f"{done} {sentence('tasks_open', tasks=', '.join(dict.fromkeys(left)))}"


def _refuse_earlier_name(repair: RepairContext, address: Address, code: str) -> None:
    """Raises InvalidInput where state has moved this address, and no subscription or task has its name now."""
    stored = repair.store.read(_stored_as(repair, address).customer)
    if stored and address.name in stored.state.names_in_use:
        return
    if stored and any(address in task.addresses for task in changes.open_tasks(stored.state)):
        return
    states = [stored.state] if stored else read_states(repair.store, repair.lineage)
    for moved in task_moved(address, code if row_or_none(code) else None, states):
        raise InvalidInput(moved)


def _earlier_names(repair: RepairContext, state: CustomerState, address: Address) -> Iterator[Address]:
    """Yields the names in state that the manifests move to an address."""
    addresses = (state.address(name) for name in state.names_in_use)
    return (stored for stored in addresses if repair.estate.name_now(stored) == address)


def _stored_as(repair: RepairContext, address: Address) -> Address:
    """Returns an address under the name that state has its customer by, where only the manifests have renamed it."""
    stored, last = repair.store.customers(), repair.estate.estate_moves.customers.last
    before = next((name for name in stored if last(name) == address.customer), address.customer)
    return address if address.customer in stored else Address(f"{before}/{address.name}")


def _no_such_task(tasks: Iterable[Task], address: Address, code: str) -> Problem:
    """Returns that no such task of the address is open, with those that are; else with those of its customer."""
    own = {task.code: task for task in tasks if address in task.addresses}
    first = next(iter(own), None)
    others = dict.fromkeys(f"{task.address} {task.code}" for task in tasks if address not in task.addresses)
    return problem(
        "no_such_task",
        address,
        task=code if row_or_none(code) else None,
        shown=shown_word(code),
        address=address,
        open=", ".join(own),
        first=first,
        others="" if own else ", ".join(others),
        none="" if own or others else "true",
    )
