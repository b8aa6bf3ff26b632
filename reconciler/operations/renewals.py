"""Lists renewals: reads each customer once, and what a list may leave out of a term that is near. Writes nothing."""

from dataclasses import dataclass, field, replace
from datetime import UTC

from reconciler import advice, planning
from reconciler.model.address import Address
from reconciler.model.drift import Unread
from reconciler.model.errors import InvalidInput, ServiceError
from reconciler.model.renewals import Renewals
from reconciler.model.subscription import Customer
from reconciler.operations.failures import end_if_refused
from reconciler.operations.lookups import Lookups
from reconciler.operations.workspace import Workspace
from reconciler.planning import CustomerTerms, Globs
from reconciler.system.threads import each


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalsWanted:
    """The list that is asked for: the terms that end within so many days, of one customer or of all; `every` lists the
    plain renewals of monthly terms too. Where `globs` select, it is of these addresses only, and of nothing that no
    manifest declares.
    """

    days: int
    customer: str | None = None
    globs: Globs = field(default_factory=Globs)
    every: bool = False


def list_renewals(workspace: Workspace, wanted: RenewalsWanted) -> Renewals:
    """Returns the renewals of the estate. Sends nothing but GETs.

    A customer that can't be read hides no other. Raises InvalidInput for a customer that no manifest declares, the
    errors that end a run (`ENDS_RUN`), and AuthenticationFailed where every customer is refused for a reason that is
    about the partner.
    """
    customers, selected = _chosen(workspace, wanted.customer), _selected(workspace, wanted.globs)
    if selected is not None:
        names = {address.customer for address in selected}
        customers = tuple(customer for customer in customers if customer.name in names)
    reader = _Reader(
        workspace=workspace,
        lookups=Lookups.of(workspace),
        lineage=workspace.lineage(),
        days=wanted.days,
        selected=selected,
    )
    found = list(each(reader.terms, customers, workspace.settings.parallelism))
    end_if_refused(error for error, _ in found)
    now = workspace.commerce.now()
    today = now.astimezone(UTC).date()
    ends = [end for _, of_customer in found for end in of_customer.terms]
    listed = [*planning.listed_within(ends, today, wanted.days)]
    unread = (
        Unread(customer=customer, what=" ".join(problem.what for problem in error.problems))
        for customer, (error, _) in zip(customers, found, strict=True)
        if error is not None
    )
    return Renewals(
        created_at=now,
        cloud=workspace.settings.cloud,
        observed_from=workspace.observed_from,
        within_days=wanted.days,
        customers=len(customers),
        subscriptions=sum(of_customer.subscriptions for _, of_customer in found),
        terms=tuple(end for end in listed if wanted.every or not end.routine),
        routine=sum(end.routine and not end.event.over for end in listed),
        months=planning.timeline(planning.months_of(ends), today),
        unread=tuple(unread),
    )


def _chosen(workspace: Workspace, name: str | None) -> tuple[Customer, ...]:
    """The estate's customers, or the one of this name."""
    if name is None:
        return workspace.estate.customers
    chosen = tuple(customer for customer in workspace.estate.customers if customer.name == name)
    if not chosen:
        raise InvalidInput(advice.problem("no_such_customer", customer=name))
    return chosen


def _selected(workspace: Workspace, globs: Globs) -> frozenset[Address] | None:
    """The addresses that are selected; None where nothing selects any. Raises InvalidInput as `Globs.select` does."""
    declared = workspace.estate.desired
    if globs == Globs():
        return None
    return globs.with_labels_of(declared).select(desired.address for desired in declared)


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """Reads customers; safe between threads."""

    workspace: Workspace
    lookups: Lookups
    lineage: str | None
    days: int
    selected: frozenset[Address] | None

    def terms(self, customer: Customer) -> tuple[ServiceError | None, CustomerTerms]:
        """Returns the terms of a customer, or why they could not be read."""
        facts = self.lookups.read(
            customer, self.workspace.desired_of(customer), self.workspace.state_of(customer, self.lineage)
        )
        if facts.unread is not None:
            return facts.unread, CustomerTerms()
        circumstances = self.lookups.circumstances()
        found = planning.customer_terms(facts, circumstances, self.days, self.selected)
        if found.questions:
            facts = self.lookups.answered(facts, found.questions)
            found = planning.customer_terms(facts, circumstances, self.days, self.selected)
            found = replace(found, questions=frozenset())
        return None, found
