"""Settles a change whose answer was lost, in the run that sent it: watches for it, and sends it once more at most."""

from collections.abc import Generator, Iterator, Sequence

from reconciler.advice import sentence
from reconciler.applying import outcomes, recording
from reconciler.applying.attempt import Attempt
from reconciler.applying.audit_log import audit_log
from reconciler.applying.completion import accepted, performed
from reconciler.applying.observing import Observation
from reconciler.applying.sender import Sender
from reconciler.applying.watching import watch
from reconciler.changes import Accepted, Performed, Refused
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
from reconciler.model.event import Event, Waiting
from reconciler.model.evidence import Decision, Evidence, Log, Standing, Verdict
from reconciler.model.pending import Reply
from reconciler.model.result import Outcome
from reconciler.model.upgrade import UpgradeError

_WATCHED = "what became of a request without an answer"


def lost(attempt: Attempt, sender: Sender, error: NoAnswer) -> Iterator[Event]:
    """Watches for the whole of `wait`: done, it is recovered; untouched, it is sent once more and watched again; else
    unknown, and left pending.
    """
    decision, evidence = yield from _watched(attempt, sender, [error])
    answers: list[ServiceError] = [error]
    if decision is Decision.SEND_AGAIN:
        noted = attempt.context.clock.moment()
        try:
            again = attempt.send_again()
        except StateError as conflict:
            yield _not_sent_again(attempt, conflict)
            return
        yield again
        try:
            answer = None if attempt.overdue(noted) else sender.send()
        except ServiceError as second:
            answers.append(second)
            answer = None
        if isinstance(answer, Performed):
            yield from performed(attempt, answer)
            return
        if isinstance(answer, Accepted):
            yield from accepted(attempt, answer)
            return
        decision, evidence = yield from _watched(attempt, sender, answers)
    yield _concluded(attempt, answers, decision, evidence)


def version_moved(attempt: Attempt, error: ServiceError) -> Iterator[Event]:
    """Settles a request that met an etag which is no longer current. That is no failure: somebody changed the
    subscription a moment ago.

    Where a gateway sent the request twice, that somebody is its first copy, and the service may still be at work on
    that: so what was asked for is watched for.
    """
    context, pending = attempt.context, attempt.pending
    observation = Observation(context, attempt.journal, [pending])
    yield from watch(context, attempt.change.address, _WATCHED, observation)
    evidence = observation.evidence(pending)
    if not observation.answered:
        log = audit_log(context.commerce, attempt.journal.state, pending)[0]
        yield outcomes.unknown(attempt, sentence("unknown_unread", error=error), Reply.OPEN, log=log)
    elif evidence.verdict is Verdict.DONE and (done := outcomes.recovered(attempt, evidence)):
        yield done
    else:
        attempt.not_done(Outcome.NOT_DONE, (UpgradeError(code=error.code, description=str(error)),))
        yield outcomes.stale(attempt, sentence("stale_not_taken"), sent=True)


def refused_inside(attempt: Attempt, sender: Sender, refused: Refused) -> Iterator[Event]:
    """Settles a request that was answered with errors inside a success.

    Planning had just seen that the service permits the change. Where it does not give the same errors when it is asked
    now, they may answer the second copy of a request whose first copy was carried out: then the change is watched for,
    and left in doubt where nothing shows. So it is where the subscription is not what it was. A repeated request that
    is refused again is failed, since the service may answer so for ever: its doubt stays for a day, and then the change
    is asked under a new id. Where the service names the work that failed, nothing is left to ask.
    """
    if refused.operation is not None:
        yield outcomes.refused(attempt, refused.errors, refused.operation)
        return
    context, pending = attempt.context, attempt.pending
    confirmed = _confirmed(attempt, sender, refused)
    observation = Observation(context, attempt.journal, [pending])

    def look() -> bool | None:
        done, untouched = observation(), observation.evidence(pending).verdict is Verdict.UNCHANGED
        return True if done or (confirmed and untouched) else None

    yield from watch(context, attempt.change.address, _WATCHED, look)
    standing = Standing(own=True, watched=observation.conclusive(pending), conflict=True)
    decision, evidence = observation.decide(pending, standing)
    if decision is Decision.RECOVER and (done := outcomes.recovered(attempt, evidence)):
        yield done
    elif (confirmed or attempt.requested_before) and evidence.log is not Log.PERFORMED:
        yield outcomes.refused(attempt, refused.errors, refused.operation)
    elif decision is Decision.GIVE_UP:
        attempt.give_up(refused.errors)
        yield outcomes.failed_with(attempt, refused.errors, f" {sentence('unknown_nothing_shows')}")
    else:
        yield outcomes.unknown(attempt, sentence("unknown_not_confirmed"), Reply.OPEN, log=evidence.log)


