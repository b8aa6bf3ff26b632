"""The binding of an address once a change of it is done."""

from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.model.binding import Bound
from reconciler.model.pending import Pending
from reconciler.model.renewal import AtRenewal, EndOfTerm


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A change that was carried out: the subscription that has the result, and whether the service shows it."""

    pending: Pending
    subscription_id: str
    visible: bool
    at: datetime


def follow(bound: Bound | None, done: Done) -> Bound:
    """Binds the address to the subscription that has the result; its chain of ids grows where that is another.

    Where a person bound the address to something else meanwhile, it stays there; the result becomes one of its earlier
    ids, so that it is nobody's to buy again. What was scheduled for the end of the term is deleted by any other change;
    of an end of ours, auto-renew is left off, as we have switched it. Seats that somebody else added stay unremembered
    where the change is not of seats: nobody has agreed to them.
    """
    pending, target_id = done.pending, done.subscription_id
    if bound and bound.id not in {pending.subscription_id, target_id}:
        known = (*bound.previous_ids, target_id) if target_id not in bound.chain else bound.previous_ids
        return replace(bound, previous_ids=known)
    source = bound or Bound.by(pending)
    return replace(
        source,
        id=target_id,
        previous_ids=tuple(previous for previous in source.chain if previous != target_id),
        offer_id=pending.offer.id,
        offer_name=pending.offer.name,
        quantity=_seats(source, done),
        visible=done.visible,
        observed_at=done.at,
        bought_otherwise=False,
        renewal=AtRenewal(outcome=EndOfTerm.LAPSES.value) if _stopped(source) else None,
        scheduled_by=source.scheduled_by if _stopped(source) else None,
    )


def _stopped(bound: Bound) -> bool:
    """Returns whether a schedule of ours has switched auto-renew off."""
    then = bound.renewal if bound.scheduled_by else None
    return then is not None and then.outcome in {EndOfTerm.ENDS, EndOfTerm.LAPSES}


def _seats(source: Bound, done: Done) -> int:
    pending = done.pending
    moved = (done.subscription_id, pending.quantity) != (pending.subscription_id, pending.before.quantity)
    return pending.quantity if moved else min(source.quantity, pending.quantity)
