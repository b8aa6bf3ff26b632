"""The part of the estate that drift is looked for in."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from reconciler.model.address import Address
from reconciler.model.alarm import Alarm
from reconciler.model.customer import Customer
from reconciler.model.selection import Selection
from reconciler.model.state import CustomerState
from reconciler.model.task import Task
from reconciler.operations.selecting import removed_entries, select
from reconciler.operations.workspace import Workspace
from reconciler.planning import Globs


@dataclass(frozen=True, kw_only=True)
class Part:
    """The part that `globs` select: `selected` are the declared addresses of it."""

    workspace: Workspace
    globs: Globs
    selected: frozenset[Address]

    @classmethod
    def of(cls, workspace: Workspace, globs: Globs) -> "Part":
        """Raises InvalidInput as `Globs.select` does."""
        labelled = globs.with_labels_of(workspace.estate.desired)
        return cls(workspace=workspace, globs=labelled, selected=select(workspace, labelled))

    @property
    def whole(self) -> bool:
        """Returns True if nothing is left out."""
        return self.globs == Globs()

    @cached_property
    def customers(self) -> tuple[Customer, ...]:
        """The customers to read: those selected, and of whom nothing is declared those with what is pending."""
        pending = [state.customer for state in self.workspace.left_states if state.pending]
        if self.whole:
            return tuple(dict.fromkeys((*self.workspace.estate.customers, *pending)))
        removed = filter(self.holds, removed_entries(self.workspace))
        chosen = self.workspace.customers_of({*self.selected, *removed})
        gone = (customer for customer in pending if self.globs.chooses_gone(customer.name))
        return tuple(dict.fromkeys((*chosen, *gone)))

    def holds(self, address: Address) -> bool:
        """Returns True if an address, declared or not, is selected."""
        return self.globs.chooses(address)

    def holds_all_of(self, customer: Customer) -> bool:
        """Returns True if a customer is selected with what no manifest declares of it."""
        declared = [desired.address for desired in self.workspace.desired_of(customer)]
        return self.globs.chooses_all_of(customer.name, declared)

    def alarms(self, alarms: Iterable[Alarm]) -> tuple[Alarm, ...]:
        """Returns those of selected addresses, and of customers as such."""
        return tuple(alarm for alarm in alarms if alarm.address is None or self.holds(alarm.address))

    def tasks(self, tasks: Iterable[Task]) -> tuple[Task, ...]:
        """Returns those of selected addresses."""
        return tuple(task for task in tasks if any(map(self.holds, task.addresses)))

    def left_states(self) -> list[CustomerState]:
        """Returns the states of customers that no manifest has, with names moved as the manifests say."""
        names = {customer.name for customer in self.workspace.estate.customers}
        states = (state for state in self.workspace.left_states if state.customer.name not in names)
        chosen = (state for state in states if self.whole or self.globs.chooses_gone(state.customer.name))
        return [self.workspace.rearranged(state).state for state in chosen]

    def shown(self) -> Selection:
        """Returns the selection as reports show it."""
        return Selection(
            target=self.globs.target,
            exclude=self.globs.exclude,
            customers=len({address.customer for address in self.selected}),
            subscriptions=len(self.selected),
        )
