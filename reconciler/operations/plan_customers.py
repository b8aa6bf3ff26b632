"""Plans each customer, several at once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from reconciler import planning
from reconciler.model.address import Address
from reconciler.model.alarm import REMOVAL_WAITS, Alarm
from reconciler.model.customer import Customer
from reconciler.model.desired import Desired
from reconciler.model.errors import InvalidInput, ServiceError, WrongTenant
from reconciler.model.state import CustomerState
from reconciler.operations.customers import tenant_mismatch
from reconciler.operations.failures import end_if_refused
from reconciler.operations.lookups import Lookups
from reconciler.operations.plan_warnings import tracked_on
from reconciler.operations.workspace import Workspace
from reconciler.planning import CustomerPlan, Facts, Rearranged
from reconciler.system.threads import in_parallel

if TYPE_CHECKING:
    from reconciler.operations.recent import RecentLookups


_Item = TypeVar("_Item")


def grouped(items: Iterable[_Item], address: Callable[[_Item], Address]) -> Mapping[str, list[_Item]]:
    """Returns the items of each customer by its name, found in one pass over all of them."""
    groups: dict[str, list[_Item]] = {}
    for item in items:
        groups.setdefault(address(item).customer, []).append(item)
    return groups


@dataclass(frozen=True, kw_only=True)
class CustomerPlanner:
    """Plans the customers of one run, several at once.

    `lineage` is the state location's. With `recent` customers that nothing has touched since a snapshot are taken as it
    has them. `earlier` are the entries of a compared commit that differ. With `uncovered` a plan warns of live
    subscriptions that no manifest declares. An address is removed from state only if the selection `chooses` it.
    """

    workspace: Workspace
    lookups: Lookups
    recent: "RecentLookups | None"
    lineage: str | None
    selected: frozenset[Address]
    earlier: Mapping[Address, Desired]
    uncovered: bool
    chooses: Callable[[Address], bool]

    def plan(self, customers: tuple[Customer, ...]) -> list[CustomerPlan]:
        """Returns the plans in the order of the customers.

        Raises AuthenticationFailed where every customer is refused for a reason that is about the partner.
        """
        results: list[tuple[ServiceError | None, CustomerPlan]] = []
        self.workspace.reached(0, len(customers))
        for result in in_parallel(self._plan, customers, self.workspace.settings.parallelism):
            results.append(result)
            self.workspace.reached(len(results), len(customers))
        read = [
            unread
            for customer, (unread, _) in zip(customers, results, strict=True)
            if not (self.recent and self.recent.keeps(customer))
        ]
        end_if_refused(read)
        return [part for _, part in results]

    def _plan(self, customer: Customer) -> tuple[ServiceError | None, CustomerPlan]:
        """Returns a customer's plan, and the error for which it could not be read."""
        workspace, lookups = self.workspace, self.lookups
        desired, chosen = workspace.desired_of(customer), frozenset(self._selected_of.get(customer.name, ()))
        renamed = workspace.names.undeclared_move(customer) if desired else None
        if renamed:
            return None, planning.renamed_customer(customer, desired, chosen, lookups.circumstances(), renamed)
        try:
            stored = workspace.stored(customer, self.lineage)
        except (WrongTenant, InvalidInput) as error:
            first = tenant_mismatch(error.problems[0], workspace.estate, workspace.store)
            return None, planning.contradicted_customer(customer, desired, chosen, lookups.circumstances(), first)
        moved = self._rearranged(stored) if stored else None
        facts, part = (self.recent or lookups).plan(customer, desired, chosen, moved.state if moved else None)
        part = self._with_earlier_requests(part, facts)
        if moved and stored:
            part = self._with_moves(part, facts, stored, moved)
        if self.uncovered and customer in self._declared:
            part = self._with_uncovered(part, facts)
        part = replace(part, customer_moves=workspace.names.moves(customer))
        part = self.recent.dated(customer, part) if self.recent else part
        months = planning.customer_months(facts, lookups.circumstances())
        if not desired and not part.pending:  # who left can't be read, and nothing more is asked of it
            return None, replace(part, months=months, errored=False)
        return facts.unread, replace(part, months=months)

    def _rearranged(self, stored: CustomerState) -> Rearranged:
        """Returns the state that this plan's apply begins with: names are moved as the manifests say, and removed as
        far as they are selected.
        """
        every = self.workspace.rearranged(stored)
        kept = [move.names for move in every.moves if move.to or self.chooses(move.address)]
        if len(kept) == len(every.moves):
            return every
        return replace(self.workspace.rearranged(stored, kept), warnings=every.warnings)

    def _with_earlier_requests(self, part: CustomerPlan, facts: Facts) -> CustomerPlan:
        """Returns the plan with what the compared commit asked for already."""
        if not self.earlier:
            return part
        before = planning.standing_items(facts, self.lookups.circumstances(), part, self.earlier)
        return replace(part, asked_before=before.addresses, asked_before_items=before.items)

    def _with_moves(self, part: CustomerPlan, facts: Facts, stored: CustomerState, moved: Rearranged) -> CustomerPlan:
        """Returns the plan with the moves in state, and with warnings of what they leave behind."""
        standing = planning.standing_of_removed(facts, stored, moved.moves)
        waiting = (alarm for alarm in moved.warnings if alarm.code not in REMOVAL_WAITS or self._concerns(alarm))
        warnings = (*part.warnings, *waiting, *standing)
        unbought = set(stored.unbought) - {desired.address for desired in facts.desired}
        part = replace(part, moves=moved.moves, warnings=warnings, unbought=tuple(unbought))
        return replace(part, warnings=(*warnings, *tracked_on(self.workspace, [moved.state], part)))

    def _concerns(self, alarm: Alarm) -> bool:
        return alarm.address is None or self.chooses(alarm.address)

    def _with_uncovered(self, part: CustomerPlan, facts: Facts) -> CustomerPlan:
        """Returns the plan with warnings of live subscriptions that no manifest declares."""
        moves, earliest = self.workspace.estate.moves_of(facts.customer.name), self.lookups.circumstances().earliest
        lives = planning.undeclared_subscriptions(facts, part.pending, earliest, moves)
        return replace(part, warnings=(*part.warnings, *planning.coverage_alarms((), lives)))

    @cached_property
    def _selected_of(self) -> Mapping[str, list[Address]]:
        return grouped(self.selected, lambda address: address)

    @cached_property
    def _declared(self) -> frozenset[Customer]:
        return frozenset(self.workspace.estate.customers)
