"""A resize: sends the whole subscription back with another quantity."""

from collections.abc import Iterator
from functools import partial

from reconciler.applying.attempt import Attempt
from reconciler.applying.ending import recovered
from reconciler.applying.last_look import resize_look
from reconciler.applying.recovery import FROZEN, lost, unknown
from reconciler.applying.run import Rechecked
from reconciler.applying.watching import watch
from reconciler.model.change import Before
from reconciler.model.errors import NoAnswer, Overtaken, ServiceError, StaleEtag
from reconciler.model.event import Event, Succeeded
from reconciler.model.ports import Look
from reconciler.model.state import Outcome
from reconciler.model.subscription import Live
from reconciler.model.upgrade import UpgradeError
from reconciler.system.clock import Moment


def resize(attempt: Attempt, checked: Rechecked, _checked_at: Moment) -> Iterator[Event]:
    """Re-reads, intent, request, record. Raises StateConflict before anything is sent where another run wrote."""
    change, commerce = attempt.change, attempt.doors.commerce
    try:
        seen = commerce.subscription(change.customer.tenant, change.subscription_id)
    except ServiceError as error:
        yield attempt.not_begun(error)
        return
    look = resize_look(attempt, seen, attempt.doors.clock.moment())
    if not _same(Before.of(seen), change.before):
        yield attempt.stale("the subscription changed since it was planned")
        return
    noted = attempt.doors.clock.moment()
    yield attempt.begin(seen, checked.listing.ids)
    if attempt.overdue(noted):
        yield unknown(attempt, FROZEN)
        return
    try:
        answered = _send(attempt, seen, look)
    except NoAnswer as error:
        again = partial(_again, attempt, seen, look)
        yield from lost(attempt, error, again, sendable=lambda: seen.etag is not None)
    except Overtaken as error:
        yield attempt.overtaken(error)
    except ServiceError as error:
        yield from _refused(attempt, error)
    else:
        yield from _answered(attempt, answered)


def _send(attempt: Attempt, seen: Live, look: Look) -> Live | None:
    change = attempt.change
    return attempt.doors.commerce.resize(change.customer.tenant, seen, change.after.quantity, attempt.sent_as, look)


def _again(attempt: Attempt, seen: Live, look: Look) -> Iterator[Event] | None:
    """Sent with the old etag: the service takes it only if the first was not carried out."""
    answered = _send(attempt, seen, look)
    shows = answered is not None and answered.quantity == attempt.change.after.quantity
    return _answered(attempt, answered) if shows else None


def _refused(attempt: Attempt, error: ServiceError) -> Iterator[Event]:
    """An etag that is no longer current is no failure: somebody changed the subscription a moment ago.

    Where a gateway sent the request twice, that somebody is its first copy: so the subscription is looked at again.
    """
    if not isinstance(error, StaleEtag):
        yield attempt.failed(error)
        return
    change, commerce = attempt.change, attempt.doors.commerce
    try:
        live = commerce.subscription(change.customer.tenant, change.subscription_id)
    except ServiceError:
        yield unknown(attempt, f"The subscription changed at the same moment, and can't be read now: {error}")
        return
    if (live.offer.id, live.quantity) == (change.after.offer_id, change.after.quantity):
        yield recovered(attempt.doors, attempt.journal, attempt.name, attempt.pending, live)
        return
    attempt.not_done(Outcome.NOT_DONE, (UpgradeError(code=error.code, description=str(error)),))
    yield attempt.stale("the service did not take the request: the subscription is not the one that was read any more")


def _answered(attempt: Attempt, answered: Live | None) -> Iterator[Event]:
    """A 200 is believed only as far as the quantity shows; a 202 is watched until it does."""
    change, commerce = attempt.change, attempt.doors.commerce

    def look() -> Live | None:
        live = commerce.subscription(change.customer.tenant, change.subscription_id)
        return live if live.quantity == change.after.quantity else None

    seen = answered if answered and answered.quantity == change.after.quantity else None
    if seen is None:
        seen = yield from watch(attempt.doors, change.address, f"{change.after.quantity} seats to show", look)
    if seen is None:
        yield unknown(attempt, "The service accepted the new quantity and does not show it.")
        return
    result = attempt.done(Outcome.SUCCEEDED, change.subscription_id, visible=True)
    yield Succeeded(at=commerce.now(), address=change.address, result=result, visible=True)
    attempt.saw(seen)


def _same(found: Before, planned: Before) -> bool:
    return (found.offer_id, found.quantity, found.status) == (planned.offer_id, planned.quantity, planned.status)
