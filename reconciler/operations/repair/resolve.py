"""`state resolve`: settles a change whose outcome is unknown by what a person found."""

from collections.abc import Collection, Iterable

from reconciler import changes
from reconciler.advice import problem, sentence
from reconciler.model.address import Address, canonical
from reconciler.model.commerce import Commerce
from reconciler.model.errors import InvalidInput, StateMissing
from reconciler.model.pending import Pending
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Listing
from reconciler.operations.repair.context import RepairContext
from reconciler.operations.repair.reads import customer_listing, refuse_while_clocks_disagree, view_of
from reconciler.operations.repair.resolve_done import otherwise_note, settled_as_done
from reconciler.operations.repair.resolve_not_done import doubt_note, settled_as_not_done
from reconciler.operations.repair.unknown_outcome import UnknownOutcome
from reconciler.operations.repair.unsettled import doubt_of


def resolve_outcome(
    repair: RepairContext,
    address: Address,
    succeeded: str | None,
    commerce: Commerce,
    not_ours: Collection[str] = (),
) -> tuple[str, ...]:
    """Settles an unknown outcome by what a person found: done, as this subscription; or not done (None).

    Nobody can see what does not show yet. So what is said to be not done stays in doubt for as long as it may show,
    whoever gave it up before; said again, the doubt is lifted. New subscriptions that are `not_ours` were bought by
    somebody else: no pending change of this customer is taken to have made them any more. Returns what is settled and
    what is left, line by line.
    """
    customer = repair.remembered(address)
    listing = customer_listing(commerce, customer)
    refuse_while_clocks_disagree(commerce)
    now, clocks = commerce.now(), commerce.clocks
    foreign = _foreign_ids(listing, map(canonical, not_ours), address)
    otherwise, stored = "", address

    def step(state: CustomerState) -> CustomerState:
        nonlocal otherwise, stored
        state = state.knowing(foreign)
        stored = repair.stored_name(state, address)
        pending = _unsettled(state, stored)
        view = view_of(commerce, customer, pending, listing)
        unknown = UnknownOutcome(
            state=state, address=stored, pending=pending, view=view, clocks=clocks, now=now, run=repair.run
        )
        if succeeded is None:
            return settled_as_not_done(unknown, commerce)
        otherwise = otherwise_note(pending, canonical(succeeded), view)
        return settled_as_done(unknown, canonical(succeeded))

    state = repair.amend(customer, "state resolve", step)
    unread = "" if listing else sentence("resolved_unseen")
    if succeeded is None:
        doubt = doubt_of(state, stored)
        what, *command = doubt_note(doubt, address, clocks, repair.invocation) if doubt else ("",)
        return (_joined(sentence("resolved_as_not_done", address=address), unread, what), *command)
    settled = sentence("resolved_as_done", address=address, id=canonical(succeeded))
    return (_joined(settled, unread, otherwise, *changes.left_to_do(state.results[-1])),)


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _foreign_ids(listing: Listing | None, named: Iterable[str], address: Address) -> frozenset[str]:
    """Returns the named subscriptions. Raises InvalidInput for one that the customer does not have."""
    foreign = frozenset(named)
    if unknown := sorted(foreign - (listing.ids if listing else frozenset())):
        raise InvalidInput(problem("no_subscription_named", address, id=unknown[0]))
    return foreign


def _unsettled(state: CustomerState, address: Address) -> Pending:
    """Returns the address's pending change; where none is, the one that was given up and may still show."""
    pending = next(iter(state.pending_of(address.name)), None) or doubt_of(state, address)
    if pending is None:
        raise StateMissing(problem("nothing_pending", address, address=address))
    return pending
