"""Lists renewals: reads each customer once, and what a list may leave out of a term that is near. Writes nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC

from reconciler import changes, planning
from reconciler.model.address import Address
from reconciler.model.customer import Customer
from reconciler.model.drift import Unread
from reconciler.model.errors import InvalidInput, RelationshipMissing, ServiceError
from reconciler.model.renewals import Renewals
from reconciler.model.task import Task
from reconciler.operations.coverage import undeclared_customers
from reconciler.operations.customers import no_such_customer
from reconciler.operations.failures import end_if_refused
from reconciler.operations.lookups import Lookups
from reconciler.operations.workspace import Workspace
from reconciler.planning import LABEL, CustomerTerms, Globs
from reconciler.system.threads import in_parallel


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalsWanted:
    """The list that is asked for: the terms that end within so many days, of one customer or of all; `routine` lists
    the plain renewals of monthly terms too. Where `globs` select, it is of these addresses only, and of nothing that
    no manifest declares.
    """

    days: int
    customer: str | None = None
    globs: Globs = field(default_factory=Globs)
    routine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """The facts of one customer: its terms, else the error that hid them; and its open tasks."""

    error: ServiceError | None = None
    terms: CustomerTerms = field(default_factory=CustomerTerms)
    tasks: tuple[Task, ...] = ()


def list_renewals(workspace: Workspace, wanted: RenewalsWanted) -> Renewals:
    """Returns the renewals of the estate. Sends nothing but GETs.

    A customer that can't be read hides no other. Raises InvalidInput for a customer that no manifest declares, the
    errors that end a run (`ENDS_RUN`), and AuthenticationFailed where every customer is refused for a reason that is
    about the partner.
    """
    selected = _selected(workspace, wanted.globs)
    customers, whole = _customers(workspace, wanted, selected), wanted.customer is None and selected is None
    reader = _Reader(
        workspace=workspace,
        lookups=Lookups.of(workspace),
        lineage=workspace.lineage(),
        days=wanted.days,
        selected=selected,
    )
    found = list(in_parallel(reader.read, customers, workspace.settings.parallelism))
    end_if_refused(customer.error for customer in found)
    now = workspace.commerce.now()
    today = now.astimezone(UTC).date()
    ends = [end for customer in found for end in customer.terms.terms]
    listed = [*planning.listed_within(ends, today, wanted.days)]
    return Renewals(
        created_at=now,
        cloud=workspace.settings.cloud,
        observed_from=workspace.observed_from,
        within_days=wanted.days,
        customers=len(customers),
        subscriptions=sum(customer.terms.subscriptions for customer in found),
        terms=tuple(end for end in listed if wanted.routine or not end.routine),
        routine=sum(end.routine and not end.event.over for end in listed),
        priced=workspace.prices is not None,
        months=planning.timeline(planning.months_of(ends), today),
        unread=tuple(_unread(customers, found)),
        tasks=tuple(_tasks(workspace, wanted, found, selected)),
        warnings=(
            *(warning for customer in found for warning in customer.terms.warnings),
            *(undeclared_customers(workspace) if whole else ()),
        ),
    )


def _customers(
    workspace: Workspace, wanted: RenewalsWanted, selected: frozenset[Address] | None
) -> tuple[Customer, ...]:
    """Returns the customers to be read: those of selected addresses, else also those of whom nothing is declared."""
    customers = _chosen(workspace, wanted.customer)
    if selected is not None:
        names = {address.customer for address in selected}
        return tuple(customer for customer in customers if customer.name in names)
    return customers if wanted.customer else (*customers, *_left(workspace))


def _unread(customers: Iterable[Customer], readings: Iterable[_Read]) -> Iterator[Unread]:
    """Yields the customers that could not be read, and the reasons."""
    for customer, read in zip(customers, readings, strict=True):
        if read.error is not None:
            what = " ".join(problem.what for problem in read.error.problems)
            yield Unread(customer=customer, what=what, may_have_left=isinstance(read.error, RelationshipMissing))


def _left(workspace: Workspace) -> Iterator[Customer]:
    """Yields the customers that state still tracks and no manifest declares any more: their terms still renew."""
    declared = {customer.name for customer in workspace.estate.customers}
    for state in workspace.left_states:
        if state.subscriptions and state.customer.name not in declared:
            yield state.customer


def _tasks(
    workspace: Workspace, wanted: RenewalsWanted, readings: Iterable[_Read], selected: frozenset[Address] | None
) -> Iterator[Task]:
    """Yields what earlier changes left for people to do; of all of the estate also of whom nothing is declared now."""
    for read in readings:
        yield from (task for task in read.tasks if selected is None or selected & {*task.addresses})
    declared = {known.name for known in workspace.estate.customers}
    for state in workspace.left_states if wanted.customer is None and selected is None else ():
        if state.customer.name not in declared:
            yield from changes.open_tasks(workspace.rearranged(state).state)


def _chosen(workspace: Workspace, name: str | None) -> tuple[Customer, ...]:
    """The estate's customers, the one of this name, or those that have a label."""
    if name is None:
        return workspace.estate.customers
    if name.startswith(LABEL):
        declared = workspace.estate.desired
        labelled = Globs(target=(name,)).with_labels_of(declared)
        return tuple(workspace.customers_of(labelled.select((item.address for item in declared), "--customer")))
    chosen = tuple(customer for customer in workspace.estate.customers if customer.name == name)
    if not chosen:
        raise InvalidInput(no_such_customer(workspace.estate, name))
    return chosen


def _selected(workspace: Workspace, globs: Globs) -> frozenset[Address] | None:
    """The addresses that are selected; None where nothing selects any. Raises InvalidInput as `Globs.select` does."""
    declared = workspace.estate.desired
    if globs == Globs():
        return None
    addresses = [desired.address for desired in declared]
    return globs.with_labels_of(declared).select(addresses, present_name=workspace.estate.present_name)


@dataclass(frozen=True, kw_only=True)
class _Reader:
    """Reads customers; safe between threads."""

    workspace: Workspace
    lookups: Lookups
    lineage: str | None
    days: int
    selected: frozenset[Address] | None

    def read(self, customer: Customer) -> _Read:
        """Returns the terms of a customer, or why they could not be read; and what is left to do of it either way."""
        state = self.workspace.state_of(customer, self.lineage)
        tasks = changes.open_tasks(state) if state else ()
        facts = self.lookups.read(customer, self.workspace.desired_of(customer), state)
        if facts.unread is not None:
            return _Read(error=facts.unread, tasks=tasks)
        circumstances = self.lookups.circumstances()
        found = planning.customer_terms(facts, circumstances, self.days, self.selected)
        if found.questions:
            facts = self.lookups.answered(facts, found.questions)
            found = planning.customer_terms(facts, circumstances, self.days, self.selected)
            found = replace(found, questions=frozenset())
        return _Read(terms=found, tasks=tasks)
