"""The verdict of a plan: the sentence that is read first, and the counts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from reconciler.model.alarm import ASKS_OTHERWISE, REMOVAL_WAITS
from reconciler.model.plan import Plan
from reconciler.rendering.phrases import CLOUDS, count, listed, since
from reconciler.rendering.report import NOT_ASKED, Line, Span, Tone, plain
from reconciler.rendering.reports.asked import changes_before, is_one_way, undoing
from reconciler.rendering.reports.counts import Count, Of, plan_counts
from reconciler.rendering.reports.recent import of_snapshot, recent_lines

SNAPSHOT_FRESH = timedelta(days=1)
"""The age that a snapshot may have before its reader is warned."""

_SHORT = 12
"""The characters of a commit's id that are shown."""


def verdict(plan: Plan) -> Line:
    """Returns what will happen and what won't, in one sentence."""
    return tuple(span for span in _verdict(plan) if span.text)


def _verdict(plan: Plan) -> Iterator[Span]:
    ready, blocked = len(plan.ready), len(plan.blocked)
    gone = f"; {count(len(plan.dropped), 'address', 'addresses')} no longer declared" if plan.dropped else ""
    if plan.refusing:
        yield Span(_refusal(plan), Tone.BAD)
    elif ready:
        yield Span(f"{count(ready, 'change')} can go ahead{_of_them(plan)}", Tone.GOOD)
    elif blocked or plan.held:
        nothing = f"No change can go ahead; {_moves(plan)}" if plan.rearranges else "Nothing can go ahead"
        yield Span(nothing, Tone.STRONG)
    elif plan.rearranges:
        yield Span(f"Nothing to change; {_moves(plan)}", Tone.STRONG)
    elif plan.dropped:
        yield Span("Nothing to change", Tone.STRONG)
    else:
        yield from _nothing(plan)
        return
    yield Span(f"; {len(plan.held)} held back by a limit" if plan.held and not plan.refusing else "", Tone.BAD)
    yield Span(f"; {blocked} blocked" if blocked and not plan.refusing else "", Tone.BAD)
    yield Span(gone, Tone.BAD)
    yield Span(".")


def _moves(plan: Plan, *, refused: bool = False) -> str:
    """Returns how many customers and addresses state gives another name or lets go, or would but for a limit; empty
    where it does neither.
    """
    removed = sum(move.to is None for move in plan.moves)
    moved, gone = ("to move in state", "to track no more") if refused else ("moved in state", "not tracked any more")
    counts = (
        (len(plan.customer_moves), ("customer", "customers"), moved),
        (len(plan.moves) - removed, ("address", "addresses"), moved),
        (removed, ("address", "addresses"), gone),
    )
    verbs = ("", "") if refused else (" is", " are")
    return listed([f"{count(number, *nouns)}{verbs[number > 1]} {what}" for number, nouns, what in counts if number])


def _of_them(plan: Plan) -> str:
    before, undone = len(changes_before(plan)), len({change.address for change in plan.ready} & undoing(plan))
    also = f", {before} of them {NOT_ASKED}" if before else ""
    undo = f", {undone} of them {'undoes' if undone == 1 else 'undo'} what was changed outside" if undone else ""
    return f"{also}{undo}"


def _refusal(plan: Plan) -> str:
    """Returns what an exceeded limit means for this plan, or, where it changes nothing, for later ones."""
    if plan.changes:
        changes = count(len(plan.changes), "change")
        planned = f"{changes} planned, {_moves(plan, refused=True)}" if plan.rearranges else f"{changes} planned"
        return f"{planned}, but apply will refuse this plan: a limit is exceeded"
    planned = f"Nothing to change; {_moves(plan)}" if plan.rearranges else "Nothing is planned"
    return f"{planned}, but apply will refuse every change from now on: a limit is exceeded"


def _nothing(plan: Plan) -> Iterator[Span]:
    if plan.pending:
        otherwise = any(warning.code == ASKS_OTHERWISE for warning in plan.warnings)
        yield Span("Nothing can be planned yet." if otherwise else "Nothing new to do.", Tone.STRONG)
        return
    waiting = sum(warning.code in REMOVAL_WAITS for warning in plan.warnings)
    yield Span("Nothing to do yet" if waiting and not plan.unchanged else "Nothing to do", Tone.GOOD)
    if plan.selection.touched == ():
        yield Span(f": nothing is declared otherwise than at {plan.selection.changed_since}.")
    else:
        unchanged = f"{count(plan.unchanged, 'subscription is', 'subscriptions are')} as the manifests ask"
        tracked = count(waiting, "removed address is still tracked", "removed addresses are still tracked")
        parts = (unchanged if plan.unchanged else "", tracked if waiting else "")
        said = "; ".join(filter(None, parts)) or "no subscription is declared here"
        yield Span(f": {said}{of_snapshot(plan)}.")


