"""The commitment of a modern subscription: its term, the seats that can be given back, and what happens at the end."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from reconciler.model.term import Commitment, Platform, RefundableSeats
from reconciler.partner_center.wire.schedules import Running, schedule
from reconciler.partner_center.wire.terms import billing, term
from reconciler.partner_center.wire.values import (
    Count,
    Many,
    MaybeCount,
    Moment,
    Wire,
    flag,
    maybe_identifier,
    moment,
    plain,
)

_DAY = timedelta(days=1)
_LAST = timedelta(seconds=1)


class Committed(Wire):
    """The members of a subscription that tell of its commitment. None that can't be read fails the subscription."""

    term_duration: Any = None
    billing_cycle: Any = None
    effective_start_date: Any = None
    commitment_end_date: Any = None
    commitment_end_date_time: Any = None
    cancellation_allowed_until_date: Any = None
    refundable_quantity: Any = None
    auto_renew_enabled: Any = None
    scheduled_next_term_instructions: Any = None
    scheduled_actions: Any = None
    custom_term_end_date: Any = None
    promotion_id: Any = None
    migrated_from_subscription_id: Any = None


class _Refundable(Wire):
    total_quantity: MaybeCount = None
    details: Many = ()


class _Batch(Wire):
    quantity: Count
    allowed_until_date_time: Moment


def commitment(document: Committed, platform: Platform, offer_id: str, quantity: int, *, is_trial: bool) -> Commitment:
    """Returns the commitment of a subscription of this offer and quantity."""
    running = Running(
        offer_id=offer_id,
        quantity=quantity,
        term=term(document.term_duration),
        billing=billing(document.billing_cycle),
        auto_renew=flag(document.auto_renew_enabled),
        is_trial=is_trial,
    )
    then = schedule(running, document.scheduled_next_term_instructions, document.scheduled_actions)
    return Commitment(
        term=running.term,
        starts_at=moment(document.effective_start_date),
        ends_at=last_moment(platform, document.commitment_end_date_time, document.commitment_end_date),
        auto_renew=running.auto_renew,
        renewal=then.renewal,
        next_term=then.next_term,
        form=then.form,
        refundable=tuple(_refundable(document.refundable_quantity)),
        cancellable_until=moment(document.cancellation_allowed_until_date),
        promotion_id=plain(document.promotion_id),
        custom_end=moment(document.custom_term_end_date),
        migrated_from=maybe_identifier(document.migrated_from_subscription_id),
    )


def last_moment(platform: Platform, end_date_time: Any, end_date: Any) -> datetime | None:
    """Returns the last moment of a term. `commitmentEndDateTime` states it; `commitmentEndDate` is the last day of a
    modern subscription, and the first day without a traditional one.
    """
    stated, day = moment(end_date_time), moment(end_date)
    if stated or day is None:
        return stated
    if platform is Platform.TRADITIONAL:
        return day - _LAST
    midnight = datetime.combine(day.date(), time(), day.tzinfo)
    return midnight + _DAY - _LAST


def _refundable(raw: Any) -> Iterator[RefundableSeats]:
    """Yields what can be given back and until when, the earliest first, and never more than the total."""
    if not raw:
        return
    try:
        found = _Refundable.model_validate(raw)
    except ValueError:
        return
    batches = sorted(_batches(found), key=lambda seats: seats.until)
    left = sum(seats.quantity for seats in batches) if found.total_quantity is None else found.total_quantity
    for seats in batches:
        quantity = min(seats.quantity, left)
        left -= quantity
        if quantity:
            yield RefundableSeats(quantity=quantity, until=seats.until)


def _batches(found: _Refundable) -> Iterator[RefundableSeats]:
    for raw in found.details:
        try:
            batch = _Batch.model_validate(raw)
        except ValueError:
            continue
        if batch.allowed_until_date_time is not None:
            yield RefundableSeats(quantity=batch.quantity, until=batch.allowed_until_date_time)
