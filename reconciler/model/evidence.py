"""What a customer's live subscriptions say of a change whose answer was lost.

No time decides anything here: a target is known by being new, in nobody's chain, and the only one that fits.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from reconciler.model.change import Action, Before
from reconciler.model.state import Pending
from reconciler.model.subscription import Live


class Verdict(StrEnum):
    """What can be said of a pending change."""

    DONE = "done"
    UNCHANGED = "unchanged"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The verdict; where it is DONE, the subscription that carries the result."""

    verdict: Verdict
    subscription: Live | None = None


def read_back(
    pending: Pending,
    subscriptions: Iterable[Live],
    chained_ids: frozenset[str],
    all_pending: Iterable[Pending],
) -> Evidence:
    """What the live subscriptions say of the change. `chained_ids` are all that any address of the customer has had,
    `all_pending` all that is pending for the customer.

    An upgrade is DONE when exactly one subscription is new since it was sent, is in nobody's chain, has the wanted
    offer and quantity, and no other pending upgrade wants the same: else nobody can tell whose it is. A resize is DONE
    when its subscription has the wanted quantity. UNCHANGED: there is no such subscription, and the source's offer,
    quantity, status and etag are what they were.
    """
    lives = tuple(subscriptions)
    fitting = targets(pending, lives, chained_ids)
    if len(fitting) == 1 and not any(_rival(pending, other) for other in all_pending):
        return Evidence(verdict=Verdict.DONE, subscription=fitting[0])
    source = next((live for live in lives if live.id == pending.subscription_id), None)
    untouched = not fitting and source is not None and Before.of(source) == pending.before
    return Evidence(verdict=Verdict.UNCHANGED if untouched else Verdict.UNCLEAR)


def targets(pending: Pending, subscriptions: Iterable[Live], chained_ids: frozenset[str]) -> tuple[Live, ...]:
    """The subscriptions that may be the result of the change; more than one means that nobody can tell."""
    if pending.action is Action.RESIZE:
        return tuple(
            live
            for live in subscriptions
            if live.id == pending.subscription_id
            and live.quantity == pending.quantity
            and live.offer.id == pending.before.offer_id
        )
    known = {*pending.known_subscription_ids, *chained_ids}
    return tuple(
        live
        for live in subscriptions
        if live.id not in known and live.offer.id == pending.target_offer_id and live.quantity == pending.quantity
    )


def _rival(pending: Pending, other: Pending) -> bool:
    """Whether the other change would leave the same mark."""
    if pending.request_id == other.request_id or not pending.action is other.action is Action.UPGRADE:
        return False
    return (pending.target_offer_id, pending.quantity) == (other.target_offer_id, other.quantity)
