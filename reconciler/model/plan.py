"""The plan: everything apply needs and everything a reader is shown, as one value."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from reconciler.model.address import Address
from reconciler.model.alarm import Alarm
from reconciler.model.breach import Breach, Held
from reconciler.model.change import Blocked, Change, Difference
from reconciler.model.consent import ConsentNeed
from reconciler.model.cost import Costs
from reconciler.model.customer import Customer
from reconciler.model.moves import CustomerMove, StateMove
from reconciler.model.observed import Observed
from reconciler.model.place import Place
from reconciler.model.recent import Recent
from reconciler.model.request import ACTIONS
from reconciler.model.selection import Estate, Selection
from reconciler.model.task import Task
from reconciler.model.timeline import Month
from reconciler.model.unsettled import Unsettled


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Changes made outside since state last saw the address.

    `asked` are the paths of what its entry asks for by now, or leaves alone; `left_out` the keys of what differs that
    the entry has not.
    """

    address: Address
    differences: tuple[Difference, ...]
    asked: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def acceptable(self) -> bool:
        """Returns True if something of it can be written into its entry, and is not there yet."""
        return any(difference.declarable and difference.path not in self.asked for difference in self.differences)

    @property
    def agreed(self) -> bool:
        """Returns True if its entry contradicts nothing of it: an apply records it."""
        return all(difference.path in self.asked for difference in self.differences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A guard of the estate's that the compared commits change. It is to be read before the plan itself.

    `subject` is the setting, or the address with its flag; `setting` is the name of that setting or flag alone, empty
    where all of a file may have changed. `before` and `after` are its values as a person would write them. `code`:
    `guard_loosened` (more can go through now), `guard_moved` (another cloud, or another state), or `guard_tightened`.
    """

    code: Literal["guard_loosened", "guard_moved", "guard_tightened"]
    subject: str
    setting: str = ""
    before: str
    after: str
    source: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueName:
    """A name of `offers.yaml` that is to be looked at before the plan itself, and its line there.

    Either the service calls its offer otherwise (changes by it carry `offer_named_otherwise`), or the name means
    another offer than at the compared commit: then `before_id` is what it meant.
    """

    name: str
    offer_id: str
    before_id: str | None = None
    source: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts of the changes of each action, how many addresses came out otherwise, how many of the changes limits hold
    back, and how many seats the changes add, remove at once and at the end of the term, and upgrade to another offer.
    What is held back is counted in all of them.
    """

    actions: Mapping[str, int]
    blocked: int
    waiting: int
    unchanged: int
    held: int = 0
    seats_added: int = 0
    seats_removed: int = 0
    seats_removed_at_renewal: int = 0
    seats_upgraded: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """A change of a plan, by what tells it from every other."""

    address: Address
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that apply would do, what is blocked, and what else was noticed. Its lists are sorted by address when
    made.

    `held` are the changes that limits hold back, `moves` what apply moves in state as the manifests say, and
    `customer_moves` the customers whose state it moves; `tasks` what is open for people to do. `consents` are needs of
    customers' consents that state does not have yet, for apply to record. `errored`: something could not be read; the
    rest still counts.
    `customers` are those that only an address or a name of theirs tells, so that people's names for them are known too.
    `dropped` were declared at the commit that was compared, and are not any more. `unbought` are addresses that no
    manifest declares (any more) and of which nothing is known to be bought: orders. `vanished` are the customers of
    `undeclared` addresses whom no manifest has at all. `asked_before`: addresses with a
    change, or blocked, for which the compared commits ask nothing; their manifests asked for it before, and it was not
    carried out yet. `asked_before_items` are such changes of other addresses. `costs` are None without price sheets.
    `months` are the terms of the customers that were planned, as the service has them now. `recent` is how much of it
    is of an earlier snapshot, None where nothing is.
    """

    created_at: datetime
    cloud: str
    estate: Estate
    token_kind: str
    observed_from: Literal["live", "snapshot"] = "live"
    selection: Selection = field(default_factory=Selection)
    errored: bool = False
    notices: tuple[Notice, ...] = ()
    catalogue: tuple[CatalogueName, ...] = ()
    changes: tuple[Change, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    pending: tuple[Unsettled, ...] = ()
    drift: tuple[Drift, ...] = ()
    warnings: tuple[Alarm, ...] = ()
    undeclared: tuple[Address, ...] = ()
    dropped: tuple[Address, ...] = ()
    unbought: tuple[Address, ...] = ()
    vanished: tuple[str, ...] = ()
    asked_before: tuple[Address, ...] = ()
    asked_before_items: tuple[PlanItem, ...] = ()
    observed: tuple[Observed, ...] = ()
    moves: tuple[StateMove, ...] = ()
    customer_moves: tuple[CustomerMove, ...] = ()
    tasks: tuple[Task, ...] = ()
    consents: tuple[ConsentNeed, ...] = ()
    customers: tuple[Customer, ...] = ()
    limits: tuple[Breach, ...] = ()
    held: tuple[Held, ...] = ()
    costs: Costs | None = None
    months: tuple[Month, ...] = ()
    recent: Recent | None = None
    unchanged: int = 0

    def __post_init__(self) -> None:
        for name in ("changes", "blocked", "pending", "drift", "observed", "moves", "held", "tasks", "consents"):
            object.__setattr__(self, name, _by_address(getattr(self, name)))
        customers = sorted(self.customer_moves, key=lambda move: move.customer)
        object.__setattr__(self, "customer_moves", tuple(customers))
        object.__setattr__(
            self,
            "warnings",
            tuple(sorted(self.warnings, key=lambda alarm: (alarm.subject, alarm.code, alarm.description))),
        )
        for name in ("undeclared", "dropped", "unbought", "vanished", "asked_before"):
            object.__setattr__(self, name, tuple(sorted(getattr(self, name))))
        items = sorted(self.asked_before_items, key=lambda item: (item.address, item.action))
        object.__setattr__(self, "asked_before_items", tuple(items))

    def is_standing(self, change: Change) -> bool:
        """Returns whether the manifests asked for a change before the commits that were compared."""
        item = PlanItem(address=change.address, action=change.action)
        return change.address in self.asked_before or item in self.asked_before_items

    @property
    def named_alone(self) -> frozenset[str]:
        """Returns the customers whose names it has without the customer: of moves, drift, warnings and what is left."""
        items: Iterable[StateMove | Drift | Alarm] = (*self.moves, *self.drift, *self.warnings)
        addresses = (*(item.address for item in items if item.address), *self.undeclared, *self.dropped, *self.unbought)
        named = (*(address.customer for address in addresses), *(move.to for move in self.customer_moves))
        return frozenset(named) - {customer.name for customer in self._of_items}

    @property
    def known_customers(self) -> tuple[Customer, ...]:
        """Every customer of it that is known by more than a name."""
        return (*self._of_items, *self.customers)

    @property
    def _of_items(self) -> Iterator[Customer]:
        items: tuple[Change | Blocked | Unsettled | Task, ...] = (
            *self.changes,
            *self.blocked,
            *self.pending,
            *self.tasks,
        )
        return (item.customer for item in items)

    @property
    def rearranges(self) -> bool:
        """Returns True if apply moves something in state, or stops tracking it."""
        return bool(self.moves or self.customer_moves)

    @property
    def refusing(self) -> tuple[Breach, ...]:
        """The limits that stop the whole apply, such as one that this version does not know. Of a plan of an older
        version, which says nothing of what is held, every limit.
        """
        return tuple(breach for breach in self.limits if not (self.held and breach.holds))

    @property
    def ready(self) -> tuple[Change, ...]:
        """The changes that no limit holds back."""
        held = {item.item for item in self.held}
        return tuple(change for change in self.changes if change.item not in held)

    @property
    def summary(self) -> Summary:
        """The counts that a reader sees first."""
        actions = Counter(change.action for change in self.changes)
        return Summary(
            actions={action: actions[action] for action in (*ACTIONS, *sorted(actions.keys() - set(ACTIONS)))},
            blocked=len(self.blocked),
            waiting=sum(item.outcome == "waiting" for item in self.pending),
            unchanged=self.unchanged,
            held=len(self.held),
            seats_added=sum(max(change.seats, 0) for change in self.changes),
            seats_removed=sum(max(-change.seats, 0) for change in self.changes),
            seats_removed_at_renewal=sum(change.seats_removed_at_renewal for change in self.changes),
            seats_upgraded=sum(change.seats_upgraded for change in self.changes),
        )


def _by_address(items: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(items, key=lambda item: item.address))
