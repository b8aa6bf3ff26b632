"""Reports apply while it works: an item for each event."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reconciler.changes import left_by, left_to_do
from reconciler.changes import of as kind_of
from reconciler.model.change import Change
from reconciler.model.cost import Cost
from reconciler.model.event import (
    DONE_ALREADY,
    CostChanged,
    CustomerMoved,
    Event,
    Failed,
    Finished,
    GuardLoosened,
    Held,
    NotDone,
    Recovered,
    Skipped,
    Stale,
    Started,
    StateMoved,
    StateNotWritten,
    Succeeded,
    Unknown,
    Waiting,
)
from reconciler.model.money import Money
from reconciler.model.remedy import Step
from reconciler.model.result import Result
from reconciler.model.term import billed
from reconciler.rendering.phrases import offers, seats
from reconciler.rendering.report import Advice, Item, Level, Monthly, Span, Tone
from reconciler.rendering.support import support_fields

_FAILED = "FAILED. Nothing was changed."
_FAILED_IN_DOUBT = "FAILED. Nothing shows of it, and it may show after all."
_STALE = "STALE: nothing was sent."
_STALE_THOUGH_SENT = "STALE: it was sent, and not carried out as far as the service shows."
_SHOWN = 10
"""The most users that are listed; the rest are counted."""


def event_item(event: Event) -> Item:
    """The event as an item. It begins with its address, so that one change can be followed among many."""
    make: Callable[[Any], Item] = _ITEMS[type(event)]
    return make(event)


def _started(event: Started) -> Item:
    change = event.change
    arrow = " -> ".join(offers(change.before, change.after))
    amount = seats(change.before.quantity if change.before else None, change.after.quantity)
    kind = kind_of(change.request)
    terms = _terms_of(change)
    return Item(subject=event.address, address=event.address, state=f"{kind.words.doing}, {arrow}, {amount}{terms}")


def _terms_of(change: Change) -> str:
    """Returns what the change is beyond offer and seats, which stand before it; empty where it is nothing."""
    request = change.request
    if {difference.path for difference in change.differences} <= {"offer_id", "quantity"}:
        return ""
    if request.new_offer is None:
        return f": {kind_of(request).wanted(request)}"
    return f": {request.new_terms[0]} term, {billed(request.new_terms[1])}" if request.new_terms else ""


def _waiting(event: Waiting) -> Item:
    state = f"waiting for {event.what} ({event.elapsed_seconds:.0f} of {event.timeout_seconds:.0f} s)"
    return Item(subject=event.address, address=event.address, state=state, tone=Tone.QUIET)


def _done(event: Succeeded | Recovered) -> Item:
    result, kind = event.result, kind_of(event.result.request)
    look = bool(left_by(result)) or (isinstance(event, Succeeded) and bool(event.otherwise))
    lost = " The answer was lost, but it was found done." if isinstance(event, Recovered) else ""
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
        advice=Advice(steps=(*_where_users_are(result), *_once_done(result))),
        urgent=bool(kind.words.one_way),
    )


def _left(event: Succeeded | Recovered) -> list[str]:
    """Returns what is left to do; the users, where their licences did not move, by their object ids."""
    users, lines = event.result.license_errors, []
    if isinstance(event, Succeeded) and event.otherwise:
        lines.append(f"THE SERVICE SHOWS IT OTHERWISE THAN ASKED: {event.otherwise}. Plan again, and look why.")
    elif isinstance(event, Succeeded) and not event.visible:
        lines.append("It was not seen at the service yet. It is recorded; the next plan looks again.")
    if event.cancellable_until:
        lines.append(f"It can be cancelled until {event.cancellable_until:%Y-%m-%d %H:%M}Z.")
    if event.promotion:
        lines.append(f"The service applied promotion {event.promotion}; what it saves may end with the term.")
    lines.extend(left_to_do(event.result))
    lines.extend(f"  {user.user_object_id} ({', '.join(user.codes)})".removesuffix(" ()") for user in users[:_SHOWN])
    if len(users) > _SHOWN:
        lines.append(f"  and {len(users) - _SHOWN} more")
    return lines


def _where_users_are(result: Result) -> tuple[Step, ...]:
    """Returns the command that lists the users who are left to assign: no public page shows them."""
    command = ("state", "show", result.address)
    return (Step("Their object ids in the customer's directory:", command),) if result.license_errors else ()


def _once_done(result: Result) -> Iterator[Step]:
    """Yields the command that closes what is left to do."""
    for left in left_by(result):
        yield Step("Once that is done, say so:", ("done", result.address, left.code))


def _not_done(event: NotDone) -> Item:
    return Item(
        subject=event.address,
        address=event.address,
        sign=Span("!", Tone.WARN),
        state="settled as NOT DONE. Nothing shows of what an earlier run sent.",
        tone=Tone.WARN,
        code="not_done",
        alone="It is recorded. The next plan has it again where the manifests ask for it.",
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
    done = event.code == DONE_ALREADY
    return Item(
        subject=event.address,
        address=event.address,
        level=Level.NOTE if done and not event.left_to_do else Level.WARNING,
        state="done already." if done else "not begun.",
        code=event.code,
        says=event.description,
        more=event.left_to_do,
        advice=Advice(steps=event.remedy),
        skipped=not done,
    )


def _stale(event: Stale) -> Item:
    return Item(
        subject=event.address,
        address=event.address,
        sign=Span("!", Tone.WARN),
        level=Level.WARNING,
        state=_STALE_THOUGH_SENT if event.sent else _STALE,
        tone=Tone.WARN,
        code="stale",
        alone=event.description,
        more=(event.description, "Plan again, and apply that plan."),
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
        alone=event.description,
        more=(event.description, f"Request id {event.request_id}"),
        advice=Advice(steps=event.next),
        support=tuple(support_fields(event.support).items()) if event.support else (),
        urgent=True,
    )


def _held(event: Held) -> Item:
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


def _guard_loosened(event: GuardLoosened) -> Item:
    unit = f" {event.currency}" if event.currency else ""
    allowed = "lifted" if event.after is None else f"{event.after}{unit}"
    instead = "" if event.before is None else f"; the settings allow {event.before}{unit}"
    planned = "" if event.figure is None else f", the plan comes to {event.figure}{unit}"
    return Item(
        subject=event.limit,
        sign=Span("!", Tone.WARN),
        level=Level.WARNING,
        state=f"GUARD LOOSENED by --override-limit for this run: {allowed}{instead}{planned}.",
        tone=Tone.WARN,
        code="guard_loosened",
    )


def _cost_changed(event: CostChanged) -> Item:
    says = f"Now, by the price sheets: {_cost(event.now)}. Reviewed: {_cost(event.reviewed)}."
    return Item(
        subject=event.address,
        address=event.address,
        sign=Span("!", Tone.WARN),
        level=Level.WARNING,
        state=f"the {event.action} costs otherwise than reviewed.",
        tone=Tone.WARN,
        code="cost_changed",
        says=says,
    )


def _cost(cost: Cost | None) -> str:
    """`12.00 -> 15.00 USD a month, commits to 36.00 USD`; `no price` without one."""
    if cost is None:
        return "no price"
    monthly = Monthly(cost.monthly_before, cost.monthly_after, cost.currency, estimate=cost.estimate)
    commits = f", commits to {Money(cost.currency, cost.committed)}" if cost.committed else ""
    return f"{monthly.figures} a month{commits}{' (estimated)' if cost.estimate else ''}"


def _state_moved(event: StateMoved) -> Item:
    state = f"is {event.to} now, in state" if event.to else "is not tracked any more"
    return Item(subject=event.address, address=event.address, state=f"{state}, as the manifest says.", code="moved")


def _customer_moved(event: CustomerMoved) -> Item:
    return Item(subject=event.customer, state=f"is {event.to} now, in state, as the manifest says.", code="moved")


def _state_not_written(event: StateNotWritten) -> Item:
    kept = f"is in {event.file}; keep it." if event.file else "stands on the error output; save it as FILE."
    text = (
        f"Nothing more is done for this customer. What must be recorded {kept} "
        "Once the state location can be written again, run:"
    )
    return Item(
        subject=event.customer,
        sign=Span("!", Tone.BAD),
        level=Level.ERROR,
        state="STATE NOT WRITTEN. A change was made and is not recorded.",
        tone=Tone.BAD,
        code="state_not_written",
        alone=event.description,
        more=(event.description,),
        advice=Advice(steps=(Step(text, event.next[0].run if event.next else ()), *event.next[1:])),
        urgent=True,
    )


def _finished(event: Finished) -> Item:
    bad = (
        event.failed
        or event.unknown
        or event.held
        or event.with_license_errors
        or event.state_not_written
        or event.interrupted
    )
    again = Step("What was settled as not done is planned again where the manifests still ask for it:", ("plan",))
    return Item(
        subject="",
        state=finished(event),
        tone=Tone.BAD if bad else Tone.GOOD,
        advice=Advice(steps=(again,) if event.not_done else ()),
    )


def finished(event: Finished) -> str:
    """Returns what an apply came to, in one sentence."""
    counts = (
        (event.succeeded, "succeeded"),
        (event.with_license_errors, "succeeded with users left to assign"),
        (event.recovered, "recovered"),
        (event.not_done, "settled as not done"),
        (event.failed, "FAILED"),
        (event.unknown, "UNKNOWN"),
        (event.held, "HELD for a person"),
        (event.stale, "stale"),
        (event.done_already, "done already"),
        (event.skipped, "not begun"),
        (event.moved, "moved in state"),
        (event.forgotten, "not tracked any more"),
        (event.state_not_written, "STATE NOT WRITTEN"),
    )
    head = "Apply was interrupted" if event.interrupted else "Apply finished"
    return f"{head}: {', '.join(f'{number} {what}' for number, what in counts if number) or 'nothing was changed'}."


_ITEMS: Mapping[type[Event], Callable[[Any], Item]] = {
    Started: _started,
    Waiting: _waiting,
    Succeeded: _done,
    Recovered: _done,
    NotDone: _not_done,
    Failed: _failed,
    Skipped: _skipped,
    Stale: _stale,
    Unknown: _unknown,
    Held: _held,
    GuardLoosened: _guard_loosened,
    CostChanged: _cost_changed,
    StateMoved: _state_moved,
    CustomerMoved: _customer_moved,
    StateNotWritten: _state_not_written,
    Finished: _finished,
}
