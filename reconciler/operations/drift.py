"""Looks for drift: reads each customer once, compares, and asks the service's log who did it. Writes nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from reconciler import planning
from reconciler.model.address import Address
from reconciler.model.audit import AuditRecord, causes
from reconciler.model.drift import DriftReport, Moved, Undeclared, Unread
from reconciler.model.errors import ENDS_RUN, ServiceError
from reconciler.model.plan import SUBSCRIPTION_UNREADABLE, Alarm, Drift
from reconciler.model.subscription import Customer, Desired, Listing
from reconciler.operations.failures import end_if_refused
from reconciler.operations.workspace import Workspace
from reconciler.planning import Circumstances, Facts
from reconciler.system.threads import each

_REPORTED = {"previous_subscription_active", SUBSCRIPTION_UNREADABLE}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What one customer comes to."""

    compared: int = 0
    unseen: int = 0
    moved: tuple[Moved, ...] = ()
    undeclared: tuple[Undeclared, ...] = ()
    left: tuple[Address, ...] = ()
    warnings: tuple[Alarm, ...] = ()
    unread: tuple[Unread, ...] = ()
    refused: ServiceError | None = None


def find_drift(workspace: Workspace) -> DriftReport:
    """What changed outside since state last saw it, over the whole estate. Sends nothing but GETs.

    A customer that can't be read hides no other. Raises the errors that end a run (`ENDS_RUN`), AuthenticationFailed
    also where every customer is refused for what is about ourselves.
    """
    looker = _Looker(workspace=workspace, lineage=workspace.lineage())
    found = list(each(looker.customer, workspace.estate.customers, workspace.settings.parallelism))
    end_if_refused(one.refused for one in found)
    names = {one.name for one in workspace.estate.customers}
    gone = [workspace.store.read(name) for name in workspace.store.customers() if name not in names]
    left = [one.state.address(name) for one in gone if one for name in one.state.subscriptions]
    return DriftReport(
        created_at=workspace.commerce.now(),
        cloud=workspace.settings.cloud,
        customers=len(found),
        compared=sum(one.compared for one in found),
        unseen=sum(one.unseen for one in found),
        moved=tuple(item for one in found for item in one.moved),
        undeclared=tuple(item for one in found for item in one.undeclared),
        left=(*left, *(item for one in found for item in one.left)),
        warnings=tuple(item for one in found for item in one.warnings),
        unread=tuple(item for one in found for item in one.unread),
    )


@dataclass(frozen=True, kw_only=True)
class _Looker:
    """Looks at one customer after the other; safe between threads."""

    workspace: Workspace
    lineage: str | None

    def customer(self, customer: Customer) -> _Found:
        try:
            listing = self.workspace.commerce.subscriptions(customer.tenant)
        except ENDS_RUN:
            raise
        except ServiceError as error:
            return _Found(unread=(Unread(customer=customer, what=_said(error)),), refused=error)
        facts = self._facts(customer, listing)
        part = planning.plan_customer(facts, self._circumstances())
        seen = [one for one in facts.desired if facts.bound(one.address.name)]
        return _Found(
            compared=len(seen),
            unseen=len(facts.desired) - len(seen),
            moved=tuple(self._moved(facts, part.drift)),
            undeclared=tuple(_undeclared(facts)),
            left=part.undeclared,
            warnings=tuple(alarm for alarm in part.warnings if alarm.code in _REPORTED),
        )

    def _facts(self, customer: Customer, listing: Listing) -> Facts:
        desired: tuple[Desired, ...] = self.workspace.desired_of(customer)
        return Facts(
            customer=customer,
            desired=desired,
            selected=frozenset(one.address for one in desired),
            state=self.workspace.state_of(customer, self.lineage),
            subscriptions=listing,
        )

    def _circumstances(self) -> Circumstances:
        commerce, settings = self.workspace.commerce, self.workspace.settings
        return Circumstances(now=commerce.now(), cloud=settings.cloud, token_kind=commerce.token_kind)

    def _moved(self, facts: Facts, drift: Iterable[Drift]) -> Iterator[Moved]:
        pairs = [(one, bound) for one in drift if (bound := facts.bound(one.address.name))]
        if not pairs:
            return
        records, unnamed = self._log(facts, min(bound.observed_at for _, bound in pairs))
        own = {one.correlation_id for one in facts.state.results} if facts.state else set[str]()
        for one, bound in pairs:
            yield Moved(
                address=one.address,
                customer=facts.customer,
                subscription_id=bound.id,
                seen_at=bound.observed_at,
                differences=one.differences,
                causes=causes(records, {bound.id}, bound.observed_at, own),
                unnamed=unnamed,
            )

    def _log(self, facts: Facts, since: datetime) -> tuple[tuple[AuditRecord, ...], str]:
        """What the service's log says of the customer; else why it says nothing."""
        commerce = self.workspace.commerce
        if commerce.audit_missing:
            return (), commerce.audit_missing
        try:
            return commerce.audit(facts.customer.tenant, since), ""
        except ServiceError as error:
            return (), _said(error)


def _undeclared(facts: Facts) -> Iterator[Undeclared]:
    """A trial is none: it ends by itself."""
    for live in facts.lives.values():
        if live.active and not live.is_trial and live.id not in facts.managed_ids:
            yield Undeclared(
                customer=facts.customer,
                subscription_id=live.id,
                offer_id=live.offer.id,
                offer_name=live.offer.name,
                quantity=live.quantity,
                add_on=live.is_add_on,
            )


def _said(error: ServiceError) -> str:
    return " ".join(problem.what for problem in error.problems)
