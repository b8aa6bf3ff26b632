"""Changes made outside: what state remembers held against what is live, and what is live that nobody declares."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from reconciler.model.address import Address
from reconciler.model.alarm import PREVIOUS_ACTIVE, SCHEDULE_LOST, SUBSCRIPTION_UNREADABLE, Alarm
from reconciler.model.audit import AuditRecord
from reconciler.model.change import Difference
from reconciler.model.commerce import Account
from reconciler.model.customer import Customer
from reconciler.model.selection import Selection
from reconciler.model.task import Task
from reconciler.model.unsettled import Unsettled


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An address whose subscription is not as state last saw it at `seen_at`.

    `causes` is who may have done it, by the service's own log; `unnamed` says why the log has nothing to say, where it
    could not be asked. `declared`: its manifest asks for what is live by now, and the next apply records it. `asked`
    are the paths of what its entry asks for by now, or leaves alone.
    `left_out` are the keys of what differs that its entry leaves out; `left_open` those of them that decide how the
    term ends: that is told until the entry has them, or the term has ended.
    """

    address: Address
    customer: Customer
    subscription_id: str
    seen_at: datetime
    differences: tuple[Difference, ...]
    causes: tuple[AuditRecord, ...] = ()
    unnamed: str = ""
    declared: bool = False
    asked: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    left_open: tuple[str, ...] = ()

    @property
    def acceptable(self) -> bool:
        """Returns True if something of it can be written into its entry, and is not there yet."""
        return any(difference.declarable and difference.path not in self.asked for difference in self.differences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undeclared:
    """A live, active subscription of the estate's customers that no manifest declares and no address has ever meant.

    `ends_on` is the last day of its term, where somebody has scheduled its end.
    `perhaps_of` is the address for which a request may have bought it: nobody knows what became of that.
    """

    customer: Customer
    subscription_id: str
    offer_id: str
    offer_name: str
    quantity: int
    add_on: bool = False
    ends_on: date | None = None
    perhaps_of: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A customer that could not be read, and why: nothing is known of its drift. `may_have_left`: it may be the
    reseller's no more.
    """

    customer: Customer
    what: str
    may_have_left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftReport:
    """All of it, sorted when made, of the part of the estate that `selection` has.

    `compared` counts the addresses whose live values were held against state. `unseen` are those that no apply has
    recorded, `unfinished` those where a change is not final, `unread_addresses` those that state knows
    and whose customer could not be read: none of them was compared.

    `undeclared` are live subscriptions without a manifest's entry, `left` are addresses that state tracks without one,
    `unbought` those of them of which nothing is known to be bought: orders, `vanished` the customers of them whom no
    manifest has at all,
    `undeclared_customers` those of the partner's customers that neither a manifest nor state knows; `not_listed` says
    why they could not be listed, where they could not.
    `pending` are changes of earlier runs that are not final: what they did is no drift. `tasks` are what earlier
    changes left for people to do: no drift either.
    """

    created_at: datetime
    cloud: str
    customers: int
    compared: int
    unseen: int
    selection: Selection = field(default_factory=Selection)
    unfinished: int = 0
    unread_addresses: int = 0
    moved: tuple[Moved, ...] = ()
    undeclared: tuple[Undeclared, ...] = ()
    undeclared_customers: tuple[Account, ...] = ()
    not_listed: str = ""
    left: tuple[Address, ...] = ()
    unbought: tuple[Address, ...] = ()
    vanished: tuple[str, ...] = ()
    warnings: tuple[Alarm, ...] = ()
    unread: tuple[Unread, ...] = ()
    pending: tuple[Unsettled, ...] = ()
    tasks: tuple[Task, ...] = ()

    def __post_init__(self) -> None:
        self._sort("moved", self.moved, lambda item: item.address)
        self._sort("undeclared", self.undeclared, lambda item: (item.customer.name, item.subscription_id))
        self._sort("left", self.left, str)
        self._sort("unbought", self.unbought, str)
        self._sort("vanished", self.vanished, str)
        self._sort("warnings", self.warnings, lambda alarm: alarm.subject)
        self._sort("pending", self.pending, lambda item: item.address)
        self._sort("tasks", self.tasks, lambda task: task.address)
        self._sort("unread", self.unread, lambda item: item.customer.name)

    @property
    def billed_twice(self) -> int:
        """Returns how many subscriptions are billed beside the one that they were upgraded to."""
        return self._warned_of(PREVIOUS_ACTIVE)

    @property
    def schedules_lost(self) -> int:
        """Returns how many schedules of ours somebody else has deleted or changed."""
        return self._warned_of(SCHEDULE_LOST)

    @property
    def unreadable(self) -> int:
        """Returns how many items of customers' lists can't be understood: whether they changed is not known."""
        return self._warned_of(SUBSCRIPTION_UNREADABLE)

    @property
    def not_compared(self) -> int:
        """Returns how many declared addresses were not compared: whether they changed is not known."""
        return self.unseen + self.unfinished + self.unread_addresses

    @property
    def blind(self) -> bool:
        """Returns True if nothing was compared though something is declared or selected, or the partner's customers are
        not known: no drift is known then, and none is excluded.
        """
        something = bool(self.not_compared) or not self.selection.whole
        return bool(self.not_listed) or (something and not self.compared)

    @property
    def has_drift(self) -> bool:
        """Returns True if there is drift: what can't be understood is none, nor is a date that comes near."""
        uncovered = self.undeclared or self.undeclared_customers or self.left
        return bool(self.moved or uncovered or self.billed_twice or self.schedules_lost)

    def _warned_of(self, code: str) -> int:
        return sum(alarm.code == code for alarm in self.warnings)

    def _sort(self, name: str, items: Iterable[Any], key: Any) -> None:
        object.__setattr__(self, name, tuple(sorted(items, key=key)))
