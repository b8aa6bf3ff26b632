"""Everything remembered of one customer, and what follows from it. Names are those within the customer: the part of an
address after the slash.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.consent import Consents
from reconciler.model.customer import Customer
from reconciler.model.moves import Moves
from reconciler.model.name_change import NameChange
from reconciler.model.pending import Key, Pending
from reconciler.model.result import Outcome, Result
from reconciler.model.task import TaskDone


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """Everything remembered of one customer. `serial` counts its writes; `lineage` is the estate's.

    What a result leaves for people to do is open until `tasks_done` closes it; `consents` are those that its addresses
    wait for, or waited for. `released` are the subscriptions of names that are tracked no more, and
    `name_changes` say who moved or removed which name, the oldest first.
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
    name_changes: tuple[NameChange, ...] = ()

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
        pending = (name for name, pending_change in self.all_pending() if pending_change.key == change.key)
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

    def let_go(self, moves: Moves) -> frozenset[str]:
        """Returns the subscriptions of names that the manifests remove, and that are tracked no more."""
        gone = (ids for name, ids in self.released.items() if moves.everything or name in moves.removed)
        return frozenset(chain.from_iterable(gone))


def _last(request_ids: Sequence[str]) -> str | None:
    """The last of them; with a number where it was used before."""
    times = request_ids.count(request_ids[-1]) if request_ids else 0
    return f"{request_ids[-1]} ({times})" if times > 1 else next(iter(request_ids[-1:]), None)


def _any_of(subscription_id: str, requests: Mapping[Key, Pending]) -> bool:
    """Returns True if one of these requests was for this subscription."""
    return any(pending.subscription_id == subscription_id for pending in requests.values())
