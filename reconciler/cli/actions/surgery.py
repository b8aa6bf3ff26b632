"""Carries out the commands that repair state: adopt, forget, done, unlock, state mv, state push, state resolve."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import click

from reconciler.advice import problem, sentence
from reconciler.cli.chosen import Chosen
from reconciler.cli.files import read
from reconciler.cli.parameters import parse_address
from reconciler.cli.rehearsal import rehearsal
from reconciler.cli.signals import interruptible
from reconciler.cli.terminal import messages, output
from reconciler.cli.wiring import Wiring
from reconciler.documents import state
from reconciler.manifests.estate import read_estate
from reconciler.model.address import Address
from reconciler.model.customer import Customer
from reconciler.model.errors import InvalidInput, LockHeld, NotConfirmed, ReconcilerError, StateMissing
from reconciler.operations.push import Push
from reconciler.operations.repair.adopt import adopt_subscription
from reconciler.operations.repair.context import RepairContext
from reconciler.operations.repair.done import close_task
from reconciler.operations.repair.forget import before_forgetting, forget_address, refuse_declared, tracked
from reconciler.operations.repair.forget_order import forget_order, lost_order
from reconciler.operations.repair.move import move_address, move_customer
from reconciler.operations.repair.resolve import resolve_outcome
from reconciler.system.clock import utc_now


def _repair(wiring: Wiring) -> RepairContext:
    """Returns what the repairs of state work with. An estate that declares nothing can be repaired too."""
    estate = read_estate(wiring.root, empty_allowed=True, rehearsal=rehearsal(wiring.chosen.cloud))
    return RepairContext(
        estate=estate,
        store=wiring.written_store,
        run=wiring.run,
        at=utc_now(),
        new_lineage=str(uuid4()),
        lineage=wiring.settings.lineage,
        invocation=wiring.chosen.invocation,
    )


def adopt(address: str, subscription_id: str, lock_timeout: float, chosen: Chosen) -> None:
    """Binds an address to another live subscription."""
    wiring = Wiring(chosen=chosen, lock_timeout=lock_timeout)
    with interruptible(), wiring.service.commerce() as commerce:
        done = adopt_subscription(_repair(wiring), parse_address(address), subscription_id, commerce)
    output(no_color=chosen.no_color).say(done)


def forget(patterns: tuple[str, ...], auto_approve: bool, lock_timeout: float, chosen: Chosen) -> None:
    """Stops tracking addresses. What can't be forgotten is told at the end, and stops none of the others."""
    wiring = Wiring(chosen=chosen, lock_timeout=lock_timeout)
    repair, screen = _repair(wiring), output(no_color=chosen.no_color)
    with interruptible():
        if all("/" in pattern and not _GLOB & set(pattern) for pattern in patterns):
            addresses = tuple(map(parse_address, patterns))
        else:
            lost = {pattern: key for pattern in patterns if _is_name(pattern) and (key := lost_order(repair, pattern))}
            addresses = tracked(repair, (pattern for pattern in patterns if pattern not in lost))
            if not lost:
                refuse_declared(repair, addresses)
            notes = before_forgetting(repair, addresses).items()
            orders = (f"the order {key} of {customer}" for customer, key in lost.items())
            named = (*orders, *(_noted(address, customer, note) for address, (customer, note) in notes))
            _confirm_forgetting(named, auto_approve=auto_approve, chosen=chosen)
            for customer in lost:
                screen.say(forget_order(repair, customer))
        refused: list[ReconcilerError] = []
        locked = set[str]()
        for address in addresses:
            if address.customer in locked:
                continue
            try:
                screen.say(forget_address(repair, address, wiring.service.commerce))
            except LockHeld as error:
                locked.add(address.customer)
                refused.append(error)
            except (InvalidInput, StateMissing) as error:
                refused.append(error)
    if refused:
        raise type(refused[0])(*(problem for error in refused for problem in error.problems))


