"""A renewal that has happened: the days in which its seats can be given back."""

from datetime import datetime, timedelta

from reconciler.changes.case import Case
from reconciler.changes.schedule import RENEWED_WITHIN
from reconciler.model.term import FewerSeats

REFUND_WINDOW = timedelta(days=8)
"""A renewal opens a window of seven days; the renewal itself may take a day (new-commerce-cancellation-policy)."""


def renewed_at(case: Case) -> datetime | None:
    """Returns when the present term began by a renewal, within the days in which its seats can be given back.

    None where it began otherwise, as far as the dates and state tell.
    """
    live, now, bound = case.live, case.circumstances.now, case.bound
    began = live.commitment.starts_at if live and live.commitment else None
    if live is None or live.commitment is None or began is None or live.created_at is None:
        return None
    if began - live.created_at < RENEWED_WITHIN or not began <= now < began + REFUND_WINDOW:
        return None
    before = bound.term_ends if bound else None
    ended_later = before is not None and before != live.commitment.ends_at and before > began + RENEWED_WITHIN
    state = case.facts.state
    others = (done for done in (state.history_of(case.name) if state else ()) if done.outcome.performed)
    restarted = any(done.request.begins_term and done.started_at > began - RENEWED_WITHIN for done in others)
    return None if ended_later or restarted else began


def missed_renewal(case: Case) -> bool:
    """Returns whether the term renewed with more seats than the manifest asks for, and they can be given back now
    (contract, section 8.1).
    """
    live = case.live
    if live is None or live.commitment is None or case.desired.fewer_seats is not FewerSeats.AT_RENEWAL:
        return False
    enough = 0 < case.seats_removed <= live.commitment.refundable_at(case.circumstances.now)
    return enough and renewed_at(case) is not None
