"""Outcomes of an attempt: records what became of the change, and returns the event that says so."""

from dataclasses import replace

from reconciler import advice
from reconciler.advice import sentence
from reconciler.applying import recording
from reconciler.applying.attempt import Attempt
from reconciler.model.errors import (
    AuthenticationFailed,
    CustomerHeld,
    Overtaken,
    PartnerRefused,
    RelationshipMissing,
    ServiceError,
    ServiceRefused,
    TooManyRequests,
)
from reconciler.model.event import Failed, HeldByService, Recovered, Stale, Succeeded, Unknown
from reconciler.model.evidence import Evidence, Log, may_show
from reconciler.model.pending import Reply
from reconciler.model.result import Outcome
from reconciler.model.support import Support
from reconciler.model.upgrade import UpgradeError


def recovered(attempt: Attempt, evidence: Evidence) -> Recovered | Succeeded | None:
    """Records that the change was found done; None where it shows no subscription, or that is another address's."""
    if evidence.subscription is None:
        return None
    return recording.recovered(attempt.context, attempt.journal, attempt.name, attempt.pending, evidence)


def failed(attempt: Attempt, error: ServiceError) -> Failed:
    """Records the service's definite no to a request that left, or one that could not leave.

    What could not leave and had been asked before, under the same request id, is in doubt as it was.
    """
    if _decided(error) or not attempt.requested_before:
        attempt.not_done(Outcome.FAILED, (UpgradeError(code=error.code or _kind(error), description=str(error)),))
    else:
        attempt.give_up()
    return not_started(attempt, error)


def overtaken(attempt: Attempt, error: Overtaken) -> Stale:
    """Records that the world moved while the request had to wait, and that it did not leave."""
    return _kept_back(attempt, "overtaken", str(error))


def stood_still(attempt: Attempt) -> Stale:
    """Records that the process stood still before the request left, and that it does not leave any more."""
    return _kept_back(attempt, "stale_stood_still", sentence("stale_stood_still"))


def state_written(attempt: Attempt) -> Stale:
    """Records that somebody else wrote the state before the request left, and that it does not leave."""
    return _kept_back(attempt, "stale_state_written", sentence("stale_state_written"))


def _kept_back(attempt: Attempt, code: str, why: str) -> Stale:
    """Records that a request did not leave. If it was sent before, under the same request id, it is in doubt as it was.

    Another run may have given it up meanwhile, and asked again: that one's own requests stay as they are.
    """
    if attempt.requested_before:
        attempt.give_up()
        return stale(attempt, f"{why} {sentence('stale_still_in_doubt')}")
    attempt.not_done(Outcome.NOT_DONE, (UpgradeError(code=code, description=why),))
    return stale(attempt, why)


def refused(attempt: Attempt, errors: tuple[UpgradeError, ...], operation: str | None = None) -> Failed:
    """Records the service's own word that it did not do it."""
    attempt.not_done(Outcome.FAILED, errors, operation)
    return failed_with(attempt, errors)


def failed_with(attempt: Attempt, errors: tuple[UpgradeError, ...], more: str = "") -> Failed:
    """Returns the event of a failure for the service's errors."""
    attempt.breaker.failed()
    described = "; ".join(f"{error.description} {error.details}".strip() for error in errors)
    event = failure(attempt, ", ".join(dict.fromkeys(error.code for error in errors)), f"{described}{more}")
    return replace(event, remedy=recording.remedy(errors, attempt.change.address))


def not_secured(attempt: Attempt) -> Failed:
    """Records that the service took a schedule and does not show it."""
    attempt.not_done(Outcome.NOT_SECURED, ())
    attempt.breaker.failed()
    wanted = attempt.kind.wanted(attempt.change.request)
    problem = advice.problem("not_secured", attempt.change.address, wanted=wanted, address=attempt.change.address)
    return failure(attempt, "not_secured", problem.what, ServiceError(problem))


def unknown(
    attempt: Attempt, description: str, reply: Reply, support: Support | None = None, log: Log = Log.SILENT
) -> Unknown | Recovered | Stale:
    """Records the reply where nobody can say whether the change was done. It stays pending, and later runs say what the
    reply was; where that can't be noted, they say that nothing is on record. Another run may have settled it meanwhile.
    """
    recording.note_reply(attempt.journal, attempt.pending, Reply.LOGGED if log is Log.PERFORMED else reply)
    if settled := settled_elsewhere(attempt):
        return settled
    attempt.breaker.failed()
    pending = attempt.pending.replied(reply)
    return recording.unknown(attempt.context, attempt.change.address, pending, description, support, log)


def settled_elsewhere(attempt: Attempt) -> Recovered | Stale | None:
    """Returns the event of a change that another run has settled, as state has it now; None where it is pending."""
    result = attempt.journal.state.result_of(attempt.pending.key)
    if result and result.outcome.performed:
        return Recovered(at=attempt.context.commerce.now(), address=attempt.change.address, result=result)
    return stale(attempt, sentence("stale_settled_elsewhere"), sent=True) if result else None


def held(attempt: Attempt, word: str, operation: str | None) -> HeldByService | Recovered | Stale:
    """Records that the service waits for a person. The change stays pending."""
    key = attempt.pending.key
    attempt.journal.record(
        lambda state: state.amend(key, lambda pending: pending.replied(Reply.PERSON_NEEDED, operation))
    )
    state = attempt.journal.state
    return settled_elsewhere(attempt) or recording.held(attempt.context, state, attempt.name, attempt.pending, word)


def _in_doubt(attempt: Attempt) -> bool:
    """Returns True if a request for the subscription was given up and may turn out to be done."""
    own, now = attempt.change.subscription_id, attempt.context.commerce.clocks.earliest
    return any(doubt.subscription_id == own and may_show(doubt, now) for doubt in attempt.journal.state.doubts())


def not_started(attempt: Attempt, error: ServiceError) -> Failed:
    """Returns the event of the service's definite no before there was an intent: nothing is to be recorded."""
    if isinstance(error, AuthenticationFailed):
        attempt.breaker.sign_in_failed()
        return failure(attempt, "authentication_failed", str(error), error)
    attempt.breaker.failed()
    return failure(attempt, error.code or _kind(error), str(error), error)


def failure(attempt: Attempt, code: str, description: str, error: ServiceError | None = None) -> Failed:
    """Returns the event of a failure."""
    address = attempt.change.address
    return Failed(
        at=attempt.context.commerce.now(),
        address=address,
        action=attempt.change.action,
        code=code,
        description=description,
        remedy=tuple(step.of(address) for problem in error.problems for step in problem.steps) if error else (),
        support=error.support if error else None,
        in_doubt=_in_doubt(attempt),
        holds_customer=isinstance(error, CustomerHeld | PartnerRefused | RelationshipMissing),
    )


def stale(attempt: Attempt, description: str, *, sent: bool = False) -> Stale:
    """Returns the event of a change that is not started, or was refused, because the world moved."""
    return Stale(at=attempt.context.commerce.now(), address=attempt.change.address, description=description, sent=sent)


def _decided(error: ServiceError) -> bool:
    """Returns True if the service has looked at the request, and may remember its answer to it."""
    return isinstance(error, ServiceRefused) and not isinstance(error, TooManyRequests)


def _kind(error: ServiceError) -> str:
    if isinstance(error, AuthenticationFailed):
        return "authentication_failed"
    return f"http_{error.status}" if error.status else "service_unreachable"
