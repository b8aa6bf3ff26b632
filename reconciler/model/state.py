"""The state of one customer: where each address is bound, what is pending, and every result.

Each step (`begin`, `finish`, …) returns a new value; none writes anything. Names are those within the customer:
the part of an address after the slash.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Self

from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.consent import ConsentNeed, Consents, Stamp, recorded, renamed, without
from reconciler.model.customer import Customer
from reconciler.model.moves import Moves
from reconciler.model.pending import Key, Pending
from reconciler.model.renewal import AtRenewal
from reconciler.model.result import Outcome, Result
from reconciler.model.subscription import Live
from reconciler.model.task import TaskDone


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerState:
    """Everything remembered of one customer. `serial` counts its writes; `lineage` is the estate's.

    What a result leaves for people to do is open until `tasks_done` closes it; `consents` are those that its addresses
    wait for, or waited for. `released` are the subscriptions of names that are tracked no more.
    `pending` is by name, then by action: what one address needs may be several changes, each with its own record.
    """

    lineage: str
    serial: int = 0
    customer: Customer
    subscriptions: Mapping[str, Bound] = field(default_factory=dict)
    pending: Mapping[str, Mapping[str, Pending]] = field(default_factory=dict)
    results: tuple[Result, ...] = ()
    tasks_done: tuple[TaskDone, ...] = ()
    consents: Consents = ()
    released: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def unbought(self) -> tuple[Address, ...]:
        """Returns the addresses of which an order was started, and nothing is known to be bought."""
        return tuple(self.address(name) for name, bound in self.subscriptions.items() if bound.to_be_bought)

    def all_pending(self) -> tuple[tuple[str, Pending], ...]:
        """Every pending change with the name that has it, sorted by name."""
        return tuple((name, pending) for name in sorted(self.pending) for pending in self.pending_of(name))

    def pending_of(self, name: str) -> tuple[Pending, ...]:
        """Returns what is pending for a name, in the order in which it was started."""
        return tuple(sorted(self.pending.get(name, {}).values(), key=lambda pending: pending.started_at))

    def claimed_by(self, subscription_id: str) -> str | None:
        """The name whose subscription this is: it is in that name's chain, or a change of it is pending or in doubt
        under that name. Nothing may be sent for it under any other.
        """
        bound = (name for name, bound in self.subscriptions.items() if subscription_id in bound.chain)
        pending = (name for name, pending in self.all_pending() if pending.subscription_id == subscription_id)
        doubted = (self._made_under(doubt) for doubt in self.doubts() if doubt.subscription_id == subscription_id)
        return next(filter(None, chain(bound, pending, doubted)), None)

    def _made_under(self, doubt: Pending) -> str | None:
        """The name that a change was made under, if that means nothing else by now."""
        made = (result.address.name for result in self.results if result.key == doubt.key)
        return next((name for name in made if name not in self.subscriptions), None)

    @property
    def names_in_use(self) -> frozenset[str]:
        """The names that mean something, or under which something was sent that may still turn out to be done."""
        doubted = (self.claimed_by(doubt.subscription_id) for doubt in self.doubts())
        return frozenset((*self.subscriptions, *self.pending, *filter(None, doubted)))

    def name_of(self, change: Pending) -> str:
        """The name that an open change belongs to now, else the one that it was made under."""
        made_under = (result.address.name for result in self.results if result.key == change.key)
        pending = (name for name, each in self.all_pending() if each.key == change.key)
        return next(chain(pending, filter(None, [self.claimed_by(change.subscription_id)]), made_under), "unknown")

    def owner_of(self, pending: Pending, made_under: str) -> str:
        """The name that a change belongs to now: the address may have been renamed since the change was made."""
        names = (name for name, other in self.all_pending() if other.key == pending.key)
        return next(names, None) or self.claimed_by(pending.subscription_id) or made_under

    def claimed_ids(self) -> frozenset[str]:
        """Every id that any address here has or had, or of which something is pending or in doubt."""
        chained = (subscription_id for bound in self.subscriptions.values() for subscription_id in bound.chain)
        sources = (pending.subscription_id for pending in self.open_changes())
        return frozenset((*chained, *sources))

    def knows(self, subscription_id: str) -> bool:
        """Returns True if anything is remembered of this subscription, or of what stands for one that is to be
        bought.
        """
        return subscription_id in self.claimed_ids() or any(
            subscription_id in {result.subscription_id, result.target_subscription_id} for result in self.results
        )

    @property
    def operations(self) -> frozenset[str]:
        """The service's own names of work that was done or is being done for us, such as the ids of orders."""
        open_ = (pending.operation for pending in self.open_changes())
        return frozenset(filter(None, (*open_, *(result.operation for result in self.results))))

    def open_changes(self) -> tuple[Pending, ...]:
        """Returns what is pending and what is in doubt, of every name."""
        return (*(pending for _, pending in self.all_pending()), *self.doubts())

    def doubts(self) -> tuple[Pending, ...]:
        """Returns what was given up as not done and may turn out to be done: it shows late, or was not looked for
        since.

        One is in doubt no more once it is pending again or was found done, once a person said that it was not, or once
        something else was done to its subscription. Nor is it once the very run that sent it, which was held up and
        given up by another, recorded that the service refused it or that nothing left: that says nothing of what
        another run sent under the same request id.
        """
        found: dict[str, dict[Key, Pending]] = {}
        for result in self.results:
            if result.unanswered:
                found.setdefault(result.request_id, {})[result.key] = result.unanswered
            elif result.outcome.performed:
                found = {
                    key: unanswered
                    for key, unanswered in found.items()
                    if not _any_of(result.subscription_id, unanswered)
                }
            elif result.by_hand:
                found.pop(result.request_id, None)
            else:
                found.get(result.request_id, {}).pop(result.key, None)
        pending = {pending.request_id for _, pending in self.all_pending()}
        return tuple(
            [*unanswered.values()][-1] for key, unanswered in found.items() if unanswered and key not in pending
        )

    def history_of(self, name: str) -> tuple[Result, ...]:
        """The results of what the name means now, oldest first.

        A result keeps the address that it was made under, the customer's name of that time included, and belongs to the
        name that has its subscription.
        """
        bound = self.subscriptions.get(name)
        own = frozenset(bound.chain if bound else ())
        others = {identity for other in self.subscriptions.values() for identity in other.chain} - own

        def belongs(result: Result) -> bool:
            ids = {result.subscription_id, result.target_subscription_id}
            return bool(ids & own) or (result.address.name == name and not ids & others)

        return tuple(filter(belongs, self.results))

    def last_request_id(self, address: Address) -> str | None:
        """The request id of the address's latest result; with a number where that id was used before."""
        return _last([result.request_id for result in self.history_of(address.name)])

    def results_since(self, address: Address, last_request_id: str | None) -> tuple[Result, ...]:
        """The address's results after the one that `last_request_id` named; none where it never named one."""
        own = self.history_of(address.name)
        ids = [result.request_id for result in own]
        known = next((number for number in range(len(own) + 1) if _last(ids[:number]) == last_request_id), len(own))
        return own[known:]

    def result_of(self, key: Key) -> Result | None:
        """Returns what became of a change, as far as it is recorded: the latest word counts."""
        return next((result for result in reversed(self.results) if result.key == key), None)

    def doubt_of(self, pending: Pending) -> Pending | None:
        """The doubt that asking this would repeat; None where anything else came of its source since.

        A refusal is nothing that came of it: what was refused since was the same change, asked again.
        """
        answers = (result for result in reversed(self.results) if result.outcome is not Outcome.FAILED)
        before = next((result for result in answers if result.subscription_id == pending.subscription_id), None)
        doubt = before.unanswered if before else None
        return doubt if doubt in self.doubts() and doubt.asks_the_same(pending) else None

    def was_refused(self, request_id: str) -> bool:
        """Returns True if the service has answered a request of this id with a no: it may answer so for ever."""
        return any(result.request_id == request_id and result.outcome is Outcome.FAILED for result in self.results)

    def address(self, name: str) -> Address:
        """The address of a name in this customer."""
        return Address(f"{self.customer.name}/{name}")

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
        they are.
        """
        after = dict(self.subscriptions)
        for name, live in seen.items():
            bound = after.get(name)
            if bound is None and self.claimed_by(live.id) in {None, name}:
                after[name] = Bound.to(live, now)
            elif bound and bound.id == live.id:
                after[name] = bound.observe(live, now)
            if name in declared and name in after:
                after[name] = after[name].owning_schedule()
        return self if after == self.subscriptions else replace(self, subscriptions=after)

    def lose_schedule(self, name: str, scheduled_by: str, renewal: AtRenewal | None, now: datetime) -> Self:
        """Without this schedule of ours of a name, which is gone; the same value where another one is ours by now."""
        bound = self.subscriptions.get(name)
        after = bound.without_schedule(scheduled_by, renewal, now) if bound else None
        return self if after is None or after == bound else self.bind(name, after)

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

    def let_go(self, moves: Moves) -> frozenset[str]:
        """Returns the subscriptions of names that the manifests remove, and that are tracked no more."""
        gone = (ids for name, ids in self.released.items() if moves.everything or name in moves.removed)
        return frozenset(chain.from_iterable(gone))

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


def _last(request_ids: Sequence[str]) -> str | None:
    """The last of them; with a number where it was used before."""
    times = request_ids.count(request_ids[-1]) if request_ids else 0
    return f"{request_ids[-1]} ({times})" if times > 1 else next(iter(request_ids[-1:]), None)


def _any_of(subscription_id: str, asked: Mapping[Key, Pending]) -> bool:
    """Returns True if one of these requests was for this subscription."""
    return any(pending.subscription_id == subscription_id for pending in asked.values())
