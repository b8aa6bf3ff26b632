"""Everything a run does to one customer, under that customer's lock."""

from collections import deque
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace

from reconciler import advice
from reconciler.applying.attempt import Attempt
from reconciler.applying.context import ApplyContext, Breaker, Rechecked
from reconciler.applying.items import Ended, following, in_order, made, noting, stands_alone
from reconciler.applying.journal import Journal
from reconciler.applying.procedure import carry_out as carry_out_change
from reconciler.applying.recording import unknown
from reconciler.applying.renaming import rename_customer
from reconciler.applying.settling import settle
from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.consent import ConsentNeed, Stamp
from reconciler.model.cost import differs
from reconciler.model.errors import ClocksDisagree, LockHeld, ServiceError, StateConflict, StateError
from reconciler.model.event import (
    DONE_ALREADY,
    CostChanged,
    CustomerMoved,
    Event,
    Recovered,
    Skipped,
    Stale,
    StateMoved,
    StateNotWritten,
    Succeeded,
)
from reconciler.model.moves import CustomerMove, StateMove
from reconciler.model.plan import Observed
from reconciler.model.remedy import Step
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Customer, Live, terms_of
from reconciler.system.clock import Moment

_ENDING = {"interrupted", "authentication_failed", "clocks_disagree"}
"""Refusals after which nothing is settled either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The work for one customer: its changes, live values that state lacks, and moves in state as they were planned;
    `customer_moves` are those of its state to the customer's present name; `consents` are needs of its consents that
    state lacks.

    `saved`: the values are a plan file's, and count only as far as another look shows the same. `unsettled` are the
    addresses of which an earlier run left something pending.
    """

    customer: Customer
    changes: tuple[Change, ...] = ()
    unsettled: tuple[Address, ...] = ()
    observed: tuple[Observed, ...] = ()
    moves: tuple[StateMove, ...] = ()
    customer_moves: tuple[CustomerMove, ...] = ()
    consents: tuple[ConsentNeed, ...] = ()
    saved: bool = False

    @property
    def is_anything(self) -> bool:
        """Returns True if there is anything to do, or to record."""
        moved = self.moves or self.customer_moves
        return bool(self.changes or self.observed or self.unsettled or moved or self.consents)

    @property
    def names(self) -> tuple[str, ...]:
        """The names under which the customer's state is stored or was, in the order in which they are locked: the same
        for every run.
        """
        return tuple(sorted({self.customer.name, *(move.customer for move in self.customer_moves)}))


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
        yield from _skipped(left, context, refusal)
        yield from (_skip(address, context, refusal) for address in work.unsettled)
        return
    try:
        with ExitStack() as locks:
            for name in work.names:
                locks.enter_context(context.store.lock(name, "apply", context.run))
            journal = Journal(context.store, work.customer, context.lineage)
            yield from _under_lock(work, left, context, breaker, journal)
    except LockHeld as error:
        yield from _locked_out(work, left, context, error)
    except StateError as error:
        if not left:
            raise
        yield from _skipped(left, context, "state_not_written", _what(error), _remedy(error))


def _under_lock(
    work: Work, left: deque[Change], context: ApplyContext, breaker: Breaker, journal: Journal
) -> Iterator[Event]:
    yield from _renamed(work, context, journal)
    yield from _rearranged(work, context, journal)
    recovered = yield from _settled(context, journal)
    _check_clocks(context, breaker)
    seen: Mapping[str, Live] = {} if work.saved else _planned_values(work)
    ended = Ended()
    while left:
        if breaker.refusal:
            yield from _skipped(left, context, breaker.refusal)
            return
        change = following(left.popleft(), journal.state, context.plan_fingerprint)
        if any(made(change, event) for event in recovered):
            continue
        if change.address in ended.failed and not stands_alone(change, journal.state):
            yield _skip(change.address, context, "earlier_change_failed")
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
            yield from _unwritten(error, context, journal)
            yield from _skipped(left, context, "state_not_written", _what(error), _remedy(error))
            return
        except Exception:
            yield _broken_off(change, context, breaker, journal)
            yield from _skipped(left, context, "error")
            raise
        if ended.holds_customer:
            yield from _skipped(left, context, "customer_held")
    yield from _seen_at_last(work, seen, context, breaker, journal)


def _renamed(work: Work, context: ApplyContext, journal: Journal) -> Iterator[Event]:
    """Moves what is stored under the customer's earlier names to its present one."""
    for move in work.customer_moves:
        if rename_customer(context.store, journal, move.customer, work.customer, context.lineage):
            yield CustomerMoved(at=context.commerce.now(), customer=move.customer, to=work.customer.name)


def _rearranged(work: Work, context: ApplyContext, journal: Journal) -> Iterator[Event]:
    """Moves what is remembered as the manifests say and the plan has shown, before anything else: all that follows is
    about the new names.
    """
    _, moves = context.rearrange(journal.state, work.moves)
    if moves:
        journal.record(lambda state: context.rearrange(state, work.moves)[0])
    for move in moves:
        yield StateMoved(at=context.commerce.now(), address=move.address, to=move.to)


