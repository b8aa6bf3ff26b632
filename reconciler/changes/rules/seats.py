"""Rules about seats."""

from datetime import UTC, timedelta

from reconciler.changes.case import Case
from reconciler.changes.in_words import in_seats
from reconciler.changes.renewed import missed_renewal, renewed_at
from reconciler.model.alarm import PERMISSION_USED
from reconciler.model.change import Caution
from reconciler.model.reason import Reason
from reconciler.model.result import Result
from reconciler.model.term import FewerSeats, Platform
from reconciler.model.utc import utc_minute


def seat_loss_not_allowed(case: Case) -> Reason | None:
    """Fewer seats than live would take licences from users; the manifest must say that this is meant."""
    if not case.seats_removed or case.desired.fewer_seats is not FewerSeats.REFUSE:
        return None
    live, before = case.live.quantity if case.live else 0, seats_before(case)
    moved = moved_outside(before, live) if before is not None and before < live else ""
    return case.because("seat_loss_not_allowed", known={"removed": str(case.seats_removed), "moved": moved})


def permitted_otherwise(case: Case) -> Reason | None:
    """A one-off permission is for one number of seats, and may end on a day. Seats that somebody else added are settled
    first: until then another permission permits nothing.
    """
    once, now = case.desired.fewer_seats_once, case.circumstances.now
    if once is None or not case.seats_removed or seats_added_outside(case):
        return None
    known = {"permitted": str(once.to), "line": str(case.desired.fewer_seats_place or case.desired.source)}
    if once.to != case.desired.quantity:
        return case.because("seats_permitted_otherwise", known=known)
    if once.until is None or now.astimezone(UTC).date() <= once.until:
        return None
    return case.because("seat_permission_expired", known={**known, "until": f"{once.until}"})


def seats_added_outside(case: Case) -> Reason | None:
    """Blocks the removal of seats that somebody else added since state last saw the subscription: the permission covers
    seats that the manifest declared, and may be an old one (contract, section 8.3). An upgrade of a traditional
    subscription removes them as a resize does. A one-off permission is no exception: nothing tells whether it was
    written before the seats were added.
    """
    live, bound = case.facts.lives.get(case.subscription_id), case.bound
    if live is None or bound is None or not bound.visible or case.accepts_drift:
        return None
    added = live.quantity > bound.quantity
    if not added or not case.seats_removed or case.desired.fewer_seats is FewerSeats.REFUSE:
        return None
    return case.because("seats_added_outside", known={"before": str(bound.quantity)})


def new_commerce_only(case: Case) -> Reason | None:
    """A traditional subscription has no schedule for the end of its term (subscription-resources)."""
    traditional = case.live is not None and case.live.platform is Platform.TRADITIONAL
    if not (traditional and case.seats_removed and case.desired.fewer_seats is FewerSeats.AT_RENEWAL):
        return None
    if seats_added_outside(case):
        return None
    return case.because("new_commerce_only", known={"removed": str(case.seats_removed)})


def seats_not_refundable(case: Case) -> Reason | None:
    """Seats of new commerce are given back within seven days of their purchase, addition or renewal
    (subscription-resources, `refundableQuantity`). How many may go is settled first where somebody else added seats:
    until then there is no quantity to advise.
    """
    commitment, now = case.live.commitment if case.live else None, case.circumstances.now
    if commitment is None or case.desired.fewer_seats is not FewerSeats.NOW or seats_added_outside(case):
        return None
    refundable = commitment.refundable_at(now)
    if case.seats_removed <= refundable:
        return None
    kind = "once" if case.desired.fewer_seats_once else "standing"
    known = {"removed": str(case.seats_removed), "refundable": str(refundable), kind: "true"}
    if refundable:
        until = min(batch.until for batch in commitment.refundable if batch.until > now)
        known |= {"until": utc_minute(until), "least": str(case.present.quantity - refundable)}
    ends = commitment.ends_at
    known |= {"from": f"{ends + timedelta(days=1):%Y-%m-%d}"} if ends else {"no_date": "true"}
    return case.because("seats_not_refundable", known=known)


