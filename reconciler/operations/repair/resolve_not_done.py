"""`state resolve --not-done`: gives a change up, unless something shows that it was done."""

from dataclasses import replace

from reconciler import changes
from reconciler.advice import problem
from reconciler.applying.audit_log import audit_log
from reconciler.model.address import Address
from reconciler.model.clocks import Clocks
from reconciler.model.commerce import Commerce
from reconciler.model.errors import InvalidInput
from reconciler.model.evidence import Log, Verdict, may_show, open_changes
from reconciler.model.invocation import Invocation
from reconciler.model.pending import Pending
from reconciler.model.result import Outcome, given_up
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Listing, Live
from reconciler.model.utc import utc_minute
from reconciler.operations.repair.unknown_outcome import UnknownOutcome
from reconciler.operations.repair.unsettled import in_doubt_of_a_run


def settled_as_not_done(unknown: UnknownOutcome, commerce: Commerce) -> CustomerState:
    """Returns the state with the change given up: in doubt at first, and not done where it is said again.

    Raises InvalidInput where the service shows that it was done, or its audit log says so.
    """
    state, pending, address = unknown.state, unknown.pending, unknown.address
    _refuse_if_done(unknown)
    if may_show(pending, unknown.clocks.earliest):
        _refuse_if_logged(audit_log(commerce, state, pending)[0], pending, address)
    if address.name in state.pending or in_doubt_of_a_run(state, pending, unknown.clocks):
        result = given_up(pending, address, unknown.now, unknown.run)
    else:
        result = unknown.ended(Outcome.NOT_DONE)
    return state.finish(address.name, replace(result, by_hand=True))


def doubt_note(doubt: Pending, address: Address, clocks: Clocks, invocation: Invocation) -> tuple[str, ...]:
    """Returns the lines of a note while a change may show after all, with the command of a person who is certain."""
    if not changes.buys(doubt) or not may_show(doubt, clocks.earliest):
        return ("",)
    until = doubt.doubted_until + clocks.lag
    doubted = problem("resolved_in_doubt", address, until=utc_minute(until), address=address)
    steps = (line for step in doubted.steps for line in invocation.lines(step.text, step.run))
    return (doubted.what, *steps)


def _refuse_if_done(unknown: UnknownOutcome) -> None:
    """Refuses to call a change not done where what it made is there, or may be."""
    state, pending, address, view = unknown.state, unknown.pending, unknown.address, unknown.view
    rivals, listing = open_changes(state, unknown.clocks.earliest), view.listing or Listing()
    evidence = changes.read_back(pending, listing, state.claimed_ids(), rivals, view=view)
    _refuse_if_contested(unknown, changes.candidates(pending, listing, state.claimed_ids()))
    if evidence.operation is not None and evidence.verdict is not Verdict.REFUSED:
        raise InvalidInput(problem("order_was_placed", address, address=address, order=evidence.operation))
    if evidence.verdict is Verdict.DONE and evidence.subscription:
        raise InvalidInput(problem("change_was_done", address, address=address, id=evidence.subscription.id))


def _refuse_if_contested(unknown: UnknownOutcome, candidates: tuple[Live, ...]) -> None:
    """While two changes compete for one new subscription, to call one of them not done gives it to the other."""
    state, address = unknown.state, unknown.address
    names = (
        state.claimed_by(other.subscription_id)
        for other in open_changes(state, unknown.clocks.earliest)
        if changes.competes(unknown.pending, other)
    )
    rivals = ", ".join(str(state.address(name)) for name in names if name)
    if rivals and candidates:
        raise InvalidInput(problem("change_contested", address, address=address, id=candidates[0].id, rivals=rivals))


def _refuse_if_logged(log: Log, pending: Pending, address: Address) -> None:
    """Refuses to call a change not done that the service's audit log has as done: it may take a day to show."""
    if log is Log.PERFORMED:
        buys = "true" if changes.buys(pending) else ""
        raise InvalidInput(problem("change_was_logged", address, address=address, buys=buys))
