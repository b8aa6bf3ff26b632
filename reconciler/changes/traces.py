"""Traces of requests: a new subscription, or new values of an old one. Nothing is identified by a time."""

from collections.abc import Collection

from reconciler.advice import sentence
from reconciler.changes.view import Read, Sight
from reconciler.model.change import Before, attributes
from reconciler.model.evidence import Evidence, Verdict
from reconciler.model.pending import Pending
from reconciler.model.subscription import Live, UnreadableItem


def new_subscriptions(pending: Pending, sight: Sight) -> tuple[Live, ...]:
    """Subscriptions of the wanted offer that were not there before, and that no address has had."""
    known = {*pending.known_subscription_ids, *sight.claimed_ids}
    return tuple(live for live in sight.listing.lives if live.id not in known and live.offer.id == pending.offer.id)


def bought(pending: Pending, sight: Sight) -> tuple[Live, ...]:
    """New subscriptions with the wanted offer and quantity."""
    return tuple(live for live in new_subscriptions(pending, sight) if live.quantity == pending.quantity)


def hiding(pending: Pending, sight: Sight) -> tuple[UnreadableItem, ...]:
    """New items that can't be understood: each may be what was bought."""
    known = {*pending.known_subscription_ids, *sight.claimed_ids}
    return tuple(item for item in sight.listing.unreadable if item.id not in known)


def trace_of_purchase(pending: Pending, sight: Sight) -> Evidence:
    """Evidence of a change that leaves a new subscription.

    DONE where exactly one subscription fits, and no rival would leave the same mark: else nobody can tell whose it
    is, unless the log names it. UNCHANGED where nothing that might have come of it is there, and the source is what it
    was. A new item of the list that can't be understood may be what came of it, and so may one of the wanted offer with
    another quantity: somebody may have resized it.
    """
    fitting = bought(pending, sight)
    named = tuple(live for live in fitting if live.id in sight.named_ids)
    hidden = hiding(pending, sight)
    contested = bool(hidden) or any(competes(pending, rival) for rival in sight.rivals)
    ours = named if len(named) == 1 else () if contested else fitting
    if len(ours) == 1:
        return Evidence(verdict=Verdict.DONE, subscription=ours[0])
    source = sight.listing.find(pending.subscription_id)
    if source is None or hidden or new_subscriptions(pending, sight):
        return Evidence(verdict=Verdict.UNCLEAR)
    return Evidence(verdict=Verdict.UNCHANGED if unchanged(pending, source) else Verdict.UNCLEAR)


def competes(pending: Pending, other: Pending) -> bool:
    """Returns True if the other change would leave the same new subscription, in place of another."""
    ours, theirs = pending.request.new_offer, other.request.new_offer
    if ours is None or theirs is None or pending.subscription_id == other.subscription_id:
        return False
    return (ours.id, pending.quantity) == (theirs.id, other.quantity)


def trace_in_place(pending: Pending, sight: Sight, shown: Live | None, changed: Collection[str]) -> Evidence:
    """Evidence of a change of the subscription's own values; `shown` is the subscription where it has the wanted ones,
    `changed` names the attributes that the kind changes.

    OVERTAKEN where its version moved on and these, offer and seats are as before: the request can't be carried out any
    more. Where that has a third value, the request may have been carried out before somebody else's: UNCLEAR.
    """
    if shown:
        return Evidence(verdict=Verdict.DONE, subscription=shown)
    source = sight.view.find(pending.subscription_id)
    if source is None:
        return Evidence(verdict=Verdict.UNCLEAR)
    if unchanged(pending, source):
        return Evidence(verdict=Verdict.UNCHANGED)
    before, now = attributes(pending.before), attributes(Before.of(source))
    same_values = all(before.get(path) == now.get(path) for path in {"offer_id", "quantity", *changed})
    overtaken = same_values and source.etag != pending.before.etag
    return Evidence(verdict=Verdict.OVERTAKEN if overtaken else Verdict.UNCLEAR)


def where_it_shows(pending: Pending) -> tuple[Read, ...]:
    """Names the reads that tell of a change in place. A list may leave out what is scheduled on new commerce."""
    return (Read.LISTING, Read.SUBSCRIPTION) if pending.before.new_commerce else (Read.LISTING,)


def pre_image(before: Before) -> tuple[str | int | None, ...]:
    """Returns what tells a request of a subscription without an etag from its twin that is made later."""
    if not before.new_commerce:
        return ()
    ends, renewal = before.term_ends and before.term_ends.isoformat(), before.renewal
    then = (renewal.outcome, renewal.quantity, renewal.term, renewal.billing) if renewal else ()
    moved = (renewal.offer_id,) if renewal and renewal.offer_id else ()
    return (before.offer_id, before.quantity, before.status, before.term, before.billing, ends, *then, *moved)


def moved_in_place(pending: Pending, source: Live, found: Live | None) -> str:
    """Describes how the subscription differs from what was read; empty if it does not.

    Without an etag the whole body is compared.
    """
    unguarded = source.etag is None and found is not None and found.body != source.body
    if found and unguarded and Before.of(found) == Before.of(source):
        return sentence("stale_changed_while_waiting")
    return difference(found, pending.before)


def unchanged(pending: Pending, source: Live) -> bool:
    """Returns True if the subscription is what it was. A renamed offer is no change of a subscription."""
    return _compared(Before.of(source)) == _compared(pending.before)


def difference(found: Live | None, before: Before) -> str:
    """Returns how the subscription differs from what it was when the intent was noted; empty where it does not."""
    if found is None:
        return sentence("stale_gone")
    now = Before.of(found)
    if (now.offer_id, now.quantity, now.status) != (before.offer_id, before.quantity, before.status):
        then, seen = (f"{values.quantity} seats, {values.status}" for values in (before, now))
        return sentence("stale_changed_while_waiting", then=then, now=seen)
    return "" if _compared(now) == _compared(before) else sentence("stale_changed_while_waiting")


def _compared(seen: Before) -> tuple[object, ...]:
    return (*seen.values, seen.etag)
