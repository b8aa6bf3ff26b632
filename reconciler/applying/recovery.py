"""What becomes of a change whose answer was lost, in the run that sent it: watched for, and sent once more at most."""

from collections.abc import Callable, Generator, Iterator, Sequence

from reconciler.applying import ending
from reconciler.applying.attempt import Attempt
from reconciler.applying.looking import Looks
from reconciler.applying.watching import watch
from reconciler.model.errors import (
    AuthenticationFailed,
    Conflict,
    Inconclusive,
    NoAnswer,
    OperationInProgress,
    ServiceError,
    StateConflict,
    StateError,
)
from reconciler.model.event import Event, Recovered, Unknown, Waiting
from reconciler.model.evidence import Standing, Step
from reconciler.model.state import Outcome, given_up
from reconciler.model.subscription import Live
from reconciler.model.support import Support

Again = Callable[[], Iterator[Event] | None]
"""Sends the same request once more: what follows where it was done; None where its answer settles nothing."""

FROZEN = "This process stood still between noting the change and sending it, so the request was not sent."
"""Why a request that was about to leave did not: another run may think it lost by now."""

_WATCHED = "what became of a request without an answer"
_OVERTAKEN = (
    "the answer was lost, and somebody else changed the subscription meanwhile: the request may have been carried out"
    " before that, and can't be any more"
)
_NOTHING_SHOWS = "Nothing showed of it for the whole of `wait`; asked again, it goes under the same request id."
_SETTLED = "another run settled it as not done meanwhile; it was not sent again"


def lost(attempt: Attempt, error: NoAnswer, again: Again, *, sendable: Callable[[], bool]) -> Iterator[Event]:
    """Watches for the whole of `wait`: done, it is recovered; untouched, it is sent once more and watched again; else
    unknown, and left pending.

    `sendable` tells, with a look at the service, whether the same request would still be in order.
    """
    step, seen = yield from _watched(attempt, sendable, [error])
    answers: list[ServiceError] = [error]
    if step is Step.SEND_AGAIN:
        noted = attempt.doors.clock.moment()
        try:
            attempt.send_again()
        except StateError as conflict:
            yield _not_sent_again(attempt, conflict)
            return
        try:
            done = None if attempt.overdue(noted) else again()
        except ServiceError as second:
            answers.append(second)
            done = None
        if done is not None:
            yield from done
            return
        step, seen = yield from _watched(attempt, sendable, answers)
    yield _concluded(attempt, error, step, seen)


def unknown(attempt: Attempt, description: str, support: Support | None = None) -> Unknown:
    """Nobody can say whether the change was done. It stays pending."""
    attempt.breaker.failed()
    return ending.unknown(attempt.doors, attempt.change.address, attempt.pending, description, support)


def _watched(
    attempt: Attempt, sendable: Callable[[], bool], answers: Sequence[ServiceError]
) -> Generator[Waiting, None, tuple[Step, Live | None]]:
    """Looks for the whole wait; what to do then. `answers` are what its requests were answered so far.

    A definite no to the second request says nothing of the first.
    """
    if isinstance(answers[-1], AuthenticationFailed):
        attempt.breaker.sign_in_failed()
    held = any(isinstance(error, OperationInProgress) for error in answers)
    if held:
        attempt.hold()
    doors, pending = attempt.doors, attempt.pending
    looks = Looks(doors, attempt.journal, [pending])
    done = yield from watch(doors, attempt.change.address, _WATCHED, looks)
    standing = Standing(
        own=True,
        watched=done is None and looks.conclusive(pending) and not doors.stop.is_set(),
        may_send=_may_send(attempt) and not held,
        conflict=len(answers) == pending.attempts
        and not held
        and all(isinstance(error, Conflict) for error in answers),
    )
    step, seen = looks.step(pending, standing)
    if step is Step.SEND_AGAIN and not sendable():
        return Step.LEAVE, None
    return step, seen


def _may_send(attempt: Attempt) -> bool:
    """Whether the request may leave once more: how long it is this run's own would be counted from a time that may be
    wrong while the clocks disagree.
    """
    again = attempt.pending.attempts == 1 and attempt.doors.commerce.clocks.apart is None
    return again and attempt.breaker.refusal is None


def _concluded(attempt: Attempt, error: NoAnswer, step: Step, seen: Live | None) -> Event:
    doors, journal, name = attempt.doors, attempt.journal, attempt.name
    if step is Step.RECOVER and seen:
        return ending.recovered(doors, journal, name, attempt.pending, seen)
    if step is Step.STALE:
        attempt.record(given_up(attempt.pending, attempt.change.address, doors.commerce.now(), doors.run))
        return attempt.stale(_OVERTAKEN)
    if step is Step.GIVE_UP:
        attempt.record(given_up(attempt.pending, attempt.change.address, doors.commerce.now(), doors.run))
        attempt.breaker.failed()
        return attempt.telling(error.code, f"{error} {_NOTHING_SHOWS}", error)
    left_open = isinstance(error, Inconclusive)
    what = f"The answer leaves it open whether it was done: {error}" if left_open else f"The answer was lost: {error}"
    return unknown(attempt, what, error.support)


def _not_sent_again(attempt: Attempt, error: StateError) -> Event:
    """The second attempt could not be noted in state first, so it was not made: somebody else may have settled it."""
    pending, journal, doors = attempt.pending, attempt.journal, attempt.doors
    if isinstance(error, StateConflict):
        journal.reread()
        result = journal.state.result_of(pending.key)
        if result and result.outcome.performed:
            return Recovered(at=doors.commerce.now(), address=attempt.change.address, result=result)
        if result and result.outcome in {Outcome.NOT_DONE, Outcome.FAILED}:
            return attempt.stale(_SETTLED)
    attempt.breaker.failed()
    description = f"The answer was lost, and it was not sent again: {error}"
    return ending.unknown(doors, attempt.change.address, pending, description)
