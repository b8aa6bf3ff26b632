"""`state mv`: renames an address or a customer, with everything remembered of it."""

from contextlib import ExitStack

from reconciler.advice import problem, sentence
from reconciler.applying.journal import Journal
from reconciler.applying.renaming import rename_customer
from reconciler.model.address import Address
from reconciler.model.customer import Customer
from reconciler.model.errors import InvalidInput, StateMissing
from reconciler.model.state import CustomerState
from reconciler.operations.repair.context import RepairContext
from reconciler.operations.repair.reads import bound_of
from reconciler.operations.states import read_states
from reconciler.operations.untracked import unremembered


def move_address(repair: RepairContext, old: Address, new: Address) -> str:
    """Renames an address within its customer, and returns a sentence on it."""
    if old.customer != new.customer:
        customers = {"from": old.customer, "to": new.customer}
        raise InvalidInput(problem("another_customer", old, old=old, new=new, **customers))

    def step(state: CustomerState) -> CustomerState:
        _refuse_untracked(state, old)
        _refuse_name_in_use(state, new)
        return state.move({old.name: new.name}).note_names(repair.name_change(old, new))

    repair.amend(repair.remembered(old), "state mv", step)
    return sentence("address_moved", old=old, new=new)


def move_customer(repair: RepairContext, old: str, new: str) -> str:
    """Moves everything remembered of a customer to another name of it, and returns a sentence on it. A customer is its
    tenant.
    """
    with ExitStack() as locks:
        for name in sorted({old, new}):
            locks.enter_context(repair.store.lock(name, "state mv", repair.run))
        stored = repair.store.read(old)
        if stored is None:
            raise StateMissing(unremembered(old, read_states(repair.store, repair.lineage)))
        customer = Customer(name=new, tenant=stored.state.customer.tenant)
        _refuse_another_tenant(repair, customer, old)
        lineage = repair.established_lineage()
        journal = Journal(repair.store, customer, lineage)
        rename_customer(repair.store, journal, repair.name_change(old, new), customer, lineage)
    return sentence("customer_moved", old=old, new=new)


def _refuse_untracked(state: CustomerState, address: Address) -> None:
    """Refuses what state knows nothing of: no binding, nothing pending, nothing in doubt."""
    if not any(state.claimed_by(change.subscription_id) == address.name for change in state.open_changes()):
        bound_of(state, address)


def _refuse_name_in_use(state: CustomerState, new: Address) -> None:
    """Refuses a name that means something, or under which something was sent that may still turn out to be done."""
    if new.name in state.names_in_use:
        raise InvalidInput(problem("name_in_use", new, address=new))


def _refuse_another_tenant(repair: RepairContext, customer: Customer, old: str) -> None:
    for declared in repair.estate.customers:
        if declared.name == customer.name and declared.tenant != customer.tenant:
            data = {"old": old, "new": customer.name, "tenant": customer.tenant, "declared": declared.tenant}
            raise InvalidInput(problem("customer_of_another_tenant", old, **data))
