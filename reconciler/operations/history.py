"""Lists what was applied, from state alone: no service is asked, and nothing is written."""

from collections.abc import Container, Iterator
from dataclasses import replace
from datetime import datetime

from reconciler import changes
from reconciler.model.errors import InvalidInput
from reconciler.model.evidence import may_show
from reconciler.model.history import NameRecord, Record, RecordTask
from reconciler.model.pending import Pending, Reply
from reconciler.model.result import Outcome, Result, ended
from reconciler.model.state import CustomerState
from reconciler.model.state_store import StateStore
from reconciler.operations.states import read_states
from reconciler.operations.untracked import formerly, unremembered


def read_history(
    store: StateStore,
    lineage: str | None,
    now: datetime,
    *,
    since: datetime | None = None,
    customer: str | None = None,
    declared: Container[str] = (),
) -> tuple[Record | NameRecord, ...]:
    """Returns every recorded change that was finished `since` a time, of one customer or of all, the oldest first, with
    the names that were moved or removed; and every one that has no result yet, whenever it began.

    State keeps each of them for ever, those too of addresses that are tracked no more. A customer is found by the names
    that it had before, too. Raises WrongLineage as
    `read_states`, and InvalidInput for a customer of whom nothing is remembered and who is not `declared`.
    """
    known = read_states(store, lineage)
    states = tuple(state for state in known if customer in {None, state.customer.name})
    if customer is not None and not states:
        states = formerly(customer, known)
    if customer is not None and not states and customer not in declared:
        raise InvalidInput(unremembered(customer, known))
    everything: list[Record | NameRecord] = []
    for state in states:
        everything += (*_records(state, now), *_names(state))
    return tuple(sorted((record for record in everything if _is_since(record, since)), key=_order))


def _is_since(record: Record | NameRecord, since: datetime | None) -> bool:
    at = record.at if isinstance(record, NameRecord) else record.finished_at
    return since is None or at is None or at >= since


def _order(record: Record | NameRecord) -> tuple[datetime, str, str]:
    if isinstance(record, NameRecord):
        return record.at, record.old, record.run
    return record.finished_at or record.started_at, record.address, record.request_id


def _names(state: CustomerState) -> Iterator[NameRecord]:
    for change in state.name_changes:
        run = change.run
        yield NameRecord(
            at=change.at,
            old=change.old,
            new=change.new,
            customer=state.customer,
            run=run.id,
            actor=run.actor,
            url=run.url,
            commit=run.commit,
        )


def _records(state: CustomerState, now: datetime) -> Iterator[Record]:
    """Yields a record for each change; of several results of one change, the last one counts."""
    last = {result.key: result for result in state.results}
    doubts = {doubt.key: doubt.doubted_until for doubt in state.doubts() if may_show(doubt, now)}
    for key, result in last.items():
        yield replace(_record(state, result), doubted_until=doubts.get(key))
    for name, pending in state.all_pending():
        yield _open(state, name, pending)


def _open(state: CustomerState, name: str, pending: Pending) -> Record:
    """The record of a change that has no result: it may have been done."""
    ended_so = ended(pending, state.address(name), Outcome.NOT_DONE, pending.started_at, None, pending.run)
    held = pending.reply is Reply.PERSON_NEEDED
    return replace(_record(state, ended_so), finished_at=None, outcome="pending", done=False, held=held)


def _record(state: CustomerState, result: Result) -> Record:
    request, offer = result.request, result.request.new_offer
    term, billing = request.new_terms or (None, None)
    following = request.next_term
    return Record(
        finished_at=result.finished_at,
        started_at=result.started_at,
        address=result.address,
        customer=state.customer,
        action=result.action,
        wanted=changes.of(request).wanted(request),
        outcome=result.outcome,
        done=result.outcome.performed,
        subscription_id=result.subscription_id,
        target_subscription_id=result.target_subscription_id,
        offer_before=result.before_offer_name or result.before_offer_id or None,
        offer_after=(offer.name or offer.id or None) if offer else None,
        seats_before=result.before_quantity,
        seats_after=request.new_quantity,
        seats_at_renewal=following.quantity if following else None,
        term_before=result.before_term,
        term_after=term,
        billing_before=result.before_billing,
        billing_after=billing,
        tasks=tuple(_tasks(state, result)),
        run=result.run.id,
        actor=result.run.actor,
        url=result.run.url,
        commit=result.run.commit,
        settled_by=f"{result.settled_by.id} by {result.settled_by.actor}" if result.settled_by else None,
        request_id=result.request_id,
        correlation_id=result.correlation_id,
    )


def _tasks(state: CustomerState, result: Result) -> Iterator[RecordTask]:
    done = {item.task: item for item in state.tasks_done}
    for left in changes.left_by(result):
        closed = done.get((left.code, result.key))
        if closed is None:
            yield RecordTask(code=left.code)
        else:
            yield RecordTask(code=left.code, done_at=closed.at, run=closed.run.id, actor=closed.run.actor)
