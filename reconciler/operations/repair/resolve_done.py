"""`state resolve --succeeded ID`: records a change as done, by the subscription that a person names."""

from reconciler import changes
from reconciler.advice import problem, sentence
from reconciler.changes import View
from reconciler.model.address import is_guid
from reconciler.model.binding import Bound
from reconciler.model.errors import InvalidInput
from reconciler.model.pending import Pending
from reconciler.model.result import Outcome
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Listing, Live
from reconciler.operations.repair.reads import refuse_unreadable
from reconciler.operations.repair.unknown_outcome import UnknownOutcome


def settled_as_done(unknown: UnknownOutcome, subscription_id: str) -> CustomerState:
    """Returns the state with the change recorded as done by this subscription.

    Raises InvalidInput where the change can't have made it.
    """
    bound = _binding(unknown, subscription_id)
    return unknown.state.finish(unknown.address.name, unknown.ended(Outcome.RECOVERED, subscription_id), bound)


def otherwise_note(pending: Pending, subscription_id: str, view: View) -> str:
    """Returns what shows in place of what was asked for; empty where that shows."""
    live, kind = view.find(subscription_id), changes.of(pending.request)
    if live is None or kind.shows(pending, subscription_id, view):
        return ""
    return sentence("resolved_otherwise", wanted=kind.wanted(pending.request), shown=kind.present(live))


def _binding(unknown: UnknownOutcome, subscription_id: str) -> Bound:
    """Returns the binding by a person's word. Where the customer can't be read, it does not show yet.

    A new subscription is as it shows. Of another change what was asked counts as what was done: where something else
    shows, somebody changed it since, and the next plan says so.
    """
    state, pending, now = unknown.state, unknown.pending, unknown.clocks.latest
    kind, name = changes.of(pending.request), unknown.address.name
    if unknown.view.listing is not None:
        live = _plausible(unknown, subscription_id)
        as_asked = kind.shows(pending, live.id, unknown.view) is not None
        bound = changes.binding_after(state, name, pending, live.id, now, visible=as_asked or not kind.buys)
        return bound.observe(live, now) if as_asked or kind.buys else bound
    if not is_guid(subscription_id):
        raise InvalidInput(problem("no_subscription_id", unknown.address, id=subscription_id))
    if not unknown.may_be_made(subscription_id):
        raise _implausible(unknown, subscription_id)
    return changes.binding_after(state, name, pending, subscription_id, now, visible=False)


def _plausible(unknown: UnknownOutcome, subscription_id: str) -> Live:
    """Returns the named subscription, if it can be what the pending change made. Refuses one that shows what it was
    before.
    """
    view, pending, address = unknown.view, unknown.pending, unknown.address
    refuse_unreadable(view.listing or Listing(), subscription_id)
    live, kind = view.find(subscription_id), changes.of(pending.request)
    other_offer = kind.buys and live is not None and live.offer.id != pending.offer.id
    if live is None or other_offer or not unknown.may_be_made(subscription_id):
        raise _implausible(unknown, subscription_id)
    if not kind.buys and kind.shows(pending, subscription_id, view) is None and changes.unchanged(pending, live):
        shown = kind.present(live)
        raise InvalidInput(problem("shows_as_before", address, id=subscription_id, address=address, shown=shown))
    return live


def _implausible(unknown: UnknownOutcome, subscription_id: str) -> InvalidInput:
    pending, address = unknown.pending, unknown.address
    expected = {"offer": pending.offer.name} if changes.buys(pending) else {"own": pending.subscription_id}
    return InvalidInput(problem("implausible_target", address, id=subscription_id, address=address, **expected))
