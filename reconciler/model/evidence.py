"""What became of a change whose answer was lost: what can be said of it, and what may be done about it.

A change is *pending* from its durable intent to its result. One that was given up as not done, for want of any sign, is
a *doubt*: it may show after all. Both claim their subscription for their address. A *candidate* is a live subscription
that may be what a pending or doubted change made.

No time identifies anything here: a target is known by being new, in nobody's chain, and the only one that fits. Time
only tells that nobody can be at work any more.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from reconciler.model.audit import AuditRecord
from reconciler.model.change import Action, Before
from reconciler.model.state import CustomerState, Pending
from reconciler.model.subscription import Listing, Live

SHOWS_WITHIN = timedelta(days=1)
"""How long a purchase may stay invisible before that is an error (contract, section 4)."""


class Verdict(StrEnum):
    """What the live subscriptions say of a pending change.

    OVERTAKEN: a resize whose quantity does not show, and whose etag is no longer current: it can't be done any more.
    """

    DONE = "done"
    UNCHANGED = "unchanged"
    OVERTAKEN = "overtaken"
    UNCLEAR = "unclear"


class Log(StrEnum):
    """What the service's audit log says of a pending change. It lags: SILENT proves nothing.

    UNREAD: it could not be read now, and may know more. Where it is kept from us, or kept by nobody, it is SILENT.
    """

    SILENT = "silent"
    UNREAD = "unread"
    PERFORMED = "performed"


class Step(StrEnum):
    """What to do about a pending change. STALE: over, and not done, since somebody else changed the subscription."""

    RECOVER = "recover"
    WAIT = "wait"
    SEND_AGAIN = "send_again"
    GIVE_UP = "give_up"
    STALE = "stale"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The verdict; where it is DONE, the subscription that carries the result."""

    verdict: Verdict
    subscription: Live | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where whoever asks stands to a pending change.

    `watched`: the verdict was the same at every look, for the whole of `wait`. `own`: this run wrote the intent.
    `may_send`: it was sent only once so far, nothing stops the run, and the service still offers it. `abandoned`: the
    run that wrote the intent can't be at work on it any more. `conflict`: the service answered each of its requests
    with an error of its own under 409, and with none that says for how long.
    """

    watched: bool
    own: bool = False
    may_send: bool = False
    abandoned: bool = False
    conflict: bool = False


def decide(verdict: Verdict, log: Log, standing: Standing) -> Step:
    """What to do about a change whose answer was lost (contract, section 5).

    What is done is recorded by whoever sees it. Nothing else is decided before the whole wait is over. Only the run
    that wrote the intent sends again. Later runs give up once nobody can be at work on it, the run itself only what met
    a conflict. The log's word that it was performed, though nothing shows yet, forbids all of that; so does a log that
    could not be read.
    """
    if verdict is Verdict.DONE:
        return Step.RECOVER
    if log in {Log.PERFORMED, Log.UNREAD}:
        return Step.LEAVE
    if not standing.own and not (standing.abandoned and verdict is Verdict.UNCHANGED):
        return Step.LEAVE
    if not standing.watched:
        return Step.WAIT
    if not standing.own:
        return Step.GIVE_UP
    refused = Step.GIVE_UP if standing.conflict else Step.LEAVE
    sending = Step.SEND_AGAIN if standing.may_send else refused
    return {Verdict.UNCHANGED: sending, Verdict.OVERTAKEN: Step.STALE}.get(verdict, Step.LEAVE)


def read_back(
    pending: Pending,
    listing: Listing,
    claimed_ids: frozenset[str],
    all_pending: Iterable[Pending],
    named_ids: Collection[str] = (),
) -> Evidence:
    """What the live subscriptions say of the change. `claimed_ids` are all that any address of the customer has or had,
    `all_pending` all that is pending for the customer, `named_ids` those that the audit log says the change made.

    An upgrade is DONE when exactly one subscription is new since it was sent, is in nobody's chain, has the wanted
    offer and quantity, and no other pending upgrade wants the same: else nobody can tell whose it is, unless the log
    names it. A resize is DONE when its subscription has the wanted quantity. UNCHANGED: nothing that might have come
    of it is there, and the source's offer, quantity, status and etag are what they were. A new item of the list that
    can't be understood may be what came of an upgrade.
    """
    lives = listing.lives
    fitting = candidates(pending, lives, claimed_ids)
    named = tuple(live for live in fitting if live.id in named_ids)
    hidden = _may_hide(pending, listing, claimed_ids)
    rivals = hidden or any(competes(pending, other) for other in all_pending)
    found = named if len(named) == 1 else () if rivals else fitting
    if len(found) == 1:
        return Evidence(verdict=Verdict.DONE, subscription=found[0])
    source = next((live for live in lives if live.id == pending.subscription_id), None)
    if fitting or source is None or hidden or _unexplained(pending, lives, claimed_ids):
        return Evidence(verdict=Verdict.UNCLEAR)
    return Evidence(verdict=_of_source(pending, source))


def candidates(pending: Pending, subscriptions: Iterable[Live], claimed_ids: frozenset[str]) -> tuple[Live, ...]:
    """The subscriptions that may be the result of the change; more than one means that nobody can tell."""
    if pending.action is Action.RESIZE:
        return tuple(
            live
            for live in subscriptions
            if live.id == pending.subscription_id
            and live.quantity == pending.quantity
            and live.offer.id == pending.before.offer_id
        )
    new = _new(pending, subscriptions, claimed_ids)
    return tuple(live for live in new if live.quantity == pending.quantity)


def competes(pending: Pending, other: Pending) -> bool:
    """Whether the other change would leave the same mark, and that of another subscription."""
    if pending.subscription_id == other.subscription_id or not pending.action is other.action is Action.UPGRADE:
        return False
    return (pending.target_offer_id, pending.quantity) == (other.target_offer_id, other.quantity)


def may_show(asked: Pending, now: datetime) -> bool:
    """Whether what was asked may have been bought and not be visible yet."""
    return now - asked.sent_at <= SHOWS_WITHIN


def open_changes(state: CustomerState, now: datetime) -> tuple[Pending, ...]:
    """Everything that was sent for the customer and of which something new may have come: what is pending, and the
    doubts that may still show.
    """
    return (*state.pending.values(), *(one for one in state.doubts() if may_show(one, now)))


def open_purchase(state: CustomerState, live: Live, now: datetime) -> Pending | None:
    """The open upgrade that may have made this subscription, whatever its quantity is by now.

    Whoever binds an address to it takes the purchase away from its own address, and it would be recorded nowhere.
    """
    known = state.claimed_ids()
    return next(
        (
            pending
            for pending in open_changes(state, now)
            if pending.action is Action.UPGRADE and pending.target_offer_id == live.offer.id
            if live.id not in known and live.id not in pending.known_subscription_ids
        ),
        None,
    )


def logged(pending: Pending, state: CustomerState, records: Iterable[AuditRecord]) -> tuple[Log, frozenset[str]]:
    """What the audit log says of the change, and the subscriptions that it names.

    A refusal says nothing: a gateway may send a request twice, and the log may know the refusal of the second copy
    before it knows what the first one did.
    """
    earlier = {result.correlation_id for result in state.results if result.request_id == pending.request_id}
    own = {pending.correlation_id, *earlier}
    performed = [record for record in records if record.correlation_id in own and not record.refused]
    named = (identity for record in performed if record.status == "succeeded" for identity in record.subscription_ids)
    return Log.PERFORMED if performed else Log.SILENT, frozenset(named)


def _new(pending: Pending, subscriptions: Iterable[Live], claimed_ids: frozenset[str]) -> tuple[Live, ...]:
    """Subscriptions of the target offer that were not there before, and that no address has had."""
    known = {*pending.known_subscription_ids, *claimed_ids}
    return tuple(one for one in subscriptions if one.id not in known and one.offer.id == pending.target_offer_id)


def _may_hide(pending: Pending, listing: Listing, claimed_ids: frozenset[str]) -> bool:
    """Whether an item that can't be understood is new, so that it may be the target of the upgrade."""
    known = {*pending.known_subscription_ids, *claimed_ids}
    return pending.action is Action.UPGRADE and any(item.id not in known for item in listing.unreadable)


def _unexplained(pending: Pending, lives: tuple[Live, ...], claimed_ids: frozenset[str]) -> bool:
    """Whether something new has the target's offer, but not its quantity: somebody may have resized the target."""
    return pending.action is Action.UPGRADE and bool(_new(pending, lives, claimed_ids))


def _of_source(pending: Pending, source: Live) -> Verdict:
    found, before = Before.of(source), pending.before
    if _told(found) == _told(before):
        return Verdict.UNCHANGED
    overtaken = pending.action is Action.RESIZE and found.offer_id == before.offer_id and found.etag != before.etag
    return Verdict.OVERTAKEN if overtaken else Verdict.UNCLEAR


def _told(seen: Before) -> tuple[object, ...]:
    """What must not have changed: Microsoft renames offers, and that is no change of a subscription."""
    return (seen.offer_id, seen.quantity, seen.status, seen.etag)
