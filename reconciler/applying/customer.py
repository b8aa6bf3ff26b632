"""Everything a run does to one customer, under that customer's lock."""

from collections import deque
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime

from reconciler import advice
from reconciler.applying import outcomes
from reconciler.applying.attempt import Attempt
from reconciler.applying.context import ApplyContext, Breaker, Rechecked
from reconciler.applying.items import Ended, following, in_order, made, noting, stands_alone
from reconciler.applying.journal import Journal
from reconciler.applying.procedure import carry_out as carry_out_change
from reconciler.applying.recording import unknown
from reconciler.applying.renaming import rename_customer
from reconciler.applying.seen import as_planned, observe, planned_values, seen_again
from reconciler.applying.settling_earlier_runs import settle
from reconciler.applying.skipping import locked_out, skip, skipped, skipped_unrecorded, unwritten
from reconciler.applying.work import Work
from reconciler.model.alarm import REMOVAL_WAITS
from reconciler.model.change import Change
from reconciler.model.cost import differs
from reconciler.model.errors import ClocksDisagree, LockHeld, ServiceError, StateConflict, StateError
from reconciler.model.event import (
    DONE_ALREADY,
    CostChanged,
    CustomerMoved,
    Event,
    Recovered,
    Stale,
    StateMoved,
    Succeeded,
)
from reconciler.model.moves import Names
from reconciler.model.name_change import NameChange
from reconciler.model.result import Result
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Live
from reconciler.model.utc import utc_minute
from reconciler.system.clock import Moment

_ENDING = {"interrupted", "authentication_failed", "clocks_disagree"}
"""Refusals after which nothing is settled either."""


def carry_out(work: Work, context: ApplyContext, breaker: Breaker) -> Iterator[Event]:
    """Settles what is pending, makes the changes, records what was seen.

    The changes are made in address order, those of one address in the order of their kinds. A failure stops no other
    address; of its own address it stops the later changes, except what stands alone.

    What can't be recorded stops this customer: the event carries the state that must be pushed by hand. Every change
    ends in one event; those that are `left` when the customer must stop are skipped. Raises StateError where none is.

    Once nothing new may begin, what is pending is settled all the same, since that sends nothing; unless the run is to
    stop or may not talk to the service any more.
    """
    left = deque(in_order(work.changes))
    refusal = breaker.refusal
    if refusal and (refusal in _ENDING or not work.unsettled):
        yield from skipped(left, context, refusal)
        yield from (skip(address, context, refusal) for address in work.unsettled)
        return
    try:
        with ExitStack() as locks:
            for name in work.names:
                locks.enter_context(context.store.lock(name, "apply", context.run))
            journal = Journal(context.store, work.customer, context.lineage)
            yield from _under_lock(work, left, context, breaker, journal)
    except LockHeld as error:
        yield from locked_out(work, left, context, error)
    except StateError as error:
        if not left:
            raise
        yield from skipped_unrecorded(left, context, error)


def _under_lock(
    work: Work, left: deque[Change], context: ApplyContext, breaker: Breaker, journal: Journal
) -> Iterator[Event]:
    yield from _renamed(work, context, journal)
    yield from _rearranged([move.names for move in work.moves], context, journal)
    recovered = yield from _settled(context, journal)
    yield from _let_go(work, context, journal, recovered)
    _check_clocks(context, breaker)
    seen: Mapping[str, Live] = {} if work.saved else planned_values(work)
    ended = Ended()
    while left:
        if breaker.refusal:
            yield from skipped(left, context, breaker.refusal)
            return
        change = following(left.popleft(), journal.state, context.plan_fingerprint)
        if any(made(change, event) for event in recovered):
            continue
        if change.address in ended.failed and not stands_alone(change, journal.state):
            yield skip(change.address, context, "earlier_change_failed")
            continue
        try:
            seen = yield from noting(_attempt(work, change, seen, context, breaker, journal), ended)
        except StateConflict:
            ended.failed.add(change.address)
            description = advice.sentence("stale_state_written")
            yield Stale(at=context.commerce.now(), address=change.address, description=description)
            journal.reread()
        except StateError as error:
            if journal.unwritten is None:
                left.appendleft(change)
            yield from unwritten(error, context, journal)
            yield from skipped_unrecorded(left, context, error)
            return
        except Exception:
            yield _broken_off(change, context, breaker, journal)
            yield from skipped(left, context, "error")
            raise
        if ended.holds_customer:
            yield from skipped(left, context, "customer_held")
    yield from _seen_at_last(work, seen, context, breaker, journal)


