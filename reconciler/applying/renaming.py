"""Moves a customer's state from an earlier name to its present one, under the locks of both."""

from reconciler.applying.journal import Journal, check_owner
from reconciler.applying.merging import joined
from reconciler.model.customer import Customer
from reconciler.model.state_store import StateStore


def rename_customer(store: StateStore, journal: Journal, earlier: str, customer: Customer, lineage: str) -> bool:
    """Moves what is stored under an earlier name into the journal's state; returns False where nothing is there.

    It is written under the new name before it is removed from the old one, so that a run that dies in between loses
    nothing: the next one finds both, takes what the first lacks, and removes the other. Neither changes in between:
    both are locked, and no run carries anything out for a tenant that has states under two names. Raises StateConflict
    where the old one was written all the same, and stays; InvalidInput where the two contradict.
    """
    found = store.read(earlier)
    if found is None:
        return False
    check_owner(found.state, customer, lineage, store.location)
    journal.record(lambda state: joined(state, found.state, customer))
    store.remove(earlier, found.version)
    return True
