"""Office as a subscription of new commerce, and what is scheduled for the end of its term."""

from datetime import timedelta
from typing import Any

from reconciler.model.binding import Bound
from reconciler.model.renewal import AtRenewal, NextTerm, ScheduleForm
from reconciler.model.subscription import Live
from reconciler.model.term import FewerSeats, RefundableSeats
from reconciler.planning import CustomerPlan
from tests.planning.cases import MODERN, NOW, OFFICE, bound, committed, facts, live, path, planned, state, wants

LATER, AT_ONCE = FewerSeats.AT_RENEWAL, FewerSeats.NOW


def office(seats: int = 25, then: AtRenewal | None = None, **more: Any) -> Live:
    """The subscription; `more` is of its commitment, but for `of`, its other values."""
    own = more.pop("of", {})
    return live(MODERN, seats, commitment=committed(seats, then, **more), **own)


def scheduled(seats: int = 20, **more: Any) -> Live:
    """The subscription, with fewer seats scheduled for the end of its term."""
    following = NextTerm(offer_id=MODERN.id, quantity=seats, term="annual", billing="monthly")
    return office(then=renews(seats), next_term=following, form=ScheduleForm.INSTRUCTIONS, **more)


def renews(seats: int, term: str = "annual", billing: str = "monthly") -> AtRenewal:
    return AtRenewal(outcome="renews_changed", quantity=seats, term=term, billing=billing)


def ending(**more: Any) -> Live:
    return office(then=AtRenewal(outcome="ends"), auto_renew=False, form=ScheduleForm.ACTIONS, **more)


def refundable(seats: int) -> dict[str, Any]:
    return {"refundable": (RefundableSeats(quantity=seats, until=NOW + timedelta(days=2)),)}


def ours(seen: Live, **more: Any) -> Bound:
    """The binding of an apply that scheduled what the subscription shows."""
    then = seen.commitment.renewal if seen.commitment else None
    ends = seen.commitment.ends_at if seen.commitment else None
    known = {"scheduled_by": "request-1", "renewal": then, "term_ends": ends, "term": "annual"}
    return bound(offer=MODERN, seats=seen.quantity, **{**known, **more})


def come_to(seen: Live, known: Bound | None = None, **asked: Any) -> CustomerPlan:
    """Returns what the entry comes to; higher offers are permitted."""
    options, promotions = asked.pop("options", (path(),)), asked.pop("promotions", {})
    remembered = state(office=known) if known else None
    entry = wants(**{"offer": MODERN, **asked})
    return planned(facts(entry, lives=[seen], state=remembered, transitions={OFFICE: options}, promotions=promotions))
