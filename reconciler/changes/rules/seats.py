"""Rules about seats."""

from reconciler.changes.case import Case
from reconciler.model.change import Caution
from reconciler.model.reason import Reason
from reconciler.model.result import Result
from reconciler.model.term import FewerSeats, Platform


def seat_loss_not_allowed(case: Case) -> Reason | None:
    """Fewer seats than live would take licences from users; the manifest must say that this is meant."""
    if not case.seats_removed or case.desired.fewer_seats is not FewerSeats.REFUSE:
        return None
    live, before = case.live.quantity if case.live else 0, seats_before(case)
    moved = moved_outside(before, live) if before is not None and before < live else ""
    return case.because("seat_loss_not_allowed", known={"removed": str(case.seats_removed), "moved": moved})


def new_commerce_only(case: Case) -> Reason | None:
    """A traditional subscription has no schedule for the end of its term (subscription-resources)."""
    traditional = case.live is not None and case.live.platform is Platform.TRADITIONAL
    if not (traditional and case.seats_removed and case.desired.fewer_seats is FewerSeats.AT_RENEWAL):
        return None
    return case.because("new_commerce_only")


def cautions(case: Case) -> tuple[Caution, ...]:
    """Says how many seats a change removes."""
    return (case.caution("seats_removed", removed=str(case.seats_removed)),) if case.seats_removed else ()


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
    )
    return case.desired.quantity if undone else None


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


def in_seats(number: int) -> str:
    """Returns a number of seats in words."""
    return f"{number} {'seat' if number == 1 else 'seats'}"
