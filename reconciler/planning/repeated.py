"""Changes that are asked for again and were carried out already, by an apply since it was planned."""

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler import changes
from reconciler.model.alarm import SUBSCRIPTION_NOT_ACTIVE, Alarm
from reconciler.model.binding import Bound
from reconciler.model.change import Blocked, Change
from reconciler.model.plan import Unsettled
from reconciler.model.result import Result
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Desired

_UNSEEN = "The service does not show it yet."

_Now = Change | Blocked | Unsettled | None
"""The outcome of planning today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """A change that was done already: when and by which run, and what of it is `left` to do, a sentence each."""

    description: str
    left: tuple[str, ...] = ()


def done_already(
    planned: Change, now: _Now, desired: Iterable[Desired], state: CustomerState | None, warnings: Iterable[Alarm]
) -> Repeated | None:
    """Returns when this very change was done, where its effect is there and ours; None otherwise.

    `warnings` are what planning warns of today: where the subscription is not active, the effect is not there.
    """
    own = [alarm for alarm in warnings if alarm.address == planned.address]
    result = _result(planned, now, desired, state)
    if result is None or any(alarm.code == SUBSCRIPTION_NOT_ACTIVE for alarm in own):
        return None
    left = (
        *changes.left_to_do(result, state.tasks_done if state else ()),
        *([_UNSEEN] if isinstance(now, Unsettled) else []),
        *(alarm.description for alarm in own),
    )
    done = (
        f"It was {changes.of(result.request).words.done} at {result.started_at:%Y-%m-%d %H:%M}Z by run {result.run.id}"
    )
    ends = "What is left of it:" if left else "Nothing of it is left to do."
    return Repeated(description=f"{done}. Nothing was sent now. {ends}", left=left)


def _result(planned: Change, now: _Now, desired: Iterable[Desired], state: CustomerState | None) -> Result | None:
    """The result of this very change. An effect that somebody else brought about, that was undone since, or that the
    manifests do not ask for any more is none.
    """
    waits = isinstance(now, Unsettled) and now.outcome == "waiting"
    later_item = isinstance(now, Change) and now.action != planned.action
    settled = now is None or waits or later_item
    if state is None or not settled or planned.address.name in state.pending:
        return None
    wanted = (planned.after.offer_id, planned.after.quantity)
    if not any(entry.address == planned.address and (entry.offer.id, entry.quantity) == wanted for entry in desired):
        return None
    bound = state.subscriptions.get(planned.address.name)
    applied_since = state.last_request_id(planned.address) != planned.binding.last_request_id
    if bound is None or not applied_since or (bound.offer_id, bound.quantity) != wanted:
        return None
    history = reversed(state.history_of(planned.address.name))
    last = next((result for result in history if result.outcome.performed), None)
    return last if last and _is_of(last, planned, bound) else None


def _is_of(result: Result, planned: Change, bound: Bound) -> bool:
    same = (planned.request, planned.subscription_id) == (result.request, result.subscription_id)
    return same and bound.id in {result.target_subscription_id, result.subscription_id}
