"""Evidence that the live subscriptions give of pending changes, of whatever kind."""

from collections.abc import Iterable
from datetime import datetime

from reconciler.changes import traces
from reconciler.changes.binding import Done
from reconciler.changes.registry import of
from reconciler.changes.view import Sight, View
from reconciler.model.binding import Bound
from reconciler.model.evidence import Evidence, may_show, open_changes
from reconciler.model.pending import Pending
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Listing, Live, UnreadableItem


def read_back(
    pending: Pending,
    listing: Listing,
    claimed_ids: frozenset[str],
    rivals: Iterable[Pending],
    *,
    view: View | None = None,
) -> Evidence:
    """Returns what a customer's subscriptions say of one of its pending changes; or a `view` of it, where more was
    read.
    """
    sight = Sight(view=view or View(listing=listing), claimed_ids=claimed_ids, rivals=tuple(rivals))
    return of(pending.request).trace(pending, sight)


def candidates(pending: Pending, listing: Listing, claimed_ids: frozenset[str]) -> tuple[Live, ...]:
    """The subscriptions that may be the result of the change; more than one means that nobody can tell."""
    return of(pending.request).candidates(pending, Sight(view=View(listing=listing), claimed_ids=claimed_ids))


def hiding(pending: Pending, listing: Listing, claimed_ids: frozenset[str]) -> tuple[UnreadableItem, ...]:
    """Items of the list that can't be understood and may be what the change bought."""
    sight = Sight(view=View(listing=listing), claimed_ids=claimed_ids)
    return traces.hiding(pending, sight) if buys(pending) else ()


def buys(pending: Pending) -> bool:
    """Returns True if the change leaves a new subscription."""
    return of(pending.request).buys


def open_purchase(state: CustomerState, live: Live, now: datetime) -> Pending | None:
    """The open change that may have made this subscription, whatever its quantity is by now.

    Whoever binds an address to it takes the purchase away from its own address, and it would be recorded nowhere.
    """
    known = state.claimed_ids()
    return next(
        (
            pending
            for pending in open_changes(state, now)
            if buys(pending) and pending.offer.id == live.offer.id
            if live.id not in known and live.id not in pending.known_subscription_ids
        ),
        None,
    )


def perhaps_bought(state: CustomerState, listing: Listing, now: datetime) -> dict[str, Pending]:
    """Returns the live subscriptions, by id, that an open change made or may have made and that no address has yet."""
    rivals, known = open_changes(state, now), state.claimed_ids()
    made = ((read_back(pending, listing, known, rivals).subscription, pending) for pending in state.open_changes())
    found = {live.id: pending for live, pending in made if live and buys(pending)}
    perhaps = ((live, open_purchase(state, live, now)) for live in listing.lives if live.id not in found)
    return found | {live.id: pending for live, pending in perhaps if pending}


def open_doubt(doubts: Iterable[Pending], now: datetime) -> Pending | None:
    """The purchase that was given up as not done and may still show: until then only the same may be asked."""
    return next((doubt for doubt in doubts if buys(doubt) and may_show(doubt, now)), None)


def binding_after(
    state: CustomerState, name: str, pending: Pending, target_id: str, now: datetime, *, visible: bool
) -> Bound:
    """Returns where the name is bound once its pending change is done."""
    done = Done(pending=pending, subscription_id=target_id, visible=visible, at=now)
    return of(pending.request).binding(state.subscriptions.get(name), done)
