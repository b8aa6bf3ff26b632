"""What of earlier runs is not final yet, as planning shows it. Nothing is recorded here."""

from datetime import timedelta

from reconciler.model.change import Action
from reconciler.model.evidence import Verdict, read_back
from reconciler.model.plan import Unsettled
from reconciler.model.state import Bound, CustomerState, Pending
from reconciler.model.subscription import Live
from reconciler.planning.facts import Circumstances, Facts

VISIBLE_WITHIN = timedelta(days=1)
"""How long a bought subscription may stay invisible before that is an error (contract, section 4)."""


def unsettled(name: str, pending: Pending, state: CustomerState, facts: Facts) -> Unsettled:
    """A change whose answer was lost, and what reading back says of it now."""
    evidence = read_back(pending, facts.lives.values(), state.chained_ids(), state.pending.values())
    address = state.address(name)
    done = evidence.verdict is Verdict.DONE and evidence.subscription is not None
    return Unsettled(
        address=address,
        customer=state.customer,
        what=f"{wanted(pending)}, sent by run {pending.run.id}, request id {pending.request_id}",
        since=pending.started_at,
        outcome="recovered" if done else "unknown",
        next=(
            "It was done. The next apply records it."
            if done
            else f"reconciler apply reads it back; or settle it: reconciler state resolve {address} --not-done"
        ),
    )


def waiting(name: str, bound: Bound, state: CustomerState, circumstances: Circumstances) -> Unsettled | None:
    """A target that was bought and is not visible yet; None once a day has passed, or where it was seen already."""
    if bound.visible or circumstances.now - bound.observed_at > VISIBLE_WITHIN:
        return None
    return Unsettled(
        address=state.address(name),
        customer=state.customer,
        what=f"bought {bound.offer_name}, {bound.quantity} seats, as {bound.id}",
        since=bound.observed_at,
        outcome="waiting",
        next="Wait: Partner Center can take up to a day to show a new subscription. Nothing is sent until then.",
    )


def wanted(pending: Pending) -> str:
    """The change in words."""
    if pending.action is Action.RESIZE:
        return f"resize to {pending.quantity} seats"
    return f"upgrade to {pending.target_offer_name or pending.target_offer_id}, {pending.quantity} seats"


def still_active(bound: Bound, lives: dict[str, Live]) -> tuple[Live, ...]:
    """Earlier subscriptions of the address that are active: both are billed."""
    return tuple(lives[one] for one in bound.previous_ids if one in lives and lives[one].active)
