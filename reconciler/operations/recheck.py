"""Rechecks a change just before its intent: planned afresh, alone, from the manifests and the service as they are now.

The same pure planning that planned the change decides whether it still stands.
"""

from collections.abc import Mapping
from functools import cached_property

from reconciler import planning
from reconciler.advice import sentence
from reconciler.applying.context import Rechecked
from reconciler.changes import View
from reconciler.changes import of as kind_of
from reconciler.manifests.rereading import Redeclared, Rereading
from reconciler.model.change import Blocked, Change
from reconciler.model.customer import Customer
from reconciler.model.errors import ServiceError
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Live
from reconciler.operations.lookups import Lookups
from reconciler.operations.workspace import Workspace
from reconciler.planning import CustomerPlan, Facts


class Recheck:
    """Rechecks the changes of one run; safe between threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lookups = Lookups.of(workspace)

    def __call__(self, change: Change, state: CustomerState) -> Rechecked:
        """Returns whether the change still stands.

        The customer's file, the catalogue and the settings are read again, before the service is and after. Raises
        ServiceError where that could not be read: it says nothing of the change.
        """
        declared = self._declared(change.customer)
        if declared.unusable:
            return Rechecked(stale=_with_files(declared.unusable, declared))
        wanted = {(desired.address, desired.customer) for desired in declared.desired}
        if (change.address, change.customer) not in wanted:
            return Rechecked(stale=_with_files(sentence("stale_not_asked"), declared))
        facts, part = self._lookups.plan(change.customer, declared.desired, frozenset({change.address}), state)
        options = facts.upgrades.get(change.subscription_id, ())
        now = planning.outcome_of(change, part.changes, part.blocked, part.pending)
        if isinstance(now, Blocked) and now.unread:
            _raise_unread(facts, change.subscription_id)
        done = planning.done_already(change, now, declared.desired, state, part.warnings)
        done = done or planning.superseded(change, state)
        view = View(listing=facts.listing, upgrades=None if isinstance(options, ServiceError) else options)
        if done:
            seen = _seen(part)
            return Rechecked(stale=None, done=done.description, left_to_do=done.left, view=view, seen=seen)
        back = planning.taken_back(change, now, declared.desired, state)
        why = back or planning.undone_since(change, now, state) or planning.why_stale(change, now, part.warnings)
        if why is None and isinstance(now, Change) and not kind_of(now.request).stands_alone:
            why = planning.why_dearer(change, now)
        usable = back or planning.is_usable(change, part.warnings)
        after = self._declared(change.customer)
        return Rechecked(
            stale=self._stale(declared, after, why),
            nothing_left=bool(now is None and usable and planning.means_still(change, state))
            and after.desired == declared.desired,
            change=now if isinstance(now, Change) else None,
            view=view,
            seen=_seen(part),
        )

    def look(self, customer: Customer, state: CustomerState) -> Mapping[str, Live]:
        """Returns live values of a customer's addresses that state lacks; none where the customer can't be read."""
        try:
            _, part = self._lookups.plan(customer, self._workspace.desired_of(customer), frozenset(), state)
        except ServiceError:
            return {}
        return _seen(part)

    def _declared(self, customer: Customer) -> Redeclared:
        """Returns what the manifests declare of a customer at this moment."""
        return self._reread(customer) or Redeclared(desired=self._workspace.desired_of(customer))

    @cached_property
    def _reread(self) -> Rereading:
        return Rereading(self._workspace.estate)

    @staticmethod
    def _stale(before: Redeclared, after: Redeclared, stale: str | None) -> str | None:
        """Returns why a change is stale. The manifests may have changed while the service kept the look waiting."""
        if after.desired != before.desired or after.unusable:
            stale = after.unusable or sentence("stale_manifests_changed")
        return _with_files(stale, after) if stale else None


def _raise_unread(facts: Facts, subscription_id: str) -> None:
    by_id = (answers.get(subscription_id) for answers in (facts.upgrades, facts.transitions, facts.details))
    for answer in (facts.subscriptions, *by_id):
        if isinstance(answer, ServiceError):
            raise answer


def _seen(part: CustomerPlan) -> Mapping[str, Live]:
    return {observed.address.name: observed.live for observed in part.observed}


def _with_files(stale: str, declared: Redeclared) -> str:
    """Returns why a change is stale, with the files that changed since the run read them."""
    files = ", ".join(declared.changed)
    return f"{stale} {sentence('stale_files_changed', files=files)}" if files else stale
