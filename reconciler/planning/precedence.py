"""The reasons of one item whose advice would contradict that of another, which is settled first."""

from collections.abc import Callable, Iterable, Mapping

from reconciler.changes.case import Case
from reconciler.model.reason import Reason
from reconciler.model.subscription import Status

_GONE = {Status.DELETED, Status.EXPIRED}


def without_moot(case: Case, reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Returns the reasons, each once, without those that are moot until another is settled: what is advised for them
    would contradict what is advised for that one, or leads nowhere.

    A subscription that does not come back has one reason: what replaced it is what matters, and not its seats.
    """
    each = tuple(dict.fromkeys(reasons))
    codes = {reason.code for reason in each}
    if "subscription_status_not_active" in codes and case.live is not None and case.live.status in _GONE:
        return tuple(reason for reason in each if reason.code in _OF_THE_GONE)
    return tuple(reason for reason in each if not any(_FIRST[code](reason) for code in codes & _FIRST.keys()))


_OF_THE_GONE = {"subscription_status_not_active", "outcome_unknown"}
"""The reasons that hold for a subscription that does not come back."""


def _is(*codes: str) -> Callable[[Reason], bool]:
    return lambda reason: reason.code in codes


def _is_schedule_of_seats(reason: Reason) -> bool:
    """Returns whether the advice declares another number of seats: those that somebody scheduled."""
    return reason.code == "schedule_undeclared" and any("\nquantity: " in step.text for step in reason.remedy.steps)


_FIRST: Mapping[str, Callable[[Reason], bool]] = {
    "trial_cannot_be_changed": _is("schedule_undeclared", "auto_renew_is_off"),
    "trial_needs_terms": _is("trial_cannot_be_changed"),
    **dict.fromkeys(
        (
            "seat_loss_not_allowed",
            "seats_added_outside",
            "seats_permitted_otherwise",
            "seat_permission_expired",
            "seats_not_refundable",
            "promotion_seat_limit",
        ),
        _is_schedule_of_seats,
    ),
}
"""The reasons that are settled first, each with what is moot until then."""
