"""Refuses a customer under a new name: its name is part of its addresses for ever."""

from collections.abc import Iterable

from reconciler.advice import problem
from reconciler.model.errors import WrongLineage
from reconciler.model.ports import StateStore
from reconciler.model.subscription import Customer
from reconciler.system.threads import each


def refuse_renamed(customers: Iterable[Customer], store: StateStore, parallelism: int = 1) -> None:
    """Raises WrongLineage where the tenant of one of these customers is remembered under another name.

    Under the new name nothing of what was bought or is pending would be known, and it could be bought again. All states
    are read, so many at a time, only where one of these customers has none of its own: before its first apply.
    """
    there = store.customers()
    new = {customer.tenant: customer.name for customer in customers if customer.name not in there}
    if not new:
        return
    for found in each(store.read, there, parallelism):
        if found and found.state.customer.tenant in new:
            raise renamed(found.state.customer, new[found.state.customer.tenant], store.location)


def renamed(before: Customer, now: str, location: str) -> WrongLineage:
    """The refusal to take a customer for a new one because its manifest calls it otherwise."""
    return WrongLineage(
        problem("customer_called_otherwise", location, tenant=before.tenant, before=before.name, now=now)
    )
