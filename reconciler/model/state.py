"""The state of one customer: where each address is bound, what is pending, and every result.

Each step (`begin`, `finish`, …) returns a new value; none writes anything. Names are those within the customer:
the part of an address after the slash.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from reconciler.model.binding import Bound
from reconciler.model.consent import ConsentNeed, Stamp, recorded, renamed, without
from reconciler.model.customer import Customer
from reconciler.model.name_change import NameChange
from reconciler.model.observed import Observed
from reconciler.model.pending import Key, Pending
from reconciler.model.remembered import Remembered
from reconciler.model.result import Result
from reconciler.model.subscription import Live
from reconciler.model.task import TaskDone


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerState(Remembered):
    """Everything remembered of one customer, and the steps by which that changes."""

    def bind(self, name: str, bound: Bound) -> Self:
        """With the address bound so."""
        return replace(self, subscriptions={**self.subscriptions, name: bound})

    def begin(self, name: str, pending: Pending) -> Self:
        """With the intent recorded, and the address bound to what it changes: whoever has the name has the change.

        Raises ValueError where something is pending already, for the address or for its subscription under another
        name: no change begins twice, and the service takes one operation at a time per subscription.
        """
        rivals = (key for key, other in self.all_pending() if other.subscription_id == pending.subscription_id)
        claim = next(rivals, self.claimed_by(pending.subscription_id))
        if name in self.pending or claim not in {None, name}:
            message = f"{self.address(claim or name)} has a pending change already, or means {pending.subscription_id}"
            raise ValueError(message)
        bound = self.subscriptions.get(name) or Bound.by(pending)
        counted = replace(bound, writes=bound.writes + 1) if pending.before.new_commerce else bound
        return self._with_pending(name, pending).bind(name, counted)

    def _with_pending(self, name: str, pending: Pending) -> Self:
        """With this pending change of the name in place of the one of the same action."""
        of_name = {**self.pending.get(name, {}), pending.action: pending}
        return replace(self, pending={**self.pending, name: of_name})

    def amend(self, key: Key, change: Callable[[Pending], Pending]) -> Self:
        """With the pending change of this key altered; unchanged where it is not pending any more."""
        found = next(((name, pending) for name, pending in self.all_pending() if pending.key == key), None)
        return self if found is None else self._with_pending(found[0], change(found[1]))

    def knowing(self, subscription_ids: Collection[str]) -> Self:
        """With these subscriptions known not to have come of anything that is pending or in doubt."""
        if not subscription_ids:
            return self
        known = {
            name: {action: pending.knowing(subscription_ids) for action, pending in actions.items()}
            for name, actions in self.pending.items()
        }
        doubts = self.doubts()
        updated = (
            replace(result, unanswered=result.unanswered.knowing(subscription_ids))
            for result in self.results
            if result.unanswered and result.unanswered in doubts
        )
        new = (result for result in updated if result not in self.results)
        return replace(self, pending=known, results=(*self.results, *new))

    def finish(self, name: str, result: Result, bound: Bound | None = None) -> Self:
        """With the result recorded, the pending that it settles gone, and the address bound anew where it moved.

        Recording a result that is here already changes nothing, so a write whose own answer was lost can be repeated;
        and that a change was not done is not recorded over that it was. What was done under a request id settles every
        pending of that id: the service performs it once.
        """
        if self._recorded(result):
            return self
        done = result.outcome.performed
        left = {
            name: {
                action: pending
                for action, pending in actions.items()
                if pending.key != result.key and not (done and pending.request_id == result.request_id)
            }
            for name, actions in self.pending.items()
        }
        pending = {name: actions for name, actions in left.items() if actions}
        if self._same_purchase(result):
            return replace(self, pending=pending)
        settled = replace(self, pending=pending, results=(*self.results, result))
        return settled if bound is None else settled.bind(name, bound)

    def _recorded(self, result: Result) -> bool:
        """Returns True if this is known of the change already, or better is."""
        known = [other for other in self.results if other.key == result.key]
        if result.outcome.performed:
            pending = any(pending.request_id == result.request_id for _, pending in self.all_pending())
            return self._same_purchase(result) and not pending
        ended = {(other.outcome, other.unanswered is None, other.by_hand) for other in known}
        same = (result.outcome, result.unanswered is None, result.by_hand) in ended
        return same or any(other.outcome.performed for other in known)

    def _same_purchase(self, result: Result) -> bool:
        wanted = (result.request_id, result.target_subscription_id)
        done = (other for other in self.results if other.outcome.performed and result.outcome.performed)
        return any((other.request_id, other.target_subscription_id) == wanted for other in done)

    def observe(self, seen: Mapping[str, Live], now: datetime, declared: Collection[str] = ()) -> Self:
        """With the live values of these names; the very same value where nothing differs from state. What
        is scheduled of those that are `declared` is ours from now on.

        A name that was bound to another subscription meanwhile, and a subscription that another name has, are left as
        they are, and so is what is scheduled of them.
        """
        after = dict(self.subscriptions)
        for name, live in seen.items():
            bound = after.get(name)
            if bound is None and self.claimed_by(live.id) in {None, name}:
                after[name] = Bound.to(live, now)
            elif bound and bound.id == live.id:
                after[name] = bound.observe(live, now)
            own = after.get(name)
            if name in declared and own and own.id == live.id:
                after[name] = own.owning_schedule()
        return self if after == self.subscriptions else replace(self, subscriptions=after)

    def lose_schedule(self, lost: Observed, now: datetime) -> Self:
        """Without the schedule of ours that is gone; the same value where another one is ours by now, or the name means
        another subscription.
        """
        name = lost.address.name
        bound = self.subscriptions.get(name)
        if bound is None or bound.id != lost.subscription_id or lost.schedule_gone is None:
            return self
        after = bound.without_schedule(lost.schedule_gone, lost.renewal, now)
        return self if after == bound else self.bind(name, after)

    def close_tasks(self, done: Iterable[TaskDone]) -> Self:
        """With these tasks closed. The first word that one is done counts; the same value where each is closed."""
        known = {item.task for item in self.tasks_done}
        new = tuple(item for item in done if item.task not in known)
        return replace(self, tasks_done=(*self.tasks_done, *new)) if new else self

    def need_consents(self, needs: Iterable[ConsentNeed], stamp: Stamp) -> Self:
        """With these needs of consents recorded; the same value where they are known."""
        after = recorded(self.consents, needs, stamp)
        return self if after is self.consents else replace(self, consents=after)

    def of_customer(self, customer: Customer) -> Self:
        """The same under another name of the customer. Raises ValueError for another tenant."""
        if customer.tenant != self.customer.tenant:
            message = f"{customer.name} is another tenant than {self.customer.name}"
            raise ValueError(message)
        return replace(self, customer=customer)

    def forget(self, names: Iterable[str]) -> Self:
        """Without these names. Their results stay, and what they meant."""
        gone = set(names)
        let_go = {
            name: tuple(dict.fromkeys((*self.released.get(name, ()), *self.subscriptions[name].chain)))
            for name in sorted(gone & self.subscriptions.keys())
        }
        left = {key: value for key, value in self.subscriptions.items() if key not in gone}
        released = {**self.released, **let_go}
        return replace(self, subscriptions=left, consents=without(self.consents, gone), released=released)

    def disown(self, subscription_ids: Collection[str]) -> Self:
        """With these subscriptions not among those that were let go on purpose."""
        released = {
            name: tuple(known for known in ids if known not in subscription_ids) for name, ids in self.released.items()
        }
        return replace(self, released=released)

    def note_names(self, *changes: NameChange) -> Self:
        """With these changes of names recorded; the same value where there are none."""
        return replace(self, name_changes=(*self.name_changes, *changes)) if changes else self

    def move(self, new_names: Mapping[str, str]) -> Self:
        """With addresses renamed, all at once: they may exchange their names. Results keep the address they were made
        under.

        An address that is bound to nothing, and has something pending or in doubt, is bound to what that is of: of a
        doubt nothing else would tell the new name.
        """
        open_ = reversed(self.open_changes() if new_names.keys() - self.subscriptions.keys() else ())
        owned = ((self.claimed_by(pending.subscription_id), pending) for pending in open_)
        unbound = {name: Bound.by(pending) for name, pending in owned if name and name in new_names}
        subscriptions = {**unbound, **self.subscriptions}
        return replace(
            self,
            subscriptions={new_names.get(name, name): bound for name, bound in subscriptions.items()},
            pending={new_names.get(name, name): pending for name, pending in self.pending.items()},
            consents=renamed(self.consents, new_names),
        )
