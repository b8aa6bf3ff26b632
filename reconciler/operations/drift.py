"""Finds drift: reads each customer once, and by itself what its list may leave out; compares; and reads the service's
log for who did it. Writes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from reconciler import changes, planning
from reconciler.advice import sentence
from reconciler.model.address import Address
from reconciler.model.alarm import PREVIOUS_ACTIVE, STANDING, SUBSCRIPTION_UNREADABLE, Alarm
from reconciler.model.audit import AuditRecord, causes
from reconciler.model.binding import Bound
from reconciler.model.commerce import Account
from reconciler.model.customer import Customer
from reconciler.model.desired import Desired
from reconciler.model.drift import DriftReport, Moved, Undeclared, Unread
from reconciler.model.errors import ENDS_RUN, RelationshipMissing, ServiceError
from reconciler.model.order import order_key
from reconciler.model.plan import Drift
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Listing
from reconciler.model.task import Task
from reconciler.model.unsettled import Unsettled
from reconciler.operations.coverage import known_tenants, partners_customers
from reconciler.operations.drift_part import Part
from reconciler.operations.drift_remains import remains_of
from reconciler.operations.failures import end_if_refused
from reconciler.operations.lookups import Lookups
from reconciler.operations.workspace import Workspace
from reconciler.planning import Circumstances, Facts, Globs
from reconciler.system.threads import in_parallel

_REPORTED = {PREVIOUS_ACTIVE, SUBSCRIPTION_UNREADABLE, *STANDING}


@dataclass(frozen=True, slots=True, kw_only=True)
class _CustomerDrift:
    """The findings of one customer."""

    compared: int = 0
    unseen: int = 0
    unfinished: int = 0
    unread_addresses: int = 0
    moved: tuple[Moved, ...] = ()
    undeclared: tuple[Undeclared, ...] = ()
    left: tuple[Address, ...] = ()
    warnings: tuple[Alarm, ...] = ()
    unread: tuple[Unread, ...] = ()
    pending: tuple[Unsettled, ...] = ()
    tasks: tuple[Task, ...] = ()
    refused: ServiceError | None = None
    state: CustomerState | None = None


def find_drift(workspace: Workspace, globs: Globs | None = None) -> DriftReport:
    """Returns what changed outside since state last saw it, over the whole estate or what `globs` select. Sends nothing
    but GETs.

    Customers that no manifest declares are told of the whole estate: the partner's list of customers is one request. A
    customer that can't be read hides no other. Raises InvalidInput as `Globs.select` does, the errors that end a run
    (`ENDS_RUN`), AuthenticationFailed also where every customer is refused for a reason that is about the partner.
    """
    part = Part.of(workspace, globs or Globs())
    found = _drift_of_customers(part)
    gone = part.left_states()
    pending = tuple(item for customer in found for item in customer.pending)
    remains = remains_of(
        part,
        gone,
        left=[address for customer in found for address in customer.left],
        states=[customer.state for customer in found if customer.state],
        open_at={item.address for item in pending},
    )
    unread = tuple(item for customer in found for item in customer.unread)
    accounts = partners_customers(workspace.commerce) if part.whole or unread else ()
    listed = accounts if isinstance(accounts, tuple) else None
    tenants = None if listed is None else {account.tenant for account in listed}
    return DriftReport(
        created_at=workspace.commerce.now(),
        cloud=workspace.settings.cloud,
        selection=part.shown(),
        customers=len(found),
        compared=sum(customer.compared for customer in found),
        unseen=sum(customer.unseen for customer in found),
        unfinished=sum(customer.unfinished for customer in found),
        unread_addresses=sum(customer.unread_addresses for customer in found),
        moved=tuple(item for customer in found for item in customer.moved),
        undeclared=tuple(item for customer in found for item in customer.undeclared),
        left=remains.addresses,
        unbought=remains.unbought,
        vanished=remains.vanished,
        warnings=(*(item for customer in found for item in customer.warnings), *remains.warnings),
        unread=tuple(_listed(item, tenants) for item in unread),
        undeclared_customers=_undeclared_customers(part, listed),
        not_listed=_sentences(accounts) if part.whole and isinstance(accounts, ServiceError) else "",
        pending=pending,
        tasks=(
            *part.tasks(task for state in gone for task in changes.open_tasks(state)),
            *(task for customer in found for task in customer.tasks),
        ),
    )


def _undeclared_customers(part: Part, listed: tuple[Account, ...] | None) -> tuple[Account, ...]:
    """Returns those of the partner's customers that no manifest declares; none where a part is looked at."""
    return planning.undeclared_customers(listed, known_tenants(part.workspace)) if part.whole and listed else ()


def _drift_of_customers(part: Part) -> list[_CustomerDrift]:
    """Compares each customer, several at once. Raises AuthenticationFailed as `find_drift` does."""
    workspace = part.workspace
    looker = _Looker(workspace=workspace, part=part, lookups=Lookups.of(workspace), lineage=workspace.lineage())
    found = list(in_parallel(looker.customer, part.customers, workspace.settings.parallelism))
    end_if_refused(customer.refused for customer in found)
    return found


def _to_be_bought(facts: Facts, desired: Desired) -> bool:
    """Returns whether nothing is there yet of what an entry orders: there is nothing to compare."""
    bound = facts.bound(desired.address.name)
    return order_key(bound.id if bound else desired.subscription_id) is not None