def _seen_at_last(
    work: Work, seen: Mapping[str, Live], context: ApplyContext, breaker: Breaker, journal: Journal
) -> Iterator[Event]:
    """Records what was seen; of a saved plan's values those that another look shows still."""
    if work.saved and work.observed and not context.stop.is_set():
        seen = {**_seen_again(work, context, journal.state), **seen}
    if _check_clocks(context, breaker):
        yield from _observe(work, seen, context, journal)


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
        yield (_skip(change.address, context, "interrupted") if stopped else attempt.not_begun(error))
        return seen
    if checked.view.listing and checked.view.listing.ids:
        seen = _as_planned(work, checked.seen)
    if checked.done:
        yield replace(_skip(change.address, context, DONE_ALREADY, checked.done), left_to_do=checked.left_to_do)
    elif checked.stale or checked.change is None:
        yield attempt.stale(checked.stale or advice.sentence("stale_no_change"))
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
        yield _skip(attempt.change.address, attempt.context, "clocks_disagree")


def _broken_off(change: Change, context: ApplyContext, breaker: Breaker, journal: Journal) -> Event:
    """Returns what can be said of a change in whose midst the program failed: what was begun may have been done."""
    everything = (pending for _, pending in journal.state.all_pending())
    pending = next((known for known in everything if known.subscription_id == change.subscription_id), None)
    breaker.failed()
    if pending is None:
        return _skip(change.address, context, "error")
    return unknown(context, change.address, pending, "The program failed in the middle of it.")


def _planned_values(work: Work) -> Mapping[str, Live]:
    return {seen.address.name: seen.live for seen in work.observed}


def _seen_again(work: Work, context: ApplyContext, state: CustomerState) -> Mapping[str, Live]:
    """Returns what a saved plan observed and another look shows still. What changed since then is for the next plan to
    tell.
    """
    return _as_planned(work, context.look(work.customer, state))


def _as_planned(work: Work, seen: Mapping[str, Live]) -> Mapping[str, Live]:
    """The live values that the plan had too. What changed since then was shown to nobody: the next plan tells it."""
    planned = {observed.address.name: _values(observed.live) for observed in work.observed}
    return {name: live for name, live in seen.items() if planned.get(name) == _values(live)}


def _values(live: Live) -> tuple[object, ...]:
    return (live.id, live.offer.id, live.quantity, live.status, terms_of(live))


def _observe(work: Work, seen: Mapping[str, Live], context: ApplyContext, journal: Journal) -> Iterator[Event]:
    """Records live values, so that drift can be told next time; and which consents are needed."""
    settled = {name: live for name, live in seen.items() if name not in journal.state.pending}
    declared = {observed.address.name for observed in work.observed if observed.declared}
    now = context.commerce.now()
    stamp = Stamp.of(now, context.run)

    def observed(state: CustomerState) -> CustomerState:
        for lost in work.observed:
            if lost.schedule_gone and lost.address.name not in state.pending:
                state = state.lose_schedule(lost.address.name, lost.schedule_gone, lost.renewal, now)
        return state.observe(settled, now, declared).need_consents(work.consents, stamp)

    try:
        journal.record(observed)
    except StateError as error:
        yield from _unwritten(error, context, journal)


def _unwritten(error: StateError, context: ApplyContext, journal: Journal) -> Iterator[Event]:
    """Yields what happened and could not be recorded where it belongs."""
    if journal.unwritten is not None:
        yield StateNotWritten(
            at=context.commerce.now(),
            customer=journal.state.customer.name,
            description=" ".join((_what(error), *(step.text for step in _remedy(error)))),
            state=journal.unwritten,
        )


def _skipped(
    left: deque[Change], context: ApplyContext, code: str, description: str = "", remedy: tuple[Step, ...] = ()
) -> Iterator[Event]:
    while left:
        yield _skip(left.popleft().address, context, code, description, remedy)


def _skip(
    address: Address, context: ApplyContext, code: str, description: str = "", remedy: tuple[Step, ...] = ()
) -> Skipped:
    """Returns the event of a change that is not begun; in the words of its code, unless others are given."""
    row = advice.row(code)
    return Skipped(
        at=context.commerce.now(),
        address=address,
        code=code,
        description=description or row.description,
        remedy=remedy if description else tuple(step for step in row.steps_for({}) if step.run),
    )


def _locked_out(work: Work, left: deque[Change], context: ApplyContext, error: LockHeld) -> Iterator[Event]:
    """Yields that nothing of a customer is begun. The holder, and the command that breaks the lock, are told once."""
    addresses = (*(change.address for change in left), *work.unsettled)
    holder = (_what(error), _remedy(error))
    if work.customer_moves and not addresses:
        raise error
    for address in addresses or tuple(move.address for move in work.moves):
        yield _skip(address, context, "lock_held", *holder)
        holder = (advice.sentence("lock_held", customer=work.customer.name), ())


def _what(error: StateError) -> str:
    return " ".join(problem.what for problem in error.problems)


def _remedy(error: StateError) -> tuple[Step, ...]:
    return tuple(step for problem in error.problems for step in problem.steps)
