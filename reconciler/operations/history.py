"""Lists what was applied, from state alone: no service is asked, and nothing is written."""

from collections.abc import Iterator
from datetime import datetime

from reconciler import advice, changes
from reconciler.model.errors import InvalidInput
from reconciler.model.history import Record
from reconciler.model.ports import StateStore
from reconciler.model.result import Result
from reconciler.model.state import CustomerState
from reconciler.operations.states import read_states


def read_history(
    store: StateStore, lineage: str | None, *, since: datetime | None = None, customer: str | None = None
) -> tuple[Record, ...]:
    """Returns every recorded change that was finished `since` a time, of one customer or of all, the oldest first.

    State keeps each result for ever, those too of addresses that are tracked no more. Raises WrongLineage as
    `read_states`, and InvalidInput for a customer of whom nothing is remembered.
    """
    states = [state for state in read_states(store, lineage) if customer in {None, state.customer.name}]
    if customer is not None and not states:
        raise InvalidInput(advice.problem("not_remembered", customer=customer))
    records = (record for state in states for record in _records(state))
    chosen = (record for record in records if since is None or record.finished_at >= since)
    return tuple(sorted(chosen, key=lambda record: (record.finished_at, record.address, record.request_id)))


def _records(state: CustomerState) -> Iterator[Record]:
    """Yields a record for each change; of several results of one change, the last one counts."""
    last = {result.key: result for result in state.results}
    return (_record(state, result) for result in last.values())


def _record(state: CustomerState, result: Result) -> Record:
    request, offer = result.request, result.request.new_offer
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
        run=result.run.id,
        actor=result.run.actor,
        url=result.run.url,
        commit=result.run.commit,
        request_id=result.request_id,
        correlation_id=result.correlation_id,
    )
