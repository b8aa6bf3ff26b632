"""An upgrade: buys the target for the source subscription, once, and follows it."""

from collections.abc import Generator, Iterator

from reconciler.applying.attempt import Attempt
from reconciler.applying.recovery import lost
from reconciler.applying.run import Rechecked
from reconciler.applying.watching import watch
from reconciler.model.errors import NoAnswer, ServiceError
from reconciler.model.event import Event, Failed, Succeeded, Waiting
from reconciler.model.state import Outcome, Result
from reconciler.model.subscription import Live
from reconciler.model.upgrade import UpgradeError, UpgradeResult


def upgrade(attempt: Attempt, checked: Rechecked) -> Iterator[Event]:
    """Intent, request, record, verification. Raises StateConflict before anything is sent where another run wrote."""
    change, commerce = attempt.change, attempt.doors.commerce
    source = next((live for live in checked.subscriptions if live.id == change.subscription_id), None)
    if checked.option is None or source is None:
        yield attempt.stale("the service no longer lists the planned upgrade")
        return
    yield attempt.begin(source, checked.subscriptions)
    try:
        answer = commerce.upgrade(
            change.customer.tenant, change.subscription_id, checked.option, change.after.quantity, attempt.ticket
        )
    except NoAnswer as error:
        yield from lost(attempt, error)
    except ServiceError as error:
        yield attempt.failed(error)
    else:
        yield from _answered(attempt, answer)


def _answered(attempt: Attempt, answer: UpgradeResult) -> Iterator[Event]:
    """A 200 is not success: errors inside it mean not done; licence errors alone mean done, with users to assign."""
    if answer.upgrade_errors:
        yield _refused(attempt, answer.upgrade_errors)
        return
    if answer.target_subscription_id is None:
        what = "Partner Center's answer names neither a new subscription nor an error"
        yield from lost(attempt, NoAnswer.because(what, "Wait until the new subscription shows."))
        return
    outcome = Outcome.SUCCEEDED_WITH_LICENSE_ERRORS if answer.license_errors else Outcome.SUCCEEDED
    target_id = answer.target_subscription_id
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
        lives = attempt.doors.commerce.subscriptions(change.customer.tenant)
        wanted = (result.target_subscription_id, change.after.offer_id, change.after.quantity)
        return next((live for live in lives if (live.id, live.offer.id, live.quantity) == wanted), None)

    what = f"the new subscription {result.target_subscription_id}"
    return (yield from watch(attempt.doors, change.address, what, look))
