"""Everything a run does to one customer, under that customer's lock."""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.applying.attempt import Attempt
from reconciler.applying.journal import Journal
from reconciler.applying.recovery import settle
from reconciler.applying.resize import resize
from reconciler.applying.run import Breaker, Doors
from reconciler.applying.upgrade import upgrade
from reconciler.model.change import Action, Change
from reconciler.model.errors import LockHeld, ServiceError, StateConflict, StateError
from reconciler.model.event import Event, Skipped, Stale, StateNotWritten
from reconciler.model.subscription import Customer, Live

_WHY = {
    "interrupted": "The run was stopped before this change began.",
    "too_many_failures": "Too many changes failed in this run (limits.stop_after_failures).",
    "authentication_failed": "The sign-in was refused during the run.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What there is to do for one customer: its changes in address order, and live values that state lacks."""

    customer: Customer
    changes: tuple[Change, ...] = ()
    seen: Mapping[str, Live] = field(default_factory=dict)


def carry_out(work: Work, doors: Doors, breaker: Breaker) -> Iterator[Event]:
    """Settles what is pending, makes the changes, records what was seen. A failure stops neither of the others.

    What can't be recorded stops this customer: the event carries the state that must be pushed by hand.
    """
    if breaker.refusal:
        yield from _skipped(work.changes, doors, breaker.refusal, _WHY[breaker.refusal])
        return
    try:
        with doors.store.lock(work.customer.name, "apply", doors.run):
            journal = Journal(doors.store, work.customer, doors.lineage)
            yield from _under_lock(work, doors, breaker, journal)
    except LockHeld as error:
        yield from _skipped(work.changes, doors, "lock_held", _told(error))
    except StateError as error:
        if not work.changes:
            raise
        yield from _skipped(work.changes, doors, "state_not_written", _told(error))


def _under_lock(work: Work, doors: Doors, breaker: Breaker, journal: Journal) -> Iterator[Event]:
    seen = dict(work.seen)
    yield from settle(doors, journal)
    for position, change in enumerate(work.changes):
        if breaker.refusal:
            yield from _skipped(work.changes[position:], doors, breaker.refusal, _WHY[breaker.refusal])
            return
        try:
            seen |= yield from _attempt(change, doors, breaker, journal)
        except StateConflict:
            journal.reread()
            description = "somebody else wrote this customer's state at the same moment; nothing was sent"
            yield Stale(at=doors.commerce.now(), address=change.address, description=description)
        except StateError as error:
            recorded = journal.unwritten is None
            yield from _unwritten(error, doors, journal)
            yield from _skipped(work.changes[position + (not recorded) :], doors, "state_not_written", _told(error))
            return
    yield from _observe(work, seen, doors, journal)


def _attempt(
    change: Change, doors: Doors, breaker: Breaker, journal: Journal
) -> Generator[Event, None, Mapping[str, Live]]:
    """Carries one change out, if it is not stale; returns what was seen of the customer's other addresses meanwhile."""
    attempt = Attempt(change=change, doors=doors, journal=journal, breaker=breaker, ticket=doors.ticket())
    try:
        checked = doors.recheck(change, journal.state)
    except ServiceError as error:
        yield attempt.not_begun(error)
        return {}
    if checked.stale:
        yield attempt.stale(checked.stale)
    else:
        yield from (upgrade if change.action is Action.UPGRADE else resize)(attempt, checked)
    return checked.seen


def _observe(work: Work, seen: Mapping[str, Live], doors: Doors, journal: Journal) -> Iterator[Event]:
    """Records live values, so that drift can be told next time; those of addresses just changed are there already."""
    changed = {change.address.name for change in work.changes} | set(journal.state.pending)
    unchanged = {name: live for name, live in seen.items() if name not in changed}
    try:
        journal.record(lambda state: state.observe(unchanged, doors.commerce.now()))
    except StateError as error:
        yield from _unwritten(error, doors, journal)


def _unwritten(error: StateError, doors: Doors, journal: Journal) -> Iterator[Event]:
    """What happened and could not be recorded where it belongs."""
    if journal.unwritten is not None:
        yield StateNotWritten(
            at=doors.commerce.now(),
            customer=journal.state.customer.name,
            description=_told(error),
            state=journal.unwritten,
        )


def _skipped(changes: tuple[Change, ...], doors: Doors, code: str, description: str) -> Iterator[Event]:
    for change in changes:
        yield Skipped(at=doors.commerce.now(), address=change.address, code=code, description=description)


def _told(error: StateError) -> str:
    return " ".join(f"{problem.what} {problem.remedy}" for problem in error.problems)