def _renamed(work: Work, context: ApplyContext, journal: Journal) -> Iterator[Event]:
    """Moves what is stored under the customer's earlier names to its present one."""
    for move in work.customer_moves:
        change = _name_change(context, move.customer, work.customer.name, context.commerce.now())
        if rename_customer(context.store, journal, change, work.customer, context.lineage):
            yield CustomerMoved(at=context.commerce.now(), customer=move.customer, to=work.customer.name)


def _rearranged(
    names: Collection[Names], context: ApplyContext, journal: Journal, recovered: Iterable[Recovered | Succeeded] = ()
) -> Iterator[Event]:
    """Moves state as the manifests say and the plan has shown, first of all: what follows uses the new names.

    What was `recovered` in this run for an address that is removed was not let go by whoever removed it.
    """
    _, moves, _ = context.rearrange(journal.state, names)
    removed = {move.address for move in moves if move.to is None}
    bought = {event.address: event for event in recovered if event.address in removed and _is_purchase(event.result)}
    if moves:
        ids = {event.result.target_subscription_id or "" for event in bought.values()}
        journal.record(lambda state: _rearranged_and_noted(state, names, context, ids))
    for move in moves:
        moved = StateMoved(at=context.commerce.now(), address=move.address, to=move.to)
        yield _bought_for_nobody(moved, bought[move.address]) if move.address in bought else moved


def _is_purchase(result: Result) -> bool:
    """Returns True if it left another subscription than it began with."""
    return result.target_subscription_id not in {None, result.subscription_id}


def _bought_for_nobody(moved: StateMoved, event: Recovered | Succeeded) -> StateMoved:
    row, known = advice.row("bought_though_removed"), {"id": event.result.target_subscription_id or ""}
    until = {"until": utc_minute(event.cancellable_until)} if event.cancellable_until else {}
    return replace(moved, description=row.sentence({**known, **until}), next=row.steps_for(known))


def _let_go(
    work: Work, context: ApplyContext, journal: Journal, recovered: Iterable[Recovered | Succeeded]
) -> Iterator[Event]:
    """Stops tracking what is removed and had to wait, as far as what it waited for is settled; tells why of the
    rest. The service's time counts too: any answer tells it.
    """
    if not work.waiting or context.stop.is_set():
        return
    if context.commerce.clocks.service is None:
        context.look(work.customer, journal.state)
    if context.commerce.clocks.apart:
        return
    names = [(address, None) for address in work.waiting]
    yield from _rearranged(names, context, journal, recovered)
    _, _, alarms = context.rearrange(journal.state, names)
    for alarm in alarms:
        if alarm.address in work.waiting and alarm.code in REMOVAL_WAITS:
            steps = advice.row(alarm.code).steps_for({})
            yield skip(alarm.address, context, alarm.code, alarm.description, steps)


def _rearranged_and_noted(
    state: CustomerState, names: Collection[Names], context: ApplyContext, bought: Collection[str]
) -> CustomerState:
    """Returns the state after the moves, with the record of them: all at one time, as they were made."""
    after, moves, _ = context.rearrange(state, names)
    at = context.commerce.now()
    return after.disown(bought).note_names(*(_name_change(context, move.address, move.to, at) for move in moves))


def _name_change(context: ApplyContext, old: str, new: str | None, at: datetime) -> NameChange:
    return NameChange(old=old, new=new, at=at, run=replace(context.run, process=None))


