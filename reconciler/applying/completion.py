"""Brings a change to its end that the service says it performed, or accepted."""

from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

from reconciler.applying.attempt import Attempt
from reconciler.applying.reading import read
from reconciler.applying.watching import watch
from reconciler.changes import Accepted, Performed, Refused, View
from reconciler.model.event import Event, Succeeded, Waiting
from reconciler.model.state import Outcome
from reconciler.model.subscription import Live


def performed(attempt: Attempt, answer: Performed) -> Iterator[Event]:
    """Records it at once, then watches until the service shows it, where the answer did not."""
    outcome = Outcome.SUCCEEDED_WITH_LICENSE_ERRORS if answer.license_errors else Outcome.SUCCEEDED
    pending, seen = attempt.pending, answer.seen
    result = attempt.done(
        outcome, answer.subscription_id, visible=seen is not None, license_errors=answer.license_errors
    )
    otherwise, last = "", View()
    if seen is None:
        kind, made = attempt.kind, answer.subscription_id

        def shown(view: View) -> Live | None:
            nonlocal last
            last = view
            return kind.shows(pending, made, view)

        seen = yield from _watched(attempt, kind.awaited(pending, made), shown)
        otherwise = "" if seen else _described(last, made)
    yield Succeeded(
        at=attempt.context.commerce.now(),
        address=attempt.change.address,
        result=result,
        visible=seen is not None,
        otherwise=otherwise,
        license_errors=answer.license_errors,
    )
    found = seen or last.find(answer.subscription_id)
    if found is not None:
        attempt.saw(found)


def accepted(attempt: Attempt, answer: Accepted) -> Iterator[Event]:
    """Watches until the service has done it, or has failed. What is not finished when the wait ends stays pending."""
    attempt.accepted(answer.operation)
    pending = attempt.pending

    def finished(view: View) -> Performed | Refused | None:
        state_of_work = attempt.kind.poll(pending, view)
        return None if isinstance(state_of_work, Accepted) else state_of_work

    what = attempt.kind.awaited(pending, pending.subscription_id)
    end = yield from _watched(attempt, what, finished)
    match end:
        case Performed():
            yield from performed(attempt, end)
        case Refused():
            yield attempt.refused(end.errors)
        case None:
            yield attempt.unknown(f"The service accepted {attempt.kind.words.effect} and does not show it.")


def _described(view: View, subscription_id: str) -> str:
    """Returns how the service shows the subscription, as the end of a sentence; empty where it does not show it."""
    live = view.find(subscription_id)
    if live:
        return f"{live.offer.name} ({live.offer.id}), {live.quantity} seats, {live.status}"
    item = view.listing.unreadable_as(subscription_id) if view.listing else None
    return f"in a form that is not understood: {item}" if item else ""


_Seen = TypeVar("_Seen", bound=Live | Performed | Refused)


def _watched(
    attempt: Attempt, what: str, found: Callable[[View], _Seen | None]
) -> Generator[Waiting, None, _Seen | None]:
    """Reads again and again where the kind's changes show, for as long as the settings say."""
    context, change, shows_in = attempt.context, attempt.change, attempt.kind.shows_in

    def look() -> _Seen | None:
        return found(read(context.commerce, change.customer.tenant, change.subscription_id, shows_in))

    return (yield from watch(context, change.address, what, look))
