"""Whether a change that is asked for again was carried out already, by an apply since it was planned."""

from collections.abc import Iterable

from reconciler import changes
from reconciler.model.binding import Bound
from reconciler.model.change import Blocked, Change
from reconciler.model.plan import Unsettled
from reconciler.model.result import Result
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Desired


def done_already(
    planned: Change,
    now: Change | Blocked | Unsettled | None,
    desired: Iterable[Desired],
    state: CustomerState | None,
) -> Result | None:
    """The result of this very change, where its effect is there and ours; None otherwise.

    `now` is what planning comes to today. An effect that somebody else brought about, that was undone since, or that
    the manifests do not ask for any more is none.
    """
    waits = isinstance(now, Unsettled) and now.outcome == "waiting"
    later_item = isinstance(now, Change) and now.action != planned.action
    settled = now is None or waits or later_item
    if state is None or not settled or planned.address.name in state.pending:
        return None
    wanted = (planned.after.offer_id, planned.after.quantity)
    if not any(one.address == planned.address and (one.offer.id, one.quantity) == wanted for one in desired):
        return None
    bound = state.subscriptions.get(planned.address.name)
    applied_since = state.last_request_id(planned.address) != planned.binding.last_request_id
    if bound is None or not applied_since or (bound.offer_id, bound.quantity) != wanted:
        return None
    history = reversed(state.history_of(planned.address.name))
    last = next((result for result in history if result.outcome.performed), None)
    return last if last and _is_of(last, planned, bound) else None


def when_done(result: Result) -> str:
    """Returns when it was done and by which run."""
    done = changes.of(result.request).words.done
    return (
        f"It was {done} at {result.started_at:%Y-%m-%d %H:%M}Z by run {result.run.id}. Nothing of it is left to do,"
        " and nothing was sent."
    )


def _is_of(result: Result, planned: Change, bound: Bound) -> bool:
    same = (planned.request, planned.subscription_id) == (result.request, result.subscription_id)
    return same and bound.id in {result.target_subscription_id, result.subscription_id}
