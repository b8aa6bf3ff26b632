"""Moves a customer's state from an earlier name to its present one, under the locks of both."""

from reconciler.applying.journal import Journal
from reconciler.applying.merging import joined
from reconciler.applying.ownership import check_owner
from reconciler.model.customer import Customer
from reconciler.model.name_change import NameChange
from reconciler.model.state import CustomerState
from reconciler.model.state_store import StateStore


def rename_customer(store: StateStore, journal: Journal, change: NameChange, customer: Customer, lineage: str) -> bool:
    """Moves what is stored under an earlier name into the journal's state, and records that; returns False where
    nothing is there.

    It is written under the new name before it is removed from the old one, so that a run that dies in between loses
    nothing: the next one finds both, takes what the first lacks, and removes the other. Neither changes in between:
    both are locked, and no run carries anything out for a tenant that has states under two names. Raises StateConflict
    where the old one was written all the same, and stays; InvalidInput where the two contradict.
    """
    found = store.read(change.old)
    if found is None:
        return False
    check_owner(found.state, customer, lineage, store.location)
    journal.record(lambda state: _recorded(joined(state, found.state, customer), change))
    store.remove(change.old, found.version)
    return True


def _recorded(state: CustomerState, change: NameChange) -> CustomerState:
    """With the change recorded; the same value where a run that died before the earlier name was removed did so."""
    of_customer = (known for known in reversed(state.name_changes) if "/" not in known.old)
    last = next(of_customer, None)
    known = last is not None and (last.old, last.new) == (change.old, change.new)
    return state if known else state.note_names(change)
