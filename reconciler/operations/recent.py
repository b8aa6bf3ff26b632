"""Plans with a snapshot of some time ago and the service's log since: what changed is read again, nothing else is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from reconciler import advice, planning
from reconciler.documents.snapshot import Snapshot
from reconciler.model.address import Address
from reconciler.model.audit import AuditRecord
from reconciler.model.commerce import Commerce
from reconciler.model.customer import Customer
from reconciler.model.desired import Desired
from reconciler.model.errors import InvalidInput, ServiceError
from reconciler.model.recent import NOT_SEEN, ReadAgain, Recent, WhyRead
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Listing
from reconciler.model.utc import utc_minute
from reconciler.operations.lookups import Lookups
from reconciler.operations.workspace import Workspace
from reconciler.planning import CustomerPlan, Facts
from reconciler.snapshot import Replay


@dataclass(frozen=True, kw_only=True)
class RecentLookups:
    """Plans customers as `Lookups` does; those that nothing has touched since the snapshot without a request.

    `listed` are the tenants of the partner's customers, where the plan reads their list. `everything` says why each of
    them is read live all the same. What became of each customer is noted for the plan.
    Safe between threads.
    """

    live: Lookups
    recorded: Commerce | None = None
    as_of: datetime | None = None
    log_since: datetime | None = None
    named: planning.Named = field(default_factory=planning.Named)
    listed: frozenset[str] | None = None
    everything: str = ""
    _again: dict[str, tuple[WhyRead, ...]] = field(default_factory=dict, init=False)
    _kept: set[str] = field(default_factory=set, init=False)

    def plan(
        self,
        customer: Customer,
        desired: Sequence[Desired],
        selected: frozenset[Address],
        state: CustomerState | None,
    ) -> tuple[Facts, CustomerPlan]:
        """Returns the customer's plan, and the facts it was made from."""
        if not self.everything and self.recorded is not None and self.as_of is not None:
            facts = self.live.read_from(self.recorded, customer, desired, state, selected)
            circumstances = self.live.circumstances()
            why = planning.why_read(facts, self.named, self.as_of, circumstances.now, self.listed)
            part = CustomerPlan() if why else planning.plan_customer(facts, circumstances)
            if not why and not planning.something_to_do(part):
                self._kept.add(customer.name)
                return facts, part
            self._again[customer.name] = why or ("something_to_do",)
        return self.live.plan(customer, desired, selected, state)

    def keeps(self, customer: Customer) -> bool:
        """Returns whether the customer was planned as the snapshot has it."""
        return customer.name in self._kept

    def dated(self, customer: Customer, part: CustomerPlan) -> CustomerPlan:
        """Returns the part of a customer with the age of what is said of it. What is old is not recorded as seen."""
        if self.as_of is None or not self.keeps(customer):
            return part
        age = advice.sentence("seen_as_of", time=utc_minute(self.as_of))
        dated = (replace(alarm, description=f"{alarm.description} {age}") for alarm in part.warnings)
        return replace(part, observed=(), warnings=tuple(dated))

    @property
    def noted(self) -> Recent:
        """The plan's account of it, once every customer is planned."""
        return Recent(
            as_of=self.as_of,
            log_since=self.log_since,
            kept=len(self._kept),
            again=tuple(ReadAgain(customer=name, reasons=why) for name, why in sorted(self._again.items())),
            everything=self.everything,
            not_seen=NOT_SEEN if self._kept else (),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentSnapshot:
    """The newest snapshot of a folder, and its file. Without one, `missing` says why there is none."""

    file: str = ""
    snapshot: Snapshot | None = None
    missing: str = ""

    def lookups(self, workspace: Workspace, live: Lookups) -> RecentLookups:
        """Returns the lookups with what the log says since the snapshot. The log costs a request for a page.

        Raises InvalidInput where the snapshot is of another lineage than the state location.
        """
        if self.snapshot is None:
            return RecentLookups(live=live, everything=self.missing)
        self._refuse_foreign(workspace.lineage())
        as_of = self.snapshot.begun_at or self.snapshot.taken_at
        whole = RecentLookups(live=live, as_of=as_of)
        if why := _unlogged(self.snapshot, workspace.commerce):
            return replace(whole, everything=why)
        since = planning.log_wanted(as_of)
        records = _records(workspace.commerce, since)
        # only now is it the service's time
        if why := planning.uncovered(as_of, workspace.commerce.now()):
            return replace(whole, everything=why)
        if isinstance(records, ServiceError):
            why = " ".join(problem.what for problem in records.problems).rstrip(".")
            return replace(whole, everything=advice.sentence("log_unread", why=why))
        named = planning.named_by(records, _listings(self.snapshot))
        if named.unplaced:
            why = advice.sentence("log_names_no_customer", operation=named.unplaced.operation)
            return replace(whole, log_since=since, everything=why)
        return replace(whole, log_since=since, named=named, recorded=Replay(self.snapshot))

    def _refuse_foreign(self, lineage: str | None) -> None:
        found = self.snapshot and self.snapshot.lineage
        if found not in {None, lineage}:
            known = {"lineage": found, "ours": lineage or "none"}
            raise InvalidInput(advice.problem("snapshot_of_another_lineage", self.file, **known))


def _unlogged(snapshot: Snapshot, commerce: Commerce) -> str:
    """Returns why no log can tell what changed since the snapshot; empty where one may."""
    if snapshot.begun_at is None:
        return advice.sentence("snapshot_without_beginning")
    missing = commerce.audit_missing
    return advice.sentence("cloud_without_log", why=missing.rstrip(".")) if missing else ""


def _records(commerce: Commerce, since: datetime) -> tuple[AuditRecord, ...] | ServiceError:
    try:
        return commerce.audit(None, since)
    except ServiceError as error:
        return error


def _listings(snapshot: Snapshot) -> Mapping[str, Listing]:
    return {customer.tenant: Listing(lives=customer.subscriptions) for customer in snapshot.customers}
