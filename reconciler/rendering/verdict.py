"""What a plan comes to: the sentence that is read first, and the counts."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from reconciler.model.plan import Plan
from reconciler.rendering.asked import asked_before
from reconciler.rendering.foremost import undoing
from reconciler.rendering.page import Part
from reconciler.rendering.phrases import count, listed, since

SNAPSHOT_FRESH = timedelta(days=1)
"""How old a snapshot may be before its reader is warned."""

_SHORT = 12
"""How much of a commit's id is shown."""


def verdict(plan: Plan) -> tuple[Part, ...]:
    """What will happen and what won't, in one sentence."""
    ready, blocked = len(plan.changes), len(plan.blocked)
    gone = (f"; {count(len(plan.dropped), 'address', 'addresses')} no longer declared", "bold red")
    dropped = gone if plan.dropped else ""
    if plan.limits:
        return ((refusal(plan), "bold red"), dropped, ".")
    if ready or blocked:
        before = len(asked_before(plan))
        also = f", {before} of them not asked for by these commits" if before else ""
        undone = len(undoing(plan))
        also += f", {undone} of them {'undoes' if undone == 1 else 'undo'} what was changed outside" if undone else ""
        go = f"{count(ready, 'change')} can go ahead{also}" if ready else "Nothing can go ahead"
        held = (f"; {blocked} blocked", "bold red") if blocked else ""
        return (go, "bold green" if ready else "bold"), held, dropped, "."
    if plan.dropped:
        return ("Nothing to change", "bold"), dropped, "."
    return _nothing(plan)


def plan_verdict(plan: Plan) -> str:
    """The verdict and the counts on a line."""
    return f"{plain(verdict(plan))} {counts(plan)}"


def refusal(plan: Plan) -> str:
    """What an exceeded limit means: for this plan, or, where it changes nothing, for those that come after it."""
    if plan.changes:
        return f"{count(len(plan.changes), 'change')} planned, but apply will refuse this plan: a limit is exceeded"
    return "Nothing is planned, but apply will refuse every change from now on: a limit is exceeded"


def _nothing(plan: Plan) -> tuple[Part, ...]:
    if plan.pending:
        return (("Nothing new to do.", "bold"),)
    nothing = ("Nothing to do", "bold green")
    if plan.selection.touched == ():
        return nothing, f": nothing is declared otherwise than at {plan.selection.changed_since}."
    unchanged = count(plan.unchanged, "subscription is", "subscriptions are")
    return nothing, f": {unchanged} as the manifests ask."


def origin(plan: Plan, now: datetime | None) -> str:
    """Where the live values are from, and of when. An old snapshot is said to be old."""
    if plan.observed_from == "live":
        return f"read live at {since(plan.created_at, now)}"
    old = now is not None and now - plan.created_at > SNAPSHOT_FRESH
    warning = ": more than a day old, so take a new one before you rely on this" if old else ""
    return f"planned from a snapshot of {since(plan.created_at, now)}{warning}"


def plain(parts: Iterable[Part]) -> str:
    """The words without their styles."""
    return "".join(part if isinstance(part, str) else part[0] for part in parts)


def counts(plan: Plan) -> str:
    """How many of each, and the seats that are added and removed."""
    summary = plan.summary
    said = [
        count(summary.upgrade, "upgrade") if summary.upgrade else "",
        count(summary.resize, "resize") if summary.resize else "",
        f"{summary.blocked} blocked" if summary.blocked else "",
        f"{summary.waiting} waiting" if summary.waiting else "",
        f"{summary.unchanged} unchanged",
    ]
    moved = [
        f"{summary.seats_upgraded} upgraded to another offer" if summary.seats_upgraded else "",
        f"{summary.seats_added} added" if summary.seats_added else "",
        f"{summary.seats_removed} removed" if summary.seats_removed else "",
    ]
    seats = f" Seats: {listed(list(filter(None, moved)))}." if any(moved) else ""
    return f"{', '.join(filter(None, said))}.{seats}"


def unknown(plan: Plan) -> int:
    """How many earlier changes nobody knows the outcome of."""
    return sum(item.outcome == "unknown" for item in plan.pending)


def selected(plan: Plan) -> str:
    """The options that left part of the estate out; empty where all of it was planned."""
    chosen = plan.selection
    return ", and ".join(chosen.parts) or replace(chosen, changed_since=None).options


def compared(plan: Plan) -> str:
    """With which commit the manifests were compared, and what that meant; empty where they weren't."""
    chosen = plan.selection
    if not chosen.changed_since:
        return ""
    commit = f"{chosen.changed_since} (commit {(chosen.base or '')[:_SHORT]})"
    if chosen.everything:
        return f"Compared with {commit}, and yet everything was planned: {chosen.everything}."
    few = count(len(chosen.touched or ()), "customer is", "customers are")
    gone = f", {count(len(plan.dropped), 'address', 'addresses')} not any more" if plan.dropped else ""
    return f"Compared with {commit}: {few} declared otherwise{gone}; only that was planned."
