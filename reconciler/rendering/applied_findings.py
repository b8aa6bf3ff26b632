"""What an apply did, as findings: who must act on what first, then what is done."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from reconciler import changes
from reconciler.model.event import (
    DONE_ALREADY,
    Event,
    Failed,
    Finished,
    NotDone,
    Recovered,
    Skipped,
    Stale,
    Started,
    StateNotWritten,
    Succeeded,
    Unknown,
)
from reconciler.model.state import Outcome, Result
from reconciler.rendering.events import finished
from reconciler.rendering.findings import Finding, Level, gravest_first
from reconciler.rendering.phrases import count

Happened = Sequence[Event]


def ended(events: Happened) -> str:
    """What it all came to; an apply that an error ended says no summary of its own."""
    last = events[-1]
    return finished(last) if isinstance(last, Finished) else "Apply was broken off by an error."


def applied_findings(events: Happened) -> Iterator[Finding]:
    """Everything that happened and is worth a line, the gravest first."""
    places = {one.address: one.change.source for one in events if isinstance(one, Started)}
    ordered = sorted(events, key=lambda event: not is_one_way(event))
    told = (_TOLD[type(one)](one) for one in ordered if type(one) in _TOLD)
    return gravest_first(_placed(one, places) for one in told)


def is_one_way(event: Event) -> bool:
    """Whether it tells of a change that was carried out and can't be undone: it is told before those that can."""
    return isinstance(event, Succeeded | Recovered) and bool(changes.of(event.result.request).words.one_way)


def _placed(finding: Finding, places: Mapping[Any, Any]) -> Finding:
    return replace(finding, place=places.get(finding.address))


def _failed(event: Failed) -> Finding:
    return Finding(
        level=Level.ERROR,
        code=event.code,
        title=f"{event.address}: failed, nothing was changed",
        says=event.description,
        lines=event.remedy,
        address=event.address,
    )


def _unknown(event: Unknown) -> Finding:
    return Finding(
        level=Level.ERROR,
        code="outcome_unknown",
        title=f"{event.address}: outcome unknown, it may have been done",
        says=event.description,
        lines=(f"Request id {event.request_id}", *event.next),
        address=event.address,
    )


def _state_not_written(event: StateNotWritten) -> Finding:
    return Finding(
        level=Level.ERROR,
        code="state_not_written",
        title=f"{event.customer}: a change was made and is not recorded",
        says=event.description,
        lines=("Once the state location can be written again:", *event.next),
    )


def _stale(event: Stale) -> Finding:
    return Finding(
        level=Level.WARNING,
        code="stale",
        title=f"{event.address}: stale, nothing was sent",
        says=event.description,
        lines=("Plan again, and apply that plan.",),
        address=event.address,
        left_out=True,
    )


def _skipped(event: Skipped) -> Finding:
    done = event.code == DONE_ALREADY
    return Finding(
        level=Level.NOTE if done else Level.WARNING,
        code=event.code,
        title=f"{event.address}: {'done already' if done else 'not begun'}",
        says=event.description,
        lines=event.remedy,
        address=event.address,
        left_out=not done,
    )


def _not_done(event: NotDone) -> Finding:
    return Finding(
        level=Level.NOTE,
        code="not_done",
        title=f"{event.address}: an earlier change is settled as not done",
        says="It is recorded, and planned afresh by the next run.",
        address=event.address,
    )


def _done(event: Succeeded | Recovered) -> Finding:
    result = event.result
    left = len(result.license_errors)
    users = f"The licences of {count(left, 'user')} did not move: assign them by hand." if left else ""
    return Finding(
        level=Level.WARNING if left else Level.NOTE,
        code=str(Outcome(result.outcome)),
        title=f"{event.address}: {said(result)}",
        says="It is recorded.",
        lines=(users,),
        address=event.address,
    )


def said(result: Result) -> str:
    """What was done, in a word or two."""
    lost = ", its answer was lost" if result.outcome is Outcome.RECOVERED else ""
    offer = f" of {result.offer.name}" if result.offer.name else ""
    quantity = result.request.new_quantity
    seats = "" if quantity is None else f", {count(quantity, 'seat')}"
    return f"{result.action} done{lost}{seats}{offer}"


_TOLD: Mapping[type[Event], Callable[[Any], Finding]] = {
    Failed: _failed,
    Unknown: _unknown,
    StateNotWritten: _state_not_written,
    Stale: _stale,
    Skipped: _skipped,
    NotDone: _not_done,
    Succeeded: _done,
    Recovered: _done,
}
