"""`forget CUSTOMER`: drops the note of a customer's last order, where its state knows nothing of that order."""

from reconciler.advice import sentence
from reconciler.model.order import order_id
from reconciler.operations.repair.context import RepairContext


def lost_order(repair: RepairContext, customer: str) -> str | None:
    """Returns the key of the last order that the estate noted for a customer, where its state does not know it."""
    stored = repair.store.read(customer)
    tenants = (declared.tenant for declared in repair.estate.customers if declared.name == customer)
    tenant = stored.state.customer.tenant if stored else next(tenants, None)
    key = repair.store.last_orders().get(tenant) if tenant else None
    return None if key is None or (stored and stored.state.knows(order_id(key))) else key


def forget_order(repair: RepairContext, customer: str) -> str:
    """Drops the note of a customer's last order, of which its state knows nothing, and returns a sentence on it."""
    repair.check_lineage()
    with repair.store.lock(customer, "forget", repair.run):
        key = lost_order(repair, customer)
        stored = repair.store.read(customer)
        declared = [known for known in repair.estate.customers if known.name == customer]
        repair.store.note_order(stored.state.customer.tenant if stored else declared[0].tenant, None)
    return sentence("order_forgotten", order=key, customer=customer)