def _seen_at_last(
    work: Work, seen: Mapping[str, Live], context: ApplyContext, breaker: Breaker, journal: Journal
) -> Iterator[Event]:
    """Records what was seen; of a saved plan's values those that another look shows still."""
    if work.saved and work.observed and not context.stop.is_set():
        seen = {**seen_again(work, context, journal.state), **seen}
    if _check_clocks(context, breaker):
        yield from observe(work, seen, context, journal)


def _check_clocks(context: ApplyContext, breaker: Breaker) -> bool:
    """Returns True if this machine's clock and the service's agree, as far as is known; else nothing new may begin
    anywhere.
    """
    apart = context.commerce.clocks.apart
    if apart:
        breaker.clocks_disagree(ClocksDisagree(advice.problem("clocks_disagree", **apart.data)))
    return apart is None


def _settled(context: ApplyContext, journal: Journal) -> Generator[Event, None, tuple[Recovered | Succeeded, ...]]:
    """Settles what earlier runs left; returns the events of what turned out to be done."""
    recovered: list[Recovered | Succeeded] = []
    for event in settle(context, journal):
        if isinstance(event, Recovered | Succeeded):
            recovered.append(event)
        yield event
    return tuple(recovered)


def _attempt(
    work: Work, change: Change, seen: Mapping[str, Live], context: ApplyContext, breaker: Breaker, journal: Journal
) -> Generator[Event, None, Mapping[str, Live]]:
    """Carries one change out, if it is not stale; returns the live values that state lacks now, as last seen."""
    attempt = Attempt(change=change, context=context, journal=journal, breaker=breaker)
    checked_at = context.clock.moment()
    try:
        checked = context.recheck(change, journal.state)
    except ServiceError as error:
        stopped = context.stop.is_set()
        yield (skip(change.address, context, "interrupted") if stopped else outcomes.not_started(attempt, error))
        return seen
    if checked.view.listing and checked.view.listing.ids:
        seen = as_planned(work, checked.seen)
    if checked.done:
        yield replace(skip(change.address, context, DONE_ALREADY, checked.done), left_to_do=checked.left_to_do)
    elif checked.stale or checked.change is None:
        why = checked.stale or advice.sentence("stale_no_change")
        yield replace(outcomes.stale(attempt, why), nothing_left=checked.nothing_left)
    else:
        if change in work.changes and differs(change.cost, checked.change.cost):
            yield _cost_changed(change, checked.change, context)
        attempt = replace(attempt, change=checked.change)
        yield from _carried_out(attempt, checked, checked_at)
    own = {attempt.name, change.address.name}
    return {name: live for name, live in seen.items() if name not in own or not attempt.moved}


def _cost_changed(planned: Change, now: Change, context: ApplyContext) -> CostChanged:
    """Returns the event of a change that nothing of its address came before: what follows an item begins with what that
    really left, which was planned at worst.
    """
    return CostChanged(
        at=context.commerce.now(), address=now.address, action=now.action, reviewed=planned.cost, now=now.cost
    )


def _carried_out(attempt: Attempt, checked: Rechecked, checked_at: Moment) -> Iterator[Event]:
    """Carries a change out that is not stale; skips it where nobody can say what time it is."""
    try:
        yield from carry_out_change(attempt, checked, checked_at)
    except ClocksDisagree as error:
        attempt.breaker.clocks_disagree(error)
        yield skip(attempt.change.address, attempt.context, "clocks_disagree")


def _broken_off(change: Change, context: ApplyContext, breaker: Breaker, journal: Journal) -> Event:
    """Returns what can be said of a change in whose midst the program failed: what was started may have been done."""
    everything = (pending for _, pending in journal.state.all_pending())
    pending = next((known for known in everything if known.subscription_id == change.subscription_id), None)
    breaker.failed()
    if pending is None:
        return skip(change.address, context, "error")
    return unknown(context, change.address, pending, advice.sentence("broke_off_midway"))
