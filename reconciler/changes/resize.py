"""A resize: sends the whole subscription back with another quantity (subscription-resources)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from reconciler.advice import sentence
from reconciler.changes import traces
from reconciler.changes.case import Case
from reconciler.changes.facts import Question
from reconciler.changes.in_place import InPlace
from reconciler.changes.in_words import Detail, day
from reconciler.changes.kind import Words
from reconciler.changes.rules import schedules, seats
from reconciler.changes.rules.shared import sold_by_another_partner, subscription_status_not_active
from reconciler.changes.rules.terms import (
    promotion_limits_seats,
    promotion_seat_limit,
    promotion_wanted,
    trial_cannot_be_changed,
)
from reconciler.changes.schedule import without_schedule
from reconciler.changes.sending import Accepted, Answer, Performed, Sending
from reconciler.changes.view import View
from reconciler.model.change import Before, Caution, Change
from reconciler.model.commerce import Commerce
from reconciler.model.pending import Pending
from reconciler.model.reason import Reason
from reconciler.model.request import Request, UpdateRequest
from reconciler.model.result import Result
from reconciler.model.subscription import Live
from reconciler.model.term import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class ResizeRequest(UpdateRequest):
    """Another number of licences for the same subscription (subscription-resources, `quantity`)."""

    action: ClassVar[str] = "resize"
    kind: Literal["resize"]
    quantity: int

    @property
    def new_quantity(self) -> int | None:
        return self.quantity


class ResizeKind(InPlace):
    """The kind whose requests are `ResizeRequest`s."""

    name = "resize"
    request = ResizeRequest
    symbol = "~"
    words = Words(
        noun="resize",
        doing="resizing",
        done="resized",
        effect="the new quantity",
        planned="Another number of seats that can be set.",
    )
    attributes = ("quantity",)
    rules = (
        subscription_status_not_active,
        sold_by_another_partner,
        seats.seat_loss_not_allowed,
        seats.permitted_otherwise,
        seats.new_commerce_only,
        seats.seats_not_refundable,
        seats.seats_added_outside,
        trial_cannot_be_changed,
        promotion_seat_limit,
        *schedules.IMMEDIATE,
    )

    def order(self, seats: int) -> int:
        return 10 if seats < 0 else 50

    def differs(self, case: Case) -> bool:
        """An upgrade of a traditional subscription brings the quantity with it. On new commerce fewer seats may be
        asked for at the end of the term, and not before.
        """
        if case.live is None or not case.seats:
            return False
        if case.modern:
            return not seats.waits_for_renewal(case)
        return case.live.platform is Platform.TRADITIONAL and not case.offer_changes

    def lookup(self, case: Case) -> frozenset[Question]:
        wanted = promotion_wanted(case)
        return frozenset({wanted}) if wanted and wanted not in case.facts.promotions else frozenset()

    def plan(self, case: Case) -> Request | tuple[Reason, ...]:
        return ResizeRequest(kind="resize", quantity=case.desired.quantity)

    def leaves(self, live: Live, request: Request) -> Live:
        return without_schedule(super().leaves(live, request))

    def cautions(self, case: Case, request: Request) -> tuple[Caution, ...]:
        unguarded = (case.caution("unguarded_change"),) if self._has_lost_its_version(case.live) else ()
        return (*seats.cautions(case), *seats.bought_otherwise(case), *promotion_limits_seats(case), *unguarded)

    @staticmethod
    def _has_lost_its_version(live: Live | None) -> bool:
        """Returns whether a subscription of a kind that has an etag is shown without one; new commerce has none."""
        return live is not None and live.commitment is None and live.etag is None

    def identity(self, pending: Pending) -> tuple[str | int | None, ...]:
        """A resize is of one version of its subscription, so its etag counts."""
        before, request = pending.before, ResizeRequest.of(pending.request)
        request_values = (request.action, pending.subscription_id, before.offer_id, request.quantity, None, before.etag)
        return (*request_values, *traces.pre_image(before))

    def unsendable(self, change: Change, view: View) -> str:
        """Seats of new commerce go as far as they can be given back (subscription-resources, `refundableQuantity`)."""
        live = view.find(change.subscription_id)
        if live is None or live.commitment is None:
            return ""
        left = sum(seats.quantity for seats in live.commitment.refundable)
        fewer = live.quantity - ResizeRequest.of(change.request).quantity
        return sentence("stale_fewer_refundable", fewer=fewer, left=left) if fewer > left else ""

    def send(self, commerce: Commerce, sending: Sending) -> Answer:
        """An answer is believed only as far as it shows the quantity; else the service is at work on it (202). That of
        new commerce is never believed: what it shows may be what was sent.
        """
        pending = sending.pending
        request = ResizeRequest.of(pending.request)
        seen = commerce.update(sending.tenant, sending.source, request, sending.ticket, sending.look)
        if seen is None or seen.commitment or seen.quantity != request.quantity:
            return Accepted()
        return Performed(subscription_id=pending.subscription_id, seen=seen)

    def may_resend(self, source: Live) -> bool:
        """With the old etag the service takes it only if the first was not carried out."""
        return source.etag is not None or source.commitment is not None

    def shows(self, pending: Pending, subscription_id: str, view: View) -> Live | None:
        live = view.find(subscription_id)
        return live if live and live.quantity == pending.quantity else None

    def made(self, pending: Pending, view: View) -> Live | None:
        """The subscription where it has the wanted quantity and is still of the same offer."""
        live = super().made(pending, view)
        return live if live and live.offer.id == pending.offer.id else None

    def commits(self, change: Change, before: Before) -> Iterator[Detail]:
        more = change.seats
        if more > 0:
            until = f" until {day(before.term_ends)}" if before.term_ends else ""
            yield Detail("binds", f"{more} more {'seat' if more == 1 else 'seats'}{until}")
            yield Detail("undo", "for 7 days after the change")
        else:
            yield Detail("undo", "seats can be added again, bound until the term ends")

    def awaited(self, pending: Pending, subscription_id: str) -> str:
        return f"{pending.quantity} seats to show"

    def present(self, live: Live) -> str:
        return f"{live.quantity} seats"

    def wanted(self, request: Request) -> str:
        return f"resize to {ResizeRequest.of(request).quantity} seats"

    def outcome(self, result: Result) -> str:
        return f"resized to {ResizeRequest.of(result.request).quantity} seats."
