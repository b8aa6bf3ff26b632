"""Checks that a state location and a stored state are those of this estate, before anything else is read of them."""

from reconciler.advice import problem
from reconciler.model.customer import Customer
from reconciler.model.errors import WrongLineage, WrongTenant
from reconciler.model.state import CustomerState
from reconciler.model.state_store import StateStore


def lineage_of(store: StateStore, expected: str | None = None) -> str | None:
    """The location's lineage; None where the location is new.

    Raises WrongLineage where it holds states and has lost what says whose they are (a new lineage would disown them),
    and where it is not the one that the settings expect.
    """
    found = store.lineage()
    names = () if found else store.customers()
    first = store.read(names[0]) if names else None
    if first is not None:
        data = {"customers": ", ".join(names), "first": names[0], "lineage": first.state.lineage}
        raise WrongLineage(problem("estate_document_missing", store.location, **data))
    if expected is None or found == expected:
        return found
    raise WrongLineage(problem("lineage_unexpected", store.location, lineage=found))


def check_owner(state: CustomerState, customer: Customer, lineage: str | None, location: str) -> None:
    """Raises WrongLineage where a stored state is not of this estate, WrongTenant where it is not of this customer."""
    if lineage is not None and state.lineage != lineage:
        data = {"lineage": state.lineage, "ours": lineage}
        raise WrongLineage(problem("state_of_another_lineage", location, customer=customer.name, **data))
    if state.customer.tenant != customer.tenant:
        data = {"tenant": state.customer.tenant, "declared": customer.tenant, **_let_go(state)}
        raise WrongTenant(problem("state_of_another_tenant", location, customer=customer.name, **data))


def _let_go(state: CustomerState) -> dict[str, str]:
    """Returns since when nothing of a customer is tracked; that something is, where it is."""
    if state.names_in_use:
        return {"tracked": "true"}
    last = state.name_changes[-1] if state.name_changes else None
    return {"let_go": f"{last.at:%Y-%m-%d}, by run {last.run.id}" if last else "an earlier run"}
