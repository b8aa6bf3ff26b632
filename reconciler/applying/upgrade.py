"""An upgrade: buys the target for the source subscription, once, and follows it."""

from collections.abc import Generator, Iterator

from reconciler.applying.attempt import Attempt
from reconciler.applying.last_look import upgrade_look, upgrade_moved
from reconciler.applying.recovery import FROZEN, lost, unknown
from reconciler.applying.run import Rechecked
from reconciler.applying.watching import watch
from reconciler.model.errors import NoAnswer, Overtaken, ServiceError
from reconciler.model.event import Event, Failed, Succeeded, Waiting
from reconciler.model.ports import Look
from reconciler.model.state import Outcome, Result
from reconciler.model.subscription import Live
from reconciler.model.upgrade import UpgradeError, UpgradeOption, UpgradeResult
from reconciler.system.clock import Moment


def upgrade(attempt: Attempt, checked: Rechecked, checked_at: Moment) -> Iterator[Event]:
    """Intent, request, record, verification. Raises StateConflict before anything is sent where another run wrote."""
    change = attempt.change
    source = checked.listing.find(change.subscription_id)
    if checked.option is None or source is None:
        yield attempt.stale("the service no longer lists the planned upgrade")
        return
    noted = attempt.doors.clock.moment()
    yield attempt.begin(source, checked.listing.ids)
    if attempt.overdue(noted):
        yield unknown(attempt, FROZEN)
        return
    option = checked.option
    look = upgrade_look(attempt, option, checked_at)
    try:
        answer = _send(attempt, option, look)
    except NoAnswer as error:
        yield from _lost(attempt, option, error)
    except Overtaken as error:
        yield attempt.overtaken(error)
    except ServiceError as error:
        yield attempt.failed(error)
    else:
        yield from _answered(attempt, option, answer)


def _send(attempt: Attempt, option: UpgradeOption, look: Look) -> UpgradeResult:
    change = attempt.change
    return attempt.doors.commerce.upgrade(
        change.customer.tenant, change.subscription_id, option, change.after.quantity, attempt.sent_as, look
    )


def _lost(attempt: Attempt, option: UpgradeOption, error: NoAnswer) -> Iterator[Event]:
    looked_at = attempt.doors.clock.moment()

    def sendable() -> bool:
        nonlocal looked_at
        looked_at = attempt.doors.clock.moment()
        try:
            return not upgrade_moved(attempt, option)
        except ServiceError:
            return False

    def again() -> Iterator[Event] | None:
        answer = _send(attempt, option, upgrade_look(attempt, option, looked_at))
        target_id = _new_target(attempt, answer)
        return _done(attempt, answer, target_id) if target_id and not answer.upgrade_errors else None

    return lost(attempt, error, again, sendable=sendable)


def _answered(attempt: Attempt, option: UpgradeOption, answer: UpgradeResult) -> Iterator[Event]:
    """A 200 is not success: errors inside it mean not done; licence errors alone mean done, with users to assign."""
    if answer.upgrade_errors:
        yield _refused(attempt, answer.upgrade_errors)
        return
    target_id = _new_target(attempt, answer)
    if target_id is None:
        what = "Partner Center's answer names neither a new subscription nor an error"
        yield from _lost(attempt, option, NoAnswer.because(what, "Wait until the new subscription shows."))
        return
    yield from _done(attempt, answer, target_id)


def _new_target(attempt: Attempt, answer: UpgradeResult) -> str | None:
    """The subscription that the answer names; one that was there before, or that some address has had, is no answer."""
    target_id = answer.target_subscription_id
    known = {*attempt.pending.known_subscription_ids, *attempt.journal.state.claimed_ids()}
    return None if target_id in known else target_id


def _done(attempt: Attempt, answer: UpgradeResult, target_id: str) -> Iterator[Event]:
    outcome = Outcome.SUCCEEDED_WITH_LICENSE_ERRORS if answer.license_errors else Outcome.SUCCEEDED
    result = attempt.done(outcome, target_id, visible=False, license_errors=answer.license_errors)
    seen = yield from _verified(attempt, result)
    yield Succeeded(
        at=attempt.doors.commerce.now(),
        address=attempt.change.address,
        result=result,
        visible=seen is not None,
        license_errors=answer.license_errors,
    )
    if seen is not None:
        attempt.saw(seen)


def _refused(attempt: Attempt, errors: tuple[UpgradeError, ...]) -> Failed:
    attempt.not_done(Outcome.FAILED, errors)
    attempt.breaker.failed()
    said = "; ".join(f"{one.description} {one.details}".strip() for one in errors)
    return attempt.telling(", ".join(dict.fromkeys(one.code for one in errors)), said)


def _verified(attempt: Attempt, result: Result) -> Generator[Waiting, None, Live | None]:
    """Watches until the target shows the wanted offer and quantity; None where it does not."""
    change = attempt.change

    def look() -> Live | None:
        listing = attempt.doors.commerce.subscriptions(change.customer.tenant)
        wanted = (result.target_subscription_id, change.after.offer_id, change.after.quantity)
        return next((live for live in listing.lives if (live.id, live.offer.id, live.quantity) == wanted), None)

    what = f"the new subscription {result.target_subscription_id}"
    return (yield from watch(attempt.doors, change.address, what, look))
