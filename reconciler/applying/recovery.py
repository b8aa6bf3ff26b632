"""What becomes of a change whose answer was lost, in the run that sent it: watched for, and sent once more at most."""

from collections.abc import Callable, Generator, Iterator

from reconciler.applying import ending
from reconciler.applying.attempt import Attempt
from reconciler.applying.looking import Looks
from reconciler.applying.watching import watch
from reconciler.model.errors import AuthenticationFailed, NoAnswer, ServiceError, StateConflict, StateError
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
_OVERTAKEN = "somebody else changed the subscription meanwhile, so the request can't be carried out any more"
_SETTLED = "another run settled it as not done meanwhile; it was not sent again"


def lost(attempt: Attempt, error: NoAnswer, again: Again, *, sendable: Callable[[], bool]) -> Iterator[Event]:
    """Watches for the whole of `wait`: done, it is recovered; untouched, it is sent once more and watched again; else
    unknown, and left pending.

    `sendable` tells, with a look at the service, whether the same request would still be in order.
    """
    step, seen = yield from _watched(attempt, sendable)
    if step is Step.SEND_AGAIN:
        noted = attempt.doors.monotonic()
        try:
            attempt.send_again()
        except StateError as conflict:
            yield _not_sent_again(attempt, conflict)
            return
        done = None if attempt.overdue(noted) else _sent(attempt, again)
        if done is not None:
            yield from done
            return
        step, seen = yield from _watched(attempt, sendable)
    yield _concluded(attempt, error, step, seen)


def unknown(attempt: Attempt, description: str, support: Support | None = None) -> Unknown:
    """Nobody can say whether the change was done. It stays pending."""
    attempt.breaker.failed()
    return ending.unknown(attempt.doors, attempt.change.address, attempt.pending, description, support)


def _watched(attempt: Attempt, sendable: Callable[[], bool]) -> Generator[Waiting, None, tuple[Step, Live | None]]:
    """Looks for the whole wait; what to do then."""
    doors, pending = attempt.doors, attempt.pending
    looks = Looks(doors, attempt.journal, [pending])
    done = yield from watch(doors, attempt.change.address, _WATCHED, looks)
    free = attempt.breaker.refusal is None and pending.attempts == 1
    watched = done is None and looks.conclusive(pending) and not doors.stop.is_set()
    standing = Standing(own=True, watched=watched, may_send=free)
    step, seen = looks.step(pending, standing)
    if step is Step.SEND_AGAIN and not sendable():
        return Step.LEAVE, None
    return step, seen


def _sent(attempt: Attempt, again: Again) -> Iterator[Event] | None:
    """What a definite no to the second request says of the first is nothing."""
    try:
        return again()
    except AuthenticationFailed:
        attempt.breaker.sign_in_failed()
    except ServiceError:
        pass
    return None


def _concluded(attempt: Attempt, error: NoAnswer, step: Step, seen: Live | None) -> Event:
    doors, journal, name = attempt.doors, attempt.journal, attempt.name
    if step is Step.RECOVER and seen:
        return ending.recovered(doors, journal, name, attempt.pending, seen)
    if step is Step.FAIL:
        attempt.breaker.failed()
        return ending.refused(doors, journal, name, attempt.pending)
    if step is Step.STALE:
        attempt.record(given_up(attempt.pending, attempt.change.address, doors.commerce.now(), doors.run))
        return attempt.stale(_OVERTAKEN)
    return unknown(attempt, f"The answer was lost: {error}", error.support)


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