def _confirmed(attempt: Attempt, sender: Sender, refused: Refused) -> bool:
    """Returns True if the service, asked now, gives the same errors. Where it can't be asked, it does not."""
    try:
        view = sender.look()
    except ServiceError:
        return refused.final
    return refused.final or attempt.kind.confirms(attempt.pending, refused, view)


def _watched(
    attempt: Attempt, sender: Sender, answers: Sequence[ServiceError]
) -> Generator[Waiting, None, tuple[Decision, Evidence]]:
    """Looks for the whole wait; returns what to do then. `answers` are what its requests were answered so far.

    A definite no to the second request says nothing of the first.
    """
    if isinstance(answers[-1], AuthenticationFailed):
        attempt.breaker.sign_in_failed()
    held = any(isinstance(error, OperationInProgress) for error in answers)
    if held:
        attempt.hold()
    context, pending = attempt.context, attempt.pending
    observation = Observation(context, attempt.journal, [pending])
    done = yield from watch(context, attempt.change.address, _WATCHED, observation)
    standing = Standing(
        own=True,
        watched=done is None and observation.conclusive(pending) and not context.stop.is_set(),
        may_send=_may_send(attempt) and sender.resendable and not held,
        conflict=len(answers) == pending.attempts
        and not _at_work(attempt)
        and all(isinstance(error, Conflict) for error in answers),
    )
    decision, evidence = observation.decide(pending, standing)
    if decision is Decision.SEND_AGAIN and not sender.may_resend():
        return Decision.LEAVE, evidence
    return decision, evidence


def _at_work(attempt: Attempt) -> bool:
    """Returns True if the service itself may be at work on it: nobody gives it up then."""
    until = attempt.pending.held_until
    return until is not None and attempt.context.commerce.clocks.earliest <= until


def _may_send(attempt: Attempt) -> bool:
    """Returns True if the request may leave once more: how long it is this run's own would be counted from a time that
    may be wrong while the clocks disagree.
    """
    again = attempt.pending.attempts == 1 and attempt.context.commerce.clocks.apart is None
    return again and attempt.breaker.refusal is None


def _concluded(attempt: Attempt, answers: Sequence[ServiceError], decision: Decision, evidence: Evidence) -> Event:
    error = answers[0]
    if decision is Decision.RECOVER and (done := outcomes.recovered(attempt, evidence)):
        return done
    if decision is Decision.FAIL:
        return outcomes.refused(attempt, evidence.errors, evidence.operation)
    if evidence.verdict is Verdict.HELD:
        return outcomes.held(attempt, evidence.held, evidence.operation)
    if decision is Decision.STALE:
        attempt.give_up()
        return outcomes.stale(attempt, sentence("stale_overtaken"), sent=True)
    if decision is Decision.GIVE_UP:
        attempt.give_up()
        attempt.breaker.failed()
        return outcomes.failure(attempt, error.code, f"{error} {sentence('unknown_nothing_shows')}", error)
    reply, answered = _reply(answers)
    return outcomes.unknown(attempt, sentence(_LEFT_OPEN[reply], error=answered), reply, answered.support, evidence.log)


_LEFT_OPEN = {
    Reply.HELD: "unknown_held",
    Reply.OPEN: "unknown_left_open",
    Reply.LOST: "unknown_answer_lost",
}


def _reply(answers: Sequence[ServiceError]) -> tuple[Reply, ServiceError]:
    """Returns what the service replied to its requests, and the error that says so: what holds a day comes first."""
    held = next((error for error in answers if isinstance(error, OperationInProgress)), None)
    if held:
        return Reply.HELD, held
    return Reply.OPEN if isinstance(answers[0], Inconclusive) else Reply.LOST, answers[0]


def _not_sent_again(attempt: Attempt, error: StateError) -> Event:
    """The second attempt could not be noted in state first, so it was not made: somebody else may have settled it."""
    if isinstance(error, StateConflict):
        attempt.journal.reread()
        if settled := outcomes.settled_elsewhere(attempt):
            return settled
    attempt.breaker.failed()
    description = sentence("unknown_not_sent_again", error=error)
    return recording.unknown(attempt.context, attempt.change.address, attempt.pending, description)
