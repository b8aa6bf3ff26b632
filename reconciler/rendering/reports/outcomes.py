"""Items for what became of a change: done, failed, unknown, held, stale, not started."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reconciler.changes import left_by, left_to_do
from reconciler.changes import of as kind_of
from reconciler.model.alarm import REMOVAL_WAITS
from reconciler.model.event import (
    DONE_ALREADY,
    REVIEWED_ELSEWHERE,
    CustomerSkipped,
    Event,
    Failed,
    HeldByService,
    NotDone,
    Recovered,
    Skipped,
    Stale,
    Succeeded,
    Unknown,
)
from reconciler.model.remedy import Step
from reconciler.model.result import Result
from reconciler.model.utc import utc_minute
from reconciler.rendering.report import Advice, Item, Level, Span, Tone, cuts
from reconciler.rendering.support import support_fields

_LEFT = {
    DONE_ALREADY: "done already.",
    REVIEWED_ELSEWHERE: "left to another review.",
    **dict.fromkeys(REMOVAL_WAITS, "still tracked."),
}
"""The states of what another run has done, or is to begin, and of removals that wait; all else is not started."""

_NOT_STARTED = "not started."


_FAILED = "FAILED. Nothing was changed."


_FAILED_IN_DOUBT = "FAILED. No effect shows yet; it may still appear."


_STALE = "STALE: nothing was sent."


_STALE_FOR_GOOD = "STALE: nothing was sent, and nothing is left to do."


_STALE_THOUGH_SENT = "STALE: it was sent, and not carried out as far as the service shows."


_ANEW = "Plan again, and apply that plan."


_AFTER_MOVE = "Run the job of the review that has the move, then this one again."


_SHOWN = 10
"""The most users that are listed; the rest are counted."""


def _done(event: Succeeded | Recovered) -> Item:
    result, kind = event.result, kind_of(event.result.request)
    look = bool(left_by(result)) or (isinstance(event, Succeeded) and bool(event.otherwise))
    lost = " The answer was lost, but the change was carried out." if isinstance(event, Recovered) else ""
    return Item(
        subject=event.address,
        address=event.address,
        sign=Span("!", Tone.WARN) if look else None,
        kind=result.action,
        level=Level.WARNING if look else Level.NOTE,
        state=f"{kind.outcome(result)}{lost}",
        tone=Tone.WARN if look else Tone.GOOD,
        code=str(result.outcome),
        alone="It is recorded.",
        more=tuple(_left(event)),
        users=tuple(_users(result)),
        advice=Advice(steps=(*_where_users_are(result), *_once_done(result))),
        urgent=bool(kind.words.one_way),
    )


def _left(event: Succeeded | Recovered) -> list[str]:
    """Returns what to know of the change, and what is left to do."""
    lines = []
    if isinstance(event, Succeeded) and event.otherwise:
        lines.append(f"THE RESULT DIFFERS FROM THE REQUEST: {event.otherwise}. Plan again, and find out why.")
    elif isinstance(event, Succeeded) and not event.visible:
        lines.append("It was not seen at the service yet. It is recorded; the next plan looks again.")
    if event.cancellable_until:
        lines.append(f"It can be cancelled until {utc_minute(event.cancellable_until)}.")
    if event.promotion:
        lines.append(f"The service applied promotion {event.promotion}; what it saves may end with the term.")
    lines.extend(left_to_do(event.result))
    return lines


def _users(result: Result) -> Iterator[str]:
    """Yields the users whose licences did not move, by their object ids; of many, the first ones and how many more."""
    users = result.license_errors
    yield from (f"{user.user_object_id} ({', '.join(user.codes)})".removesuffix(" ()") for user in users[:_SHOWN])
    if len(users) > _SHOWN:
        yield cuts.more(len(users) - _SHOWN)


def _where_users_are(result: Result) -> tuple[Step, ...]:
    """Returns the command that lists the users who are left to assign: no public page shows them."""
    command = ("state", "show", result.address)
    return (Step("Their object ids in the customer's directory:", command),) if result.license_errors else ()


def _once_done(result: Result) -> Iterator[Step]:
    """Yields the command that closes what is left to do."""
    for left in left_by(result):
        yield Step("Once that is done, say so:", ("done", result.address, left.code))


_WHAT_FOLLOWS = {
    True: "The next plan has it again where the manifests ask for it.",
    False: "No manifest asks for it any more.",
}


def _not_done(event: NotDone) -> Item:
    return Item(
        subject=event.address,
        address=event.address,
        sign=Span("!", Tone.WARN),
        state="recorded as NOT DONE. The service shows no effect of the earlier request.",
        tone=Tone.WARN,
        code="not_done",
        alone=f"It is recorded. {_WHAT_FOLLOWS[event.asked]}",
        advice=Advice(steps=event.next),
    )


def _failure(event: Failed) -> str:
    if event.code == "not_secured":
        return "NOT SECURED. The service accepted it, and does not show it."
    return _FAILED_IN_DOUBT if event.in_doubt else _FAILED


def _failed(event: Failed) -> Item:
    return Item(
        subject=event.address,
        address=event.address,
        sign=Span("x", Tone.BAD),
        level=Level.ERROR,
        state=_failure(event),
        tone=Tone.BAD,
        code=event.code,
        says=event.description,
        advice=Advice(steps=event.remedy),
        support=tuple(support_fields(event.support).items()) if event.support else (),
    )


def _skipped(event: Skipped) -> Item:
    state = _LEFT.get(event.code)
    return Item(
        subject=event.address,
        address=event.address,
        level=Level.NOTE if state and not event.left_to_do else Level.WARNING,
        state=state or _NOT_STARTED,
        code=event.code,
        says=event.description,
        more=event.left_to_do,
        advice=Advice(steps=event.remedy),
        skipped=event.code != DONE_ALREADY and event.code not in REMOVAL_WAITS,
    )


def _customer_skipped(event: CustomerSkipped) -> Item:
    return Item(
        subject=event.customer,
        whose=event.customer,
        level=Level.NOTE if event.code in _LEFT else Level.WARNING,
        state=_LEFT.get(event.code, _NOT_STARTED),
        code=event.code,
        says=event.description,
        advice=Advice(steps=event.remedy),
        skipped=True,
    )


def _stale(event: Stale) -> Item:
    again = () if event.nothing_left else (_AFTER_MOVE if event.after_move else _ANEW,)
    unsent = _STALE_FOR_GOOD if event.nothing_left else _STALE
    return Item(
        subject=event.address,
        address=event.address,
        sign=Span("!", Tone.WARN),
        level=Level.WARNING,
        state=_STALE_THOUGH_SENT if event.sent else unsent,
        tone=Tone.WARN,
        code="stale",
        alone=event.description,
        more=(event.description, *again),
        skipped=True,
    )


def _unknown(event: Unknown) -> Item:
    return Item(
        subject=event.address,
        address=event.address,
        sign=Span("?", Tone.BAD),
        level=Level.ERROR,
        state="OUTCOME UNKNOWN. Do not repeat this by hand: it may have been done.",
        tone=Tone.BAD,
        code="outcome_unknown",
        in_doubt=True,
        alone=event.description,
        more=(event.description, f"Request id {event.request_id}"),
        advice=Advice(steps=event.next),
        support=tuple(support_fields(event.support).items()) if event.support else (),
        urgent=True,
    )


def _held(event: HeldByService) -> Item:
    named = (f"Order {event.operation}",) if event.operation else ()
    return Item(
        subject=event.address,
        address=event.address,
        sign=Span("!", Tone.WARN),
        level=Level.WARNING,
        state="HELD. The service waits for a person; do not order it again by hand.",
        tone=Tone.WARN,
        code="order_held",
        alone=event.description,
        more=(event.description, *named),
        advice=Advice(steps=event.next),
        urgent=True,
    )


OUTCOME_ITEMS: Mapping[type[Event], Callable[[Any], Item]] = {
    Succeeded: _done,
    Recovered: _done,
    NotDone: _not_done,
    Failed: _failed,
    Skipped: _skipped,
    CustomerSkipped: _customer_skipped,
    Stale: _stale,
    Unknown: _unknown,
    HeldByService: _held,
}
"""The item of each event that says what became of a change."""
