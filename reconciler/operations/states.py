"""Reads state, for commands that show it: never another estate's."""

from reconciler.applying.ownership import check_owner, lineage_of
from reconciler.model.state import CustomerState
from reconciler.model.state_store import StateStore
from reconciler.system.threads import in_parallel


def read_states(store: StateStore, expected: str | None, parallelism: int = 1) -> tuple[CustomerState, ...]:
    """Returns every customer's state, by name, `parallelism` read at a time. `expected` is the lineage that the
    settings name.

    Raises WrongLineage where the location, or a state in it, is of another lineage, and where the location lost its.
    """
    lineage = lineage_of(store, expected)
    found = in_parallel(lambda customer: _read(store, customer, lineage), store.customers(), parallelism)
    return tuple(filter(None, found))


def read_state(store: StateStore, customer: str, expected: str | None) -> CustomerState | None:
    """Returns a customer's state, None where there is none. Raises WrongLineage as `read_states` does."""
    return _read(store, customer, lineage_of(store, expected))


def _read(store: StateStore, customer: str, lineage: str | None) -> CustomerState | None:
    found = store.read(customer)
    if found is None:
        return None
    check_owner(found.state, found.state.customer, lineage, store.location)
    return found.state