def origin(plan: Plan, now: datetime | None) -> tuple[Line, ...]:
    """Returns where the live values are from, of when, and of how much of the estate. An old snapshot is said to be
    old.
    """
    chosen = plan.selection
    size = f"{count(chosen.customers, 'customer')}, {count(chosen.subscriptions, 'subscription')}"
    return (*_read(plan, now), (Span(size),))


def caveats(plan: Plan, now: datetime | None) -> tuple[Line, ...]:
    """Returns what of the plan was not read now, not planned, or could not be read."""
    lines = [*recent_lines(plan, now)]
    if selected(plan):
        lines.append(only_part("planned", selected(plan)))
    if compared(plan):
        lines.append((Span(compared(plan)),))
    if plan.errored:
        lines.append((Span(INCOMPLETE, Tone.BAD),))
    return tuple(lines)


def only_part(done: str, options: str) -> Line:
    """Returns the line that says which part of the estate was looked at, by the options that chose it."""
    return (Span(f"Only part of the estate was {done}:", Tone.LABEL), Span(" "), Span(options, Tone.OPTIONS))


INCOMPLETE = "Something could not be read: this plan is incomplete. What it lists still holds."


def _read(plan: Plan, now: datetime | None) -> Iterator[Line]:
    cloud = Span(CLOUDS.get(plan.cloud, plan.cloud), Tone.NAME)
    if plan.observed_from == "live":
        how = "planned" if plan.recent and plan.recent.kept else "read live"
        yield cloud, Span(f", {how} at {since(plan.created_at, now)}")
        return
    old = now is not None and now - plan.created_at > SNAPSHOT_FRESH
    warning = ": more than a day old, so take a new one before you rely on this" if old else ""
    yield (cloud,)
    yield (Span(f"Planned from a snapshot of {since(plan.created_at, now)}{warning}"),)


def plan_verdict(plan: Plan) -> str:
    """The verdict and the counts on a line."""
    return f"{plain(verdict(plan))} {counts(plan)}"


def counts(plan: Plan) -> str:
    """Returns how many of each, and the seats that are moved; what is held back is counted with the others."""
    counted = plan_counts(plan)
    *others, unchanged = (number for number in counted if number.of is Of.ADDRESSES)
    clauses = [
        _planned(counted) + _held(plan),
        *(number.clause for number in others if number.number),
        f"{unchanged.clause}{of_snapshot(plan)}",
    ]
    which = "Seats, those held back included" if plan.held else "Seats"
    moved = _moved(counted)
    return f"{', '.join(filter(None, clauses))}.{f' {which}: {moved}.' if moved else ''}"


def to_confirm(plan: Plan) -> str:
    """Returns what a person is asked before a plan is carried out: how many changes of which kind, with how many seats,
    how many are one way, what is moved or given up in state, and in which cloud.
    """
    counted = plan_counts(replace(plan, changes=plan.ready, held=()))
    number, one_way = len(plan.ready), sum(map(is_one_way, plan.ready))
    seats = _moved(counted)
    lines = [
        f"Do you want to carry out {count(number, 'change')}: {_planned(counted)}?"
        if number
        else "Do you want to carry this out? Nothing is sent to Partner Center.",
        f"Seats: {seats}." if seats else "",
        f"{f'{one_way} of them' if one_way < number else 'It' if number == 1 else 'They'} can't be undone."
        if one_way
        else "",
        *_in_state(plan),
        f"Cloud: {CLOUDS.get(plan.cloud, plan.cloud)}.",
    ]
    return "\n".join(filter(None, lines))


def _in_state(plan: Plan) -> Iterator[str]:
    """Yields what apply moves in state, and what it stops tracking: some by their names, and the count of the rest."""
    moved = [f"{move.address} -> {move.to}" for move in plan.moves if move.to]
    moved = [*(f"{move.customer} -> {move.to}" for move in plan.customer_moves), *moved]
    gone = [str(move.address) for move in plan.moves if move.to is None]
    for verb, names in (("Moved in state", moved), ("Not tracked any more", gone)):
        if names:
            more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
            yield f"{verb}: {listed([*names[:_NAMED], *more])}."


_NAMED = 3
"""The moves that the question names."""


def _planned(counted: tuple[Count, ...]) -> str:
    return ", ".join(number.clause for number in counted if number.of is Of.ACTIONS and number.number)


def _moved(counted: tuple[Count, ...]) -> str:
    """Returns what becomes of seats, in words; empty where no seats are moved."""
    return listed([number.clause for number in counted if number.of is Of.SEATS and number.number])


def _held(plan: Plan) -> str:
    held, planned = len(plan.held), len(plan.changes)
    if not held:
        return ""
    return f" ({held} of these held back)" if held < planned else " (held back)" if planned == 1 else " (all held back)"


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
        return f"Compared with {commit}; the whole estate was planned: {chosen.everything}."
    few = count(len(chosen.touched or ()), "customer is", "customers are")
    gone = f", {count(len(plan.dropped), 'address', 'addresses')} not any more" if plan.dropped else ""
    return f"Compared with {commit}: {few} declared otherwise{gone}; only that was planned."
