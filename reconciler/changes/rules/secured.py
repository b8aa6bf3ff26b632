"""Schedules that the service took and does not show: how often one is tried again (contract, section 8.4)."""

from datetime import datetime, timedelta

from reconciler.model.request import RenewalRequest
from reconciler.model.result import Outcome
from reconciler.model.state import CustomerState

_TRIES = 2
"""Writes of the same value that are made one after the other, whatever the service shows."""

_BETWEEN = timedelta(days=1)
"""Between two further tries."""


def try_due_at(state: CustomerState, subscription_id: str, request: RenewalRequest) -> datetime | None:
    """Returns when the schedule may be tried again; None where it may be tried at once.

    Counted are the latest renewal items of the subscription that asked for this very value and were not secured. One
    that was secured, or asked for something else, begins the count anew.
    """
    own = [
        result
        for result in state.results
        if result.subscription_id == subscription_id and isinstance(result.request, RenewalRequest)
    ]
    failed: list[datetime] = []
    for result in reversed(own):
        if result.outcome is not Outcome.NOT_SECURED or not _same(result.request, request):
            break
        failed.append(result.finished_at)
    return max(failed) + _BETWEEN if len(failed) >= _TRIES else None


def _same(earlier: object, request: RenewalRequest) -> bool:
    """Returns True if both ask for the same; the availability, which rotates, and the form apart."""
    if not isinstance(earlier, RenewalRequest) or earlier.outcome != request.outcome:
        return False
    return earlier.next_term.same_as(request.next_term) if earlier.next_term else request.next_term is None