_GLOB = frozenset("*?[")


def _noted(address: Address, customer: Customer, note: str) -> str:
    return f"{address}{customer.both_names.removeprefix(customer.name)}{f': {note}' if note else ''}"


def _is_name(pattern: str) -> bool:
    return "/" not in pattern and not _GLOB & set(pattern)


def _confirm_forgetting(named: Sequence[object], *, auto_approve: bool, chosen: Chosen) -> None:
    """Shows what is to be forgotten, and asks. Raises NotConfirmed for any answer but yes."""
    screen = messages(no_color=chosen.no_color)
    screen.say("To be forgotten:", *(f"  {name}" for name in named))
    if auto_approve:
        return
    if not sys.stdin.isatty():
        raise NotConfirmed(problem("forget_nobody_to_ask"))
    screen.say(sentence("forgetting_cancels_nothing"))
    if click.prompt("Only yes is taken as yes", default="no", show_default=False, err=True).strip() != "yes":
        raise NotConfirmed(problem("forget_not_confirmed"))


def done(address: str, task: str, lock_timeout: float, chosen: Chosen) -> None:
    """Closes what an earlier change left for people to do."""
    with interruptible():
        repair = _repair(Wiring(chosen=chosen, lock_timeout=lock_timeout))
        message = close_task(repair, parse_address(address), task, utc_now())
    output(no_color=chosen.no_color).say(message)


def unlock(customer: str, lock_id: str, chosen: Chosen) -> None:
    """Breaks a lock that its holder left behind."""
    Wiring(chosen=chosen).written_store.unlock(customer, lock_id)
    output(no_color=chosen.no_color).say(sentence("unlocked", lock=lock_id, customer=customer))


def unlock_run(run_id: str, chosen: Chosen) -> None:
    """Breaks every lock of a run."""
    store = Wiring(chosen=chosen).written_store
    held = [lock for lock in store.locks() if lock.run.id == run_id]
    if not held:
        raise StateMissing(problem("no_locks_of_run", run=run_id))
    for lock in held:
        store.unlock(lock.customer, lock.id)
        output(no_color=chosen.no_color).say(sentence("unlocked", lock=lock.id, customer=lock.customer))


def move(old: str, new: str, lock_timeout: float, chosen: Chosen) -> None:
    """Renames an address or a customer, with everything remembered of it."""
    with interruptible():
        repair = _repair(Wiring(chosen=chosen, lock_timeout=lock_timeout))
        of_customers = "/" not in f"{old}{new}"
        if of_customers:
            moved = move_customer(repair, old, new)
        else:
            moved = move_address(repair, parse_address(old), parse_address(new))
    output(no_color=chosen.no_color).say(moved)


def push(file: Path, lock_timeout: float, chosen: Chosen) -> None:
    """Takes in a state that could not be written."""
    document = state.load(read(file), str(file), "pushed")
    wiring = Wiring(chosen=chosen, lock_timeout=lock_timeout)
    with interruptible():
        done = Push(store=wiring.written_store, run=wiring.run, lineage=wiring.settings.lineage)(document)
    output(no_color=chosen.no_color).say(done)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveOptions:
    """The options of `state resolve`, as typed: the subscription that was made, or that nothing was done."""

    address: str
    succeeded: str | None
    not_done: bool
    not_ours: tuple[str, ...]
    lock_timeout: float


def resolve(options: ResolveOptions, chosen: Chosen) -> None:
    """Settles a change whose outcome is unknown by what a person found."""
    if (options.succeeded is None) is not options.not_done:
        raise click.UsageError(sentence("resolve_as_one_or_the_other"))
    wiring = Wiring(chosen=chosen, lock_timeout=options.lock_timeout)
    address = parse_address(options.address)
    with interruptible(), wiring.service.commerce() as commerce:
        done = resolve_outcome(_repair(wiring), address, options.succeeded, commerce, options.not_ours)
    output(no_color=chosen.no_color).say(*done)
