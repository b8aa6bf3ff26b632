"""Changes that are asked for again and were carried out already, by an apply since it was planned."""

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler import changes
from reconciler.advice import sentence
from reconciler.model.alarm import SUBSCRIPTION_NOT_ACTIVE, Alarm
from reconciler.model.binding import Bound
from reconciler.model.change import Blocked, Change
from reconciler.model.desired import Desired
from reconciler.model.renewal import EndOfTerm
from reconciler.model.result import Result
from reconciler.model.state import CustomerState
from reconciler.model.term import Renew
from reconciler.model.unsettled import Unsettled
from reconciler.model.utc import utc_minute

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
        *([sentence("not_shown_yet")] if isinstance(now, Unsettled) else []),
        *(alarm.description for alarm in own),
    )
    code = "was_done_with_tasks" if left else "was_done"
    return Repeated(description=sentence(code, done=_done(result)), left=left)


def superseded(planned: Change, state: CustomerState | None) -> Repeated | None:
    """Returns when this very change was done, where a later run of ours has changed the same since; None otherwise.

    Whoever runs the job of the first again asks for nothing that is still to be done.
    """
    done, later = None, None
    for result in _same_action(planned, state) if state else ():
        bound = state.subscriptions.get(planned.address.name) if state else None
        if bound and _is_of(result, planned, bound):
            done, later = result, None
        elif done and result.run.id != done.run.id:
            later = later or result
    if done is None or later is None:
        return None
    return Repeated(description=sentence("was_done_and_changed_since", done=_done(done), later=_done(later)))


def undone_since(planned: Change, now: _Now, state: CustomerState | None) -> str | None:
    """Returns that this very change was done and its effect is gone, which no result of ours explains; None otherwise.

    It is asked for as before, and whoever approves it again should know that somebody undid it.
    """
    if state is None or not isinstance(now, Change) or now.request != planned.request:
        return None
    result = _last_result(planned, state)
    return sentence("stale_undone_since", done=_done(result)) if result else None


def taken_back(planned: Change, now: _Now, desired: Iterable[Desired], state: CustomerState | None) -> str | None:
    """Returns that the manifests do not ask for the change any more, where nothing else is planned in its place. An
    entry that means its subscription under another name may ask for it, by any id that it has had.
    """
    means = {planned.subscription_id, planned.binding.id}
    bound = state.subscriptions.get(state.claimed_by(planned.subscription_id) or "") if state else None
    means |= {*bound.chain} if bound else set()
    asked = any(
        _asks_for(entry, planned) if entry.address == planned.address else entry.subscription_id in means
        for entry in desired
    )
    return None if asked or now is not None else sentence("stale_taken_back")


def means_still(planned: Change, state: CustomerState | None) -> bool:
    """Returns whether the change's address means the subscription of the change still: entries may have exchanged
    their names. An order means none yet.
    """
    bound = state.subscriptions.get(planned.address.name) if state else None
    return bound is None or planned.before is None or planned.subscription_id in bound.chain


def _done(result: Result) -> str:
    """`resized at 2026-11-21 10:00 UTC by run 4711`."""
    return f"{changes.of(result.request).words.done} at {utc_minute(result.started_at)} by run {result.run.id}"


def _result(planned: Change, now: _Now, desired: Iterable[Desired], state: CustomerState | None) -> Result | None:
    """The result of this very change. An effect that somebody else brought about, that was undone since, or that the
    manifests do not ask for any more is none.
    """
    waits = isinstance(now, Unsettled) and now.outcome == "waiting"
    later_item = isinstance(now, Change) and now.action != planned.action
    settled = now is None or waits or later_item
    if state is None or not settled or planned.address.name in state.pending:
        return None
    if not any(entry.address == planned.address and _asks_for(entry, planned) for entry in desired):
        return None
    return _last_result(planned, state)


def _last_result(planned: Change, state: CustomerState) -> Result | None:
    """The result of this very change, where it is the last that we did of its kind since it was planned."""
    bound = state.subscriptions.get(planned.address.name)
    last = next(reversed(_same_action(planned, state)), None)
    return last if last and bound and _is_of(last, planned, bound) else None


def _same_action(planned: Change, state: CustomerState) -> list[Result]:
    """Our results of the same kind at the address since the change was planned, oldest first."""
    since = state.results_since(planned.address, planned.binding.last_request_id)
    return [result for result in since if result.outcome.performed and result.action == planned.action]


def _asks_for(entry: Desired, planned: Change) -> bool:
    """Returns True if the entry asks for all that the change makes otherwise. What it leaves out it does not manage."""
    wanted = {"offer_id": entry.offer.id, "quantity": entry.quantity, "term": entry.term, "billing": entry.billing}
    after = {difference.path.removeprefix("renewal."): difference.after for difference in planned.differences}
    ends = after.pop("outcome", None) in {EndOfTerm.ENDS, EndOfTerm.LAPSES}
    return ends <= (entry.renew is Renew.END) and all(
        wanted[name] == value for name, value in after.items() if None not in {wanted[name], value}
    )


def _is_of(last: Result, planned: Change, bound: Bound) -> bool:
    """Returns True if it is the result of this request, at a subscription that the address means or meant.

    A later item of an address was sent for the subscription that the earlier ones made.
    """
    return last.request == planned.request and {planned.subscription_id, last.subscription_id} <= set(bound.chain)
