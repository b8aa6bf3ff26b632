"""`forget`: stops tracking addresses. The subscriptions stay as they are."""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager

from reconciler import advice, changes
from reconciler.advice import problem
from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.commerce import Commerce
from reconciler.model.customer import Customer
from reconciler.model.errors import InvalidInput
from reconciler.model.pending import Pending
from reconciler.model.renewal import SCHEDULED, EndOfTerm
from reconciler.model.state import CustomerState
from reconciler.model.withheld import shown_selection
from reconciler.operations.repair.context import RepairContext
from reconciler.operations.repair.reads import bound_of, clocks_of
from reconciler.operations.repair.unsettled import doubt_of, refuse_doubted, refuse_invisible, refuse_pending
from reconciler.operations.states import read_states
from reconciler.planning import Globs


def forget_address(
    repair: RepairContext, address: Address, connected: Callable[[], AbstractContextManager[Commerce]]
) -> str:
    """Stops tracking an address that no manifest declares any more, and returns a sentence on it.

    Only where time decides, since a purchase of it may still show, the service is asked for the time.
    """
    if repair.declared(address):
        raise InvalidInput(problem("still_declared", address, address=address))
    standing = doubted = ""

    def step(state: CustomerState) -> CustomerState:
        nonlocal standing, doubted
        bound = bound_of(state, address)
        _refuse_renamed_entry(repair, bound, address)
        refuse_pending(state, address)
        standing = _standing_note(bound)
        if not bound.visible or doubt_of(state, address):
            clocks = clocks_of(connected, state.customer)
            refuse_doubted(state, address, clocks)
            refuse_invisible(bound, address, clocks, "forgetting it")
        doubted = _never_known_note(doubt_of(state, address))
        return state.forget([address.name]).note_names(repair.name_change(address, None))

    repair.amend(repair.remembered(address), "forget", step)
    return " ".join(filter(None, (advice.sentence("forgotten", address=address), standing, doubted)))


def tracked(repair: RepairContext, patterns: Iterable[str]) -> tuple[Address, ...]:
    """Returns the addresses in state that addresses, customers' names and globs match, sorted. Raises InvalidInput
    for one that matches nothing.
    """
    states = read_states(repair.store, repair.lineage)
    known = [state.address(name) for state in states for name in sorted({*state.subscriptions, *state.pending})]
    addresses: set[Address] = set()
    for pattern in patterns:
        matched = set(filter(Globs(target=(pattern,)).chooses, known))
        if not matched:
            shown = shown_selection(pattern)
            raise InvalidInput(problem("nothing_tracked_matches", shown, glob=shown))
        addresses |= matched
    return tuple(sorted(addresses))


def refuse_declared(repair: RepairContext, addresses: Collection[Address]) -> None:
    """Raises InvalidInput where manifests declare all of the addresses: there is nothing to ask about."""
    if not all(map(repair.declared, addresses)):
        return
    if len(addresses) > 1:
        raise InvalidInput(problem("all_still_declared", count=len(addresses)))
    for address in addresses:
        raise InvalidInput(problem("still_declared", address, address=address))


def before_forgetting(repair: RepairContext, addresses: Iterable[Address]) -> Mapping[Address, tuple[Customer, str]]:
    """Returns the customer of each address, and what is to be known of it before it is forgotten: that it stays, since
    a manifest declares it, or what stays scheduled for its subscription; empty where nothing is.
    """
    states = {state.customer.name: state for state in read_states(repair.store, repair.lineage)}
    notes: dict[Address, tuple[Customer, str]] = {}
    for address in addresses:
        bound = states[address.customer].subscriptions.get(address.name)
        standing = _standing_note(bound) if bound else ""
        note = advice.sentence("stays_declared") if repair.declared(address) else standing
        notes[address] = states[address.customer].customer, note
    return notes


def _refuse_renamed_entry(repair: RepairContext, bound: Bound, address: Address) -> None:
    """Refuses to forget what a renamed entry still means: without its history it might be bought again."""
    heir = next((desired.address for desired in repair.estate.desired if desired.subscription_id in bound.chain), None)
    if heir is not None and heir.customer != address.customer:
        raise InvalidInput(
            problem("declared_by_another_customer", address, heir=heir, customer=address.customer, address=address)
        )
    if heir is not None:
        raise InvalidInput(problem("renamed_entry", address, heir=heir, address=address))


def _never_known_note(doubt: Pending | None) -> str:
    """Returns a note on a change whose outcome was never known, of an address that is tracked no more."""
    if doubt is None:
        return ""
    wanted = changes.of(doubt.request).wanted(doubt.request)
    return advice.sentence("forgotten_in_doubt", sent=f"{doubt.sent_at:%Y-%m-%d}", wanted=wanted)


def _standing_note(bound: Bound) -> str:
    """Returns what this estate scheduled for a subscription that is tracked no more, and stays; empty for nothing."""
    then = bound.renewal
    if bound.scheduled_by is None or then is None or then.outcome not in SCHEDULED:
        return ""
    date = f"{bound.term_ends:%Y-%m-%d}" if bound.term_ends else ""
    code = "end_stands" if then.outcome == EndOfTerm.ENDS else "schedule_stands"
    return advice.sentence(code, date=date, seats=then.quantity, now=bound.quantity)
