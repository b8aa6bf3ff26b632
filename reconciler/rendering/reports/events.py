"""Reports apply while it works: an item for each event."""

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.changes import of as kind_of
from reconciler.model.change import Change
from reconciler.model.cost import Cost
from reconciler.model.event import (
    CostChanged,
    CustomerMoved,
    Event,
    Finished,
    GuardLoosened,
    MovedAlready,
    SentAgain,
    Started,
    StateMoved,
    StateNotWritten,
    Waiting,
)
from reconciler.model.money import Money
from reconciler.model.remedy import Step
from reconciler.model.term import billed
from reconciler.rendering.phrases import offers, seats
from reconciler.rendering.report import Advice, Item, Level, Monthly, Span, Tone
from reconciler.rendering.reports.outcomes import OUTCOME_ITEMS


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


def _sent_again(event: SentAgain) -> Item:
    state = f"no effect shows; sending the request once more, under the same request id {event.request_id}."
    return Item(subject=event.address, address=event.address, state=state, tone=Tone.QUIET)


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
        state=f"the {event.action} differs in cost from the reviewed plan.",
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
    state = f"is {event.to} now, in state, as the manifest says." if event.to else "is not tracked any more."
    whose = event.to.customer if event.to else ""
    if event.description:
        return Item(
            subject=event.address,
            address=event.address,
            sign=Span("!", Tone.WARN),
            level=Level.WARNING,
            state=state,
            tone=Tone.WARN,
            code="bought_though_removed",
            alone=event.description,
            more=(event.description,),
            advice=Advice(steps=event.next),
            urgent=True,
        )
    return Item(subject=event.address, address=event.address, whose=whose, state=state, code="moved")


def _customer_moved(event: CustomerMoved) -> Item:
    state = f"is {event.to} now, in state, as the manifest says."
    return Item(subject=event.customer, whose=event.to, state=state, code="moved")


def _moved_already(event: MovedAlready) -> Item:
    whose = (event.new or event.old).partition("/")[0]
    return Item(subject=event.old, whose=whose, state="done already.", code="done_already", says=event.description)


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


CAME_TO: Mapping[str, str] = {
    "succeeded": "succeeded",
    "with_license_errors": "succeeded with users left to assign",
    "recovered": "recovered",
    "not_done": "settled as not done",
    "given_up": "settled as not done and not asked for any more",
    "failed": "FAILED",
    "unknown": "UNKNOWN",
    "held": "HELD for a person",
    "stale": "stale",
    "done_already": "done already",
    "reviewed_elsewhere": "left to other reviews",
    "skipped": "not started",
    "moved": "moved in state",
    "forgotten": "not tracked any more",
    "still_tracked": "still tracked",
    "state_not_written": "STATE NOT WRITTEN",
}
"""Everything that an apply counts: the members of Finished, each with its words."""


def finished(event: Finished) -> str:
    """Returns what an apply came to, in one sentence."""
    numbers = ((getattr(event, name), words) for name, words in CAME_TO.items())
    counts = ", ".join(f"{number} {words}" for number, words in numbers if number)
    head = "Apply was interrupted" if event.interrupted else "Apply finished"
    return f"{head}: {counts or 'nothing was changed'}."


_ITEMS: Mapping[type[Event], Callable[[Any], Item]] = {
    Started: _started,
    Waiting: _waiting,
    SentAgain: _sent_again,
    **OUTCOME_ITEMS,
    GuardLoosened: _guard_loosened,
    CostChanged: _cost_changed,
    StateMoved: _state_moved,
    CustomerMoved: _customer_moved,
    MovedAlready: _moved_already,
    StateNotWritten: _state_not_written,
    Finished: _finished,
}
