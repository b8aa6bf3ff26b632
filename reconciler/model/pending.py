"""A change that is not settled: sent, about to be sent, or sent with its answer lost."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from reconciler.model.change import Before
from reconciler.model.offer import Offer
from reconciler.model.request import Request
from reconciler.model.run import Run
from reconciler.model.settings import LONGEST_WAIT

_LONGEST_OWNED = timedelta(seconds=4 * LONGEST_WAIT)
"""The longest time after sending a request that anybody may be at work on it: its run has twice the longest wait, and
the service a day of its own. A file that says more than that is not believed.
"""

SHOWS_WITHIN = timedelta(days=1)
"""The time for which a purchase may stay invisible before that is an error (contract, section 4)."""

_LONGEST_SHOWN = 2 * SHOWS_WITHIN
"""The longest time after sending a request for which what it made may stay invisible: the two clocks are never relied
on where they are more than a day apart. A file that says more than that is not believed.
"""

Key = tuple[str, datetime]
"""A request id and when it was first sent: a request id is used again for a change that was given up as not done."""


class Reply(StrEnum):
    """The service's reply to a request that is pending, as recorded by the run that sent it.

    LOST: none came that could be read. ACCEPTED: it took the request, and did not show the result while that was
    watched. HELD: another operation is at work on the subscription, for up to a day (900278). OPEN: an error that
    leaves it open whether the request was carried out. LOGGED: the service's audit log says since that it was done, and
    it does not show yet. PERSON_NEEDED: it took the request, and waits for a person.
    """

    LOST = "lost"
    ACCEPTED = "accepted"
    HELD = "held"
    OPEN = "open"
    PERSON_NEEDED = "person_needed"
    LOGGED = "logged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A change about to be sent, sent, or sent with its answer lost: all that later runs need to settle it.

    `known_subscription_ids` are all the customer's subscriptions just before it was sent, so that a target can be
    told from what was there. `request_id` is the idempotency key (`MS-RequestId`). `resent_at` is when the request was
    sent again, under the same ids; `attempts` counts both times. `owned_until` is until when the run that wrote it may
    be at work on it, by that run's own settings. Until `hold_until` the service itself may be: nobody gives it up.
    `reply` is None while nothing is recorded of one: the run is at work, or was cut off. `shows_until` is until when
    what it made may stay invisible, by the later of the two clocks when it was sent. `operation` is what the service
    calls the work that it accepted and had not finished. `known_transitions` are the keys of the subscription's
    transitions just before, `known_order_ids` the customer's orders. `cart_id` is the cart that an order is bought
    with: while there is none, nothing can have been bought.
    """

    request: Request
    run: Run
    request_id: str
    attempts: int = 1
    correlation_id: str
    operation: str | None = None
    started_at: datetime
    resent_at: datetime | None = None
    owned_until: datetime | None = None
    hold_until: datetime | None = None
    shows_until: datetime | None = None
    reply: Reply | None = None
    subscription_id: str
    known_subscription_ids: tuple[str, ...] = ()
    known_transitions: tuple[str, ...] = ()
    known_order_ids: tuple[str, ...] = ()
    cart_id: str | None = None
    before: Before

    @property
    def action(self) -> str:
        """Returns what a plan calls it. An address has one pending change of an action at most."""
        return self.request.action

    @property
    def offer(self) -> Offer:
        """The offer that the subscription has once the change is done."""
        return self.request.new_offer or Offer(id=self.before.offer_id, name=self.before.offer_name)

    @property
    def quantity(self) -> int:
        """The seats that the subscription has once the change is done."""
        wanted = self.request.new_quantity
        return self.before.quantity if wanted is None else wanted

    @property
    def sent_at(self) -> datetime:
        """Returns when its request was sent for the last time, or was about to be."""
        return self.resent_at or self.started_at

    @property
    def key(self) -> Key:
        """Returns what tells this change from any other."""
        return self.request_id, self.started_at

    def abandoned_from(self, owned_seconds: float) -> datetime:
        """The end of the owning run's lease: its recorded `owned_until`, or `owned_seconds` after sending.

        A word that ends before the request was sent counts for nothing, and one that is longer than any run's for no
        more than the longest.
        """
        own = self.owned_until if self.owned_until and self.owned_until >= self.sent_at else None
        owned_until = own or self.sent_at + timedelta(seconds=owned_seconds)
        return min(max(owned_until, self.hold_until or owned_until), self.sent_at + _LONGEST_OWNED)

    @property
    def held_until(self) -> datetime | None:
        """Until when the service itself may be at work on it, if it said so."""
        return self.hold_until and min(self.hold_until, self.sent_at + _LONGEST_OWNED)

    @property
    def doubted_until(self) -> datetime:
        """Until when what it made may show. A day after it was sent, or what state recorded where that is later: never
        more than two days.
        """
        least = self.sent_at + SHOWS_WITHIN
        return min(max(self.shows_until or least, least), self.sent_at + _LONGEST_SHOWN)

    def in_cart(self, cart_id: str, owned_until: datetime, hold_until: datetime | None) -> Self:
        """As it stands just before its cart is checked out."""
        return replace(self, cart_id=cart_id, owned_until=owned_until, hold_until=hold_until)

    def sent_again(
        self, now: datetime, latest: datetime, owned_until: datetime, hold_until: datetime | None = None
    ) -> Self:
        """As it stands just before its request is sent again. `latest` is the later of the two clocks."""
        return replace(
            self,
            attempts=self.attempts + 1,
            resent_at=now,
            owned_until=owned_until,
            hold_until=hold_until or self.hold_until,
            shows_until=latest + SHOWS_WITHIN,
        )

    def replied(self, reply: Reply, operation: str | None = None, hold_until: datetime | None = None) -> Self:
        """With what the service replied, and what it said beside that."""
        named, until = operation or self.operation, hold_until or self.hold_until
        return replace(self, reply=reply, operation=named, hold_until=until)

    def knowing(self, subscription_ids: Collection[str]) -> Self:
        """With these subscriptions known not to have come of it."""
        return replace(self, known_subscription_ids=tuple(sorted({*self.known_subscription_ids, *subscription_ids})))

    def asks_the_same(self, other: "Pending") -> bool:
        """Returns True if both ask the service for the same: the same request may carry them."""
        return (self.request, self.subscription_id) == (other.request, other.subscription_id)
