"""Events of changes that are not started, and of what could not be recorded."""

from collections import deque
from collections.abc import Iterator

from reconciler import advice
from reconciler.applying.context import ApplyContext
from reconciler.applying.journal import Journal
from reconciler.applying.work import Work
from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.errors import LockHeld, StateError
from reconciler.model.event import (
    Event,
    Skipped,
    StateNotWritten,
)
from reconciler.model.remedy import Step


def unwritten(error: StateError, context: ApplyContext, journal: Journal) -> Iterator[Event]:
    """Yields what happened and could not be recorded where it belongs."""
    if journal.unwritten is not None:
        yield StateNotWritten(
            at=context.commerce.now(),
            customer=journal.state.customer.name,
            description=" ".join((_what(error), *(step.text for step in _remedy(error)))),
            state=journal.unwritten,
        )


def skipped(
    left: deque[Change], context: ApplyContext, code: str, description: str = "", remedy: tuple[Step, ...] = ()
) -> Iterator[Event]:
    """Yields the events of all changes that are left, for one reason; none is left then."""
    while left:
        yield skip(left.popleft().address, context, code, description, remedy)


def skipped_unrecorded(left: deque[Change], context: ApplyContext, error: StateError) -> Iterator[Event]:
    """Yields the events of the changes that are left once state can't be written."""
    return skipped(left, context, "state_not_written", _what(error), _remedy(error))


def skip(
    address: Address, context: ApplyContext, code: str, description: str = "", remedy: tuple[Step, ...] = ()
) -> Skipped:
    """Returns the event of a change that is not started; in the words of its code, unless others are given."""
    row = advice.row(code)
    return Skipped(
        at=context.commerce.now(),
        address=address,
        code=code,
        description=description or row.description,
        remedy=remedy if description else tuple(step for step in row.steps_for({}) if step.run),
    )


def locked_out(work: Work, left: deque[Change], context: ApplyContext, error: LockHeld) -> Iterator[Event]:
    """Yields that nothing of a customer is started. The holder, and the command that breaks the lock, are told once."""
    addresses = (*(change.address for change in left), *work.unsettled)
    holder = (_what(error), _remedy(error))
    if work.customer_moves and not addresses:
        raise error
    for address in addresses or tuple(move.address for move in work.moves):
        yield skip(address, context, "lock_held", *holder)
        holder = (advice.sentence("lock_held", customer=work.customer.name), ())


def _what(error: StateError) -> str:
    return " ".join(problem.what for problem in error.problems)


def _remedy(error: StateError) -> tuple[Step, ...]:
    return tuple(step for problem in error.problems for step in problem.steps)
