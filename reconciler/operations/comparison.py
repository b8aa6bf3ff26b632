"""The comparison of the estate with an earlier revision (`plan --changed-since`)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reconciler.manifests.changes import Changes
from reconciler.model.address import Address
from reconciler.model.desired import Desired
from reconciler.model.plan import Plan
from reconciler.planning import Globs


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """An earlier revision of the estate: the reference given, the commit it led to, and what differs."""

    reference: str
    commit: str
    changes: Changes

    @property
    def earlier(self) -> Mapping[Address, Desired]:
        """Returns the entries that differ, as they were; none where every customer's plan may differ."""
        return {} if self.changes.everything else {entry.address: entry for entry in self.changes.altered_from}

    def narrowed(self, globs: Globs) -> Globs:
        """Returns the selection, reduced to the customers whose declarations changed unless all may be concerned."""
        return globs if self.changes.everything else replace(globs, customers=self.changes.customers)

    def noted(self, plan: Plan, globs: Globs, never_begun: tuple[Address, ...]) -> Plan:
        """Returns the plan with the revision it was compared with, and the differences that a reader must know:
        `never_begun` are orders that are declared no more.
        """
        changes = self.changes
        decided = {change.address for change in plan.changes} | {blocked.address for blocked in plan.blocked}
        return replace(
            plan,
            selection=replace(
                plan.selection,
                changed_since=self.reference,
                base=self.commit,
                everything=changes.everything,
                touched=None if changes.everything else tuple(sorted(changes.customers - changes.former)),
            ),
            notices=changes.notices,
            catalogue=(*changes.redefined, *plan.catalogue),
            dropped=tuple(filter(globs.chooses, changes.dropped)),
            unbought=tuple({*plan.unbought, *filter(globs.chooses, never_begun)}),
            asked_before=() if changes.everything else tuple({*plan.asked_before, *(decided - changes.altered)}),
        )
