"""The last look at a subscription before its change leaves. Where the change had to wait, there is another."""

import math
from collections.abc import Callable

from reconciler.applying.attempt import Attempt
from reconciler.model.change import Before
from reconciler.model.errors import NoAnswer, NotSent, Overtaken, Problem, ServiceRefused
from reconciler.model.subscription import Live
from reconciler.model.upgrade import UpgradeOption
from reconciler.system.clock import Moment

_PLAN_AGAIN = "Nothing was sent. Plan again: reconciler plan"


class LastLook:
    """What was last seen of a change's subscription, and when.

    `moved` looks, and tells what is not as it was when the intent was noted; "" where all is. What was seen
    `unguarded` is looked at directly before the change leaves, however short the time: the service takes the change
    whatever somebody else did meanwhile.
    """

    def __init__(self, attempt: Attempt, at: Moment, moved: Callable[[], str], *, unguarded: bool = False) -> None:
        self._attempt = attempt
        self._at = at
        self._unguarded = unguarded
        self._moved = moved

    @property
    def age(self) -> float:
        return math.inf if self._unguarded else self._attempt.doors.clock.seconds_since(self._at)

    def __call__(self) -> None:
        path = str(self._attempt.change.address)
        try:
            moved = self._moved()
        except (NoAnswer, ServiceRefused) as error:
            what = f"It had to wait, and could not be looked at again before it left. Nothing was sent. {error}"
            problem = Problem(where=path, what=what, remedy="Run again later: it is planned afresh.")
            raise NotSent(problem, code="not_looked_at") from error
        self._at = self._attempt.doors.clock.moment()
        if moved:
            raise Overtaken.because(moved, _PLAN_AGAIN, path)


def upgrade_look(attempt: Attempt, option: UpgradeOption, at: Moment) -> LastLook:
    """The look at an upgrade's source, at what is new beside it, and at whether it is still offered."""
    return LastLook(attempt, at, lambda: upgrade_moved(attempt, option))


def upgrade_moved(attempt: Attempt, option: UpgradeOption) -> str:
    """What forbids to send the upgrade now that did not when it was noted; "" where nothing does."""
    change, commerce, pending = attempt.change, attempt.doors.commerce, attempt.pending
    still_offered = offered(attempt, option)
    listing = commerce.subscriptions(change.customer.tenant)
    known = {*pending.known_subscription_ids, *attempt.journal.state.claimed_ids()}
    new = (live for live in listing.lives if live.id not in known and live.offer.id == pending.target_offer_id)
    if bought := next(new, None):
        return f"a subscription of {pending.target_offer_name} appeared meanwhile: {bought.id}"
    refused = "" if still_offered else "the service does not offer the upgrade any more"
    return differs(listing.find(change.subscription_id), pending.before) or refused


def resize_look(attempt: Attempt, seen: Live, at: Moment) -> LastLook:
    """The look at the subscription that is to be sent back. Without an etag nothing but the whole body tells."""

    def moved() -> str:
        change = attempt.change
        found = attempt.doors.commerce.subscription(change.customer.tenant, change.subscription_id)
        if seen.etag is None and found.body != seen.body and Before.of(found) == Before.of(seen):
            return "somebody changed the subscription meanwhile"
        return differs(found, attempt.pending.before)

    return LastLook(attempt, at, moved, unguarded=seen.etag is None)


def offered(attempt: Attempt, option: UpgradeOption) -> bool:
    """Whether the service would take the upgrade now: once it has, it may have stopped to offer it."""
    change = attempt.change
    listed = attempt.doors.commerce.upgrades(change.customer.tenant, change.subscription_id)
    same = (one for one in listed if (one.target.id, one.type) == (option.target.id, option.type))
    return any(one.eligible and not one.errors for one in same)


def differs(found: Live | None, before: Before) -> str:
    """How the subscription differs from what it was; "" where it doesn't. Microsoft renames offers: that is nothing."""
    if found is None:
        return "the subscription is not listed any more"
    now = Before.of(found)
    if (now.offer_id, now.quantity, now.status) != (before.offer_id, before.quantity, before.status):
        return (
            f"the subscription changed while the request had to wait: {before.quantity} seats, {before.status} then;"
            f" {now.quantity} seats, {now.status} now"
        )
    return "" if now.etag == before.etag else "somebody changed the subscription while the request had to wait"
