"""`adopt`: binds an address to another live subscription."""

from datetime import datetime

from reconciler import changes
from reconciler.advice import problem, sentence
from reconciler.model.address import Address, canonical
from reconciler.model.binding import Bound
from reconciler.model.commerce import Commerce
from reconciler.model.customer import Customer
from reconciler.model.errors import InvalidInput
from reconciler.model.order import order_id
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Live
from reconciler.operations.customers import EarlierNames, refuse_renamed
from reconciler.operations.repair.context import RepairContext
from reconciler.operations.repair.reads import refuse_unreadable, refuse_while_clocks_disagree
from reconciler.operations.repair.unsettled import doubt_of, refuse_doubted, refuse_invisible, refuse_pending


def adopt_subscription(repair: RepairContext, address: Address, subscription_id: str, commerce: Commerce) -> str:
    """Binds the address to another live subscription: it must exist and be bound or declared nowhere else.

    Returns what was done, in a sentence.
    """
    wanted = canonical(subscription_id)
    customer = _declared_customer(repair, address)
    repair.check_lineage()
    refuse_renamed(customer, EarlierNames(estate=repair.estate, store=repair.store))
    live = _live_of(commerce, customer, subscription_id)
    refuse_while_clocks_disagree(commerce)

    def step(state: CustomerState) -> CustomerState:
        clocks = commerce.clocks
        bound = state.subscriptions.get(address.name)
        refuse_pending(state, address)
        _refuse_owned(state, address, wanted)
        _refuse_open_purchase(state, live, clocks.earliest)
        if bound is None or bound.id != wanted:
            refuse_doubted(state, address, clocks, purchases_only=True)
        if bound and bound.id != wanted:
            refuse_invisible(bound, address, clocks, "binding it to another subscription")
        _refuse_declared_elsewhere(repair, address, wanted)
        before = _chain(repair, state, address, wanted)
        return state.bind(address.name, Bound.to(live, commerce.now(), before))

    repair.amend(customer, "adopt", step)
    return sentence("adopted", address=address, offer=live.offer.name, seats=live.quantity, id=live.id)


def _declared_customer(repair: RepairContext, address: Address) -> Customer:
    """Returns the customer of an address, as the manifests have it."""
    for customer in repair.estate.customers:
        if customer.name == address.customer:
            return customer
    raise InvalidInput(problem("customer_not_declared", address, customer=address.customer))


def _live_of(commerce: Commerce, customer: Customer, wanted: str) -> Live:
    """Returns the customer's live subscription of this id."""
    listing = commerce.subscriptions(customer.tenant)
    refuse_unreadable(listing, canonical(wanted))
    live = listing.find(canonical(wanted))
    if live is None:
        raise InvalidInput(problem("no_such_subscription", wanted, customer=customer.name, id=wanted))
    return live


def _refuse_owned(state: CustomerState, address: Address, wanted: str) -> None:
    """Refuses a subscription that another address has or had, or of which a change is open under another address."""
    owner = state.claimed_by(wanted)
    if owner and owner != address.name:
        code = "subscription_bound" if owner in state.subscriptions else "subscription_in_change"
        raise InvalidInput(problem(code, address, id=wanted, owner=state.address(owner), address=address))


def _refuse_open_purchase(state: CustomerState, live: Live, now: datetime) -> None:
    """Refuses to bind what a change without an answer may have bought, whatever its quantity is by now: the purchase
    would never be recorded.
    """
    pending = changes.open_purchase(state, live, now)
    if pending:
        owner = state.address(state.name_of(pending))
        raise InvalidInput(problem("maybe_bought", live.id, id=live.id, address=owner))


def _refuse_declared_elsewhere(repair: RepairContext, address: Address, wanted: str) -> None:
    """Refuses the subscription of another entry: one that was never applied lays claim to it all the same."""
    for desired in repair.estate.desired:
        if desired.subscription_id == wanted and desired.address != address:
            raise InvalidInput(
                problem("declared_elsewhere", address, id=wanted, other=desired.address, address=address)
            )


def _chain(repair: RepairContext, state: CustomerState, address: Address, wanted: str) -> tuple[str, ...]:
    """Returns the ids that lead to the adopted one, so that a manifest which names an earlier one still means this
    address.

    Where the manifest names the adopted one itself, what was before is no part of it, unless something of it has
    not come to its end.
    """
    declared, bound = repair.declared(address), state.subscriptions.get(address.name)
    unfinished = bound is not None and (not bound.visible or doubt_of(state, address) is not None)
    ordered = (order_id(declared.order),) if declared and declared.order else ()
    if declared is None or (declared.subscription_id == wanted and not unfinished):
        return ordered
    chain = bound.chain if bound else (declared.subscription_id,)
    return tuple(dict.fromkeys(identity for identity in (*ordered, *chain) if identity != wanted))