def _known(facts: Facts) -> tuple[Mapping[Address, Bound], int]:
    """Returns what state knows of the selected addresses, and how many it does not know: orders of which nothing is
    bought apart.
    """
    selected = (item for item in facts.desired if item.address in facts.selected)
    there = [item for item in selected if not _to_be_bought(facts, item)]
    bound = {item.address: seen for item in there if (seen := facts.bound(item.address.name))}
    return bound, len(there) - len(bound)


@dataclass(frozen=True, kw_only=True)
class _Looker:
    """Compares customers with state; safe between threads."""

    workspace: Workspace
    part: Part
    lookups: Lookups
    lineage: str | None

    def customer(self, customer: Customer) -> _CustomerDrift:
        try:
            listing = self.workspace.commerce.subscriptions(customer.tenant)
        except ENDS_RUN:
            raise
        except ServiceError as error:
            return self._unread(customer, error)
        facts, circumstances = self._facts(customer, listing), self._circumstances()
        unread = planning.term_warnings(facts, circumstances).questions
        facts = self.lookups.answered(facts, unread)
        of_terms = planning.term_warnings(facts, circumstances).alarms
        plan = planning.plan_customer(facts, circumstances)
        moves = self.workspace.estate.moves_of(customer.name)
        bound, unseen = _known(facts)
        open_at = {item.address for item in plan.pending}
        unfinished = sum(not seen.visible or address in open_at for address, seen in bound.items())
        return _CustomerDrift(
            compared=len(bound) - unfinished,
            unfinished=unfinished,
            unseen=unseen,
            moved=tuple(self._moved(facts, plan.drift, circumstances)),
            undeclared=tuple(planning.undeclared_subscriptions(facts, plan.pending, circumstances.earliest, moves))
            if self.part.holds_all_of(customer)
            else (),
            left=plan.undeclared,
            warnings=self.part.alarms((*of_terms, *(alarm for alarm in plan.warnings if alarm.code in _REPORTED))),
            pending=self._held(plan.pending),
            tasks=self.part.tasks(plan.tasks),
            state=facts.state,
        )

    def _unread(self, customer: Customer, error: ServiceError) -> _CustomerDrift:
        """Returns the findings for which the service is not needed: those of state."""
        facts = self._facts(customer, error)
        bound, unseen = _known(facts)
        plan = planning.plan_customer(facts, self._circumstances())
        return _CustomerDrift(
            unread_addresses=len(bound),
            unseen=unseen,
            left=plan.undeclared,
            unread=(
                Unread(customer=customer, what=_sentences(error), may_have_left=isinstance(error, RelationshipMissing)),
            ),
            pending=self._held(plan.pending),
            tasks=self.part.tasks(plan.tasks),
            refused=error,
            state=facts.state,
        )

    def _held(self, pending: Iterable[Unsettled]) -> tuple[Unsettled, ...]:
        return tuple(item for item in pending if self.part.holds(item.address))

    def _facts(self, customer: Customer, listing: Listing | ServiceError) -> Facts:
        desired = self.workspace.desired_of(customer)
        return Facts(
            customer=customer,
            desired=desired,
            selected=self.part.selected.intersection(item.address for item in desired),
            state=self.workspace.state_of(customer, self.lineage),
            subscriptions=listing,
        )

    def _circumstances(self) -> Circumstances:
        commerce, settings = self.workspace.commerce, self.workspace.settings
        return Circumstances(
            now=commerce.now(), lag=commerce.clocks.lag, cloud=settings.cloud, token_kind=commerce.token_kind
        )

    def _moved(self, facts: Facts, drift: Iterable[Drift], circumstances: Circumstances) -> Iterator[Moved]:
        pairs = [
            (change, bound)
            for change in drift
            if self.part.holds(change.address) and (bound := facts.bound(change.address.name))
        ]
        if not pairs:
            return
        records, unnamed = self._log(facts, min(bound.observed_at for _, bound in pairs))
        own = {result.correlation_id for result in facts.state.results} if facts.state else set[str]()
        for change, bound in pairs:
            yield Moved(
                address=change.address,
                customer=facts.customer,
                subscription_id=bound.id,
                seen_at=bound.observed_at,
                differences=change.differences,
                causes=causes(records, {bound.id}, bound.observed_at, own),
                unnamed=unnamed,
                declared=planning.as_declared(facts, change.address, circumstances),
                asked=change.asked,
                left_out=change.left_out,
                left_open=planning.left_open(facts, change.address, circumstances),
            )

    def _log(self, facts: Facts, since: datetime) -> tuple[tuple[AuditRecord, ...], str]:
        """Returns the records of the service's log for the customer, or why there are none."""
        commerce = self.workspace.commerce
        if commerce.audit_missing:
            return (), commerce.audit_missing
        try:
            return commerce.audit(facts.customer.tenant, since), ""
        except ServiceError as error:
            return (), _sentences(error)


def _listed(unread: Unread, tenants: AbstractSet[str] | None) -> Unread:
    """The customer that could not be read, with what the partner's list of customers says of it."""
    if tenants is None or unread.customer.tenant in tenants:
        return unread
    what = f"{unread.what} {sentence('not_listed_as_customer')}"
    return replace(unread, what=what, may_have_left=True)


def _sentences(error: ServiceError) -> str:
    return " ".join(problem.what for problem in error.problems)