def waits_for_renewal(case: Case) -> bool:
    """Returns whether the seats that are too many are to go when the term ends, and not now."""
    fewer = case.seats_removed > 0 and case.desired.fewer_seats is FewerSeats.AT_RENEWAL
    return fewer and not missed_renewal(case)


def cautions(case: Case) -> tuple[Caution, ...]:
    """Says how many seats a change removes."""
    if not case.seats_removed:
        return ()
    known = {"removed": str(case.seats_removed)}
    commitment, now = case.live.commitment if case.live else None, case.circumstances.now
    if until := [batch.until for batch in commitment.refundable if batch.until > now] if commitment else []:
        known |= {"until": utc_minute(min(until))}
    removed = case.caution("seats_removed", **known)
    used = permission_used(case)
    renewed = renewed_at(case) if missed_renewal(case) else None
    if renewed is None:
        return (*used, removed)
    return (
        *used,
        case.caution("missed_renewal", removed=str(case.seats_removed), renewed=f"{renewed:%Y-%m-%d}", plan="plan"),
        removed,
    )


def permission_used(case: Case) -> tuple[Caution, ...]:
    """Says that a one-off permission serves once more: an earlier change removed seats down to its number, and the line
    was left in the manifest, or written again.
    """
    once, state = case.desired.fewer_seats_once, case.facts.state
    removals = (
        result
        for result in (state.history_of(case.name) if state and once else ())
        if once and result.outcome.performed and result.request.new_quantity == once.to < (result.before_quantity or 0)
    )
    last = max(removals, key=lambda result: result.started_at, default=None)
    if once is None or last is None:
        return ()
    known = {
        "permission": str(once),
        "applied_at": utc_minute(last.started_at),
        "run": last.run.id,
        "line": str(case.desired.fewer_seats_place or case.desired.source),
    }
    return (case.caution(PERMISSION_USED, **known),)


def seats_before(case: Case) -> int | None:
    """Returns how many seats there were before somebody else changed that: as state last saw it, or as it was last set.

    None where nobody else did, as far as is known.
    """
    live, bound = case.live, case.bound
    if live is None or bound is None or not bound.visible:
        return None
    if bound.quantity != live.quantity:
        return bound.quantity
    done = last_performed(case)
    undone = (
        done is not None
        and done.request.new_quantity == case.desired.quantity != live.quantity
        and not case.offer_changes
        and not bound.bought_otherwise
    )
    return case.desired.quantity if undone else None


def bought_otherwise(case: Case) -> tuple[Caution, ...]:
    """Says that an earlier run asked for other seats than were ever seen: that is nobody else's change."""
    bound, done = case.bound, last_performed(case)
    if bound is None or done is None or not bound.bought_otherwise or done.request.new_quantity is None:
        return ()
    known = {
        "run": done.run.id,
        "asked": in_seats(done.request.new_quantity),
        "applied_at": utc_minute(done.started_at),
        "shown": in_seats(bound.quantity),
        "wanted": in_seats(case.desired.quantity),
    }
    return (case.caution("bought_otherwise", **known),)


def moved_outside(was: int, now: int) -> str:
    """`10 seats were removed outside (30 -> 20)`."""
    moved = abs(now - was)
    verb = "was" if moved == 1 else "were"
    return f"{in_seats(moved)} {verb} {'added' if now > was else 'removed'} outside ({was} -> {now})"


def last_performed(case: Case) -> Result | None:
    """The latest change of the subscription that was carried out."""
    state, bound = case.facts.state, case.bound
    results = state.history_of(case.name) if state and bound else ()
    last = next((result for result in reversed(results) if result.outcome.performed), None)
    return last if last and bound and bound.id in {last.subscription_id, last.target_subscription_id} else None
