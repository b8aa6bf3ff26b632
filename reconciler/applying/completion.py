"""Brings a change to its end that the service says it performed, or accepted."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TypeVar

from reconciler.advice import sentence
from reconciler.applying import outcomes
from reconciler.applying.attempt import Attempt
from reconciler.applying.reading import read
from reconciler.applying.watching import watch
from reconciler.changes import Accepted, Answer, Performed, Refused, View
from reconciler.model.event import Event, Succeeded, Waiting
from reconciler.model.pending import Pending, Reply
from reconciler.model.result import Licenses, Outcome
from reconciler.model.subscription import Live


def performed(attempt: Attempt, answer: Performed) -> Iterator[Event]:
    """Records it at once, then watches until the service shows it, where the answer did not."""
    left = answer.license_errors or answer.licenses is Licenses.FAILED
    outcome = Outcome.SUCCEEDED_WITH_LICENSE_ERRORS if left else Outcome.SUCCEEDED
    pending, seen = attempt.pending, answer.seen
    result = attempt.done(
        outcome,
        answer.subscription_id,
        visible=seen is not None,
        license_errors=answer.license_errors,
        licenses=answer.licenses,
        operation=answer.operation,
    )
    otherwise, last = "", View()
    if seen is None:
        kind, made = attempt.kind, answer.subscription_id

        def shown(view: View) -> Live | None:
            nonlocal last
            last = view
            return kind.shows(pending, made, view)

        seen = yield from _watched(attempt, pending, kind.awaited(pending, made), shown)
        otherwise = "" if seen else _described(last, made)
    found = seen or last.find(answer.subscription_id)
    yield Succeeded(
        at=attempt.context.commerce.now(),
        address=attempt.change.address,
        result=result,
        visible=seen is not None,
        otherwise=otherwise,
        cancellable_until=attempt.kind.cancellable_until(found),
        promotion=attempt.kind.promotion(found),
        license_errors=answer.license_errors,
    )
    if found is not None:
        attempt.saw(found)


def accepted(attempt: Attempt, answer: Accepted) -> Iterator[Event]:
    """Watches until the service has done it, or has failed. What is not finished when the wait ends stays pending; but
    what is done, though the service is still at work on licences, is done.
    """
    if answer.held:
        yield outcomes.held(attempt, answer.held, answer.operation)
        return
    attempt.accepted(answer.operation)
    pending, last = attempt.pending, _Last(answer)

    def finished(view: View) -> Answer | None:
        last.answer, last.looked = attempt.kind.poll(pending, view), True
        return None if _at_work(last.answer) else last.answer

    yield from _watched(attempt, pending, attempt.kind.awaited(pending, pending.subscription_id), finished)
    match last.answer:
        case Performed():
            yield from performed(attempt, last.answer)
        case Refused():
            yield outcomes.refused(attempt, last.answer.errors, last.answer.operation)
        case Accepted(held=held, operation=operation) if held:
            yield outcomes.held(attempt, held, operation)
        case Accepted() as unfinished:
            yield _unseen(attempt, unfinished, looked=last.looked)


@dataclass
class _Last:
    """The last answer to an accepted request, and whether the service was asked since it gave it."""

    answer: Answer
    looked: bool = False


def _at_work(answer: Answer) -> bool:
    """Returns True if the service goes on by itself; False if it waits for a person."""
    if isinstance(answer, Accepted):
        return not answer.held
    return isinstance(answer, Performed) and answer.licenses is Licenses.UNKNOWN


def _unseen(attempt: Attempt, answer: Accepted, *, looked: bool) -> Event:
    """Ends what the service took and does not show by the end of the wait."""
    if attempt.kind.unseen is Outcome.NOT_SECURED and looked and not attempt.context.stop.is_set():
        return outcomes.not_secured(attempt)
    known = {"effect": attempt.kind.words.effect, "order": answer.operation, "strange": answer.strange}
    return outcomes.unknown(attempt, sentence("unknown_accepted", **known), Reply.ACCEPTED)


def _described(view: View, subscription_id: str) -> str:
    """Returns how the service shows the subscription, as the end of a sentence; empty where it does not show it."""
    live = view.find(subscription_id)
    if live:
        return f"{live.offer.name} ({live.offer.id}), {live.quantity} seats, {live.status}"
    item = view.listing.unreadable_as(subscription_id) if view.listing else None
    return f"in a form that is not understood: {item}" if item else ""


_Seen = TypeVar("_Seen", bound=Live | Answer)


def _watched(
    attempt: Attempt, pending: Pending, what: str, seen_in: Callable[[View], _Seen | None]
) -> Generator[Waiting, None, _Seen | None]:
    """Reads again and again where the kind's changes show, for as long as the settings say."""
    context, change, shows_in = attempt.context, attempt.change, attempt.kind.shows_in

    def look() -> _Seen | None:
        tenant, id_ = change.customer.tenant, change.subscription_id
        return seen_in(read(context.commerce, tenant, id_, shows_in, pending=pending))

    return (yield from watch(context, change.address, what, look))
