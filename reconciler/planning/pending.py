"""Changes of earlier runs that are not final yet, as planning shows them. Nothing is recorded here."""

from datetime import datetime, timedelta

from reconciler import advice, changes
from reconciler.changes.facts import Circumstances, Facts
from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.evidence import Evidence, Verdict, open_changes
from reconciler.model.pending import SHOWS_WITHIN, Pending, Reply
from reconciler.model.plan import Unsettled
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Live

_FARTHEST_AHEAD = timedelta(days=8)
"""A change that was sent in the past is settled earlier than so much from now."""

_WAIT = "Wait: Partner Center can take up to a day to show a new subscription. Nothing is sent until then."


def unsettled(
    name: str, pending: Pending, state: CustomerState, facts: Facts, circumstances: Circumstances
) -> Unsettled:
    """A change whose answer was lost, and what reading back says of it now."""
    address = state.address(name)
    done = shows(pending, state, facts, circumstances)
    if pending.reply is Reply.PERSON_NEEDED and not done:
        return _held(name, pending, state)
    recorded: tuple[str, tuple[str, ...]] = ("It was done. The next apply records it.", ())
    later, run = recorded if done else _next(address, pending, state, facts, circumstances)
    return Unsettled(
        address=address,
        customer=state.customer,
        what=f"{wanted(pending)}, {'sent' if pending.reply else 'started'} by run {pending.run.id}, request id"
        f" {pending.request_id}",
        since=pending.started_at,
        outcome="recovered" if done else "unknown",
        next=later,
        run=run,
    )


def _held(name: str, pending: Pending, state: CustomerState) -> Unsettled:
    """An order that the service does not go on with before a person has acted."""
    known = {"order": pending.operation or ""}
    return Unsettled(
        address=state.address(name),
        customer=state.customer,
        what=f"{wanted(pending)}, held by the service as order {pending.operation or '(unknown)'}",
        since=pending.started_at,
        outcome="waiting",
        next=" ".join(step.text for step in advice.row("order_held").steps_for(known)),
        run=("apply", "--settle"),
    )


def _next(
    address: Address, pending: Pending, state: CustomerState, facts: Facts, circumstances: Circumstances
) -> tuple[str, tuple[str, ...]]:
    """Returns what settles a change of which nothing shows yet, and the command that does it or has those that do."""
    settle, by_hand = ("apply", "--settle"), ("state", "show", address)
    say = "say what you found. Both commands are in:"
    if pending.reply is Reply.LOGGED:
        return "The service's audit log says that it was done. Nothing is sent. This records it once it shows:", settle
    if hiding := changes.hiding(pending, facts.listing, state.claimed_ids()):
        hidden = min(item.sentence for item in hiding)
        return (
            f"{hidden} That may be what it bought, so apply can't settle it yet. Check Partner Center, and {say}",
            by_hand,
        )
    if pending.operation is not None and changes.buys(pending):
        order = f"Partner Center has it as order {pending.operation}."
        return f"{order} The next apply checks the order; or {say}", by_hand
    listed = facts.unread is None and changes.of(pending.request).traced_in(pending) == (changes.Read.LISTING,)
    if listed and evidence(pending, state, facts, circumstances).verdict is Verdict.UNCLEAR:
        return f"The customer's subscriptions leave it open whether it was done. Look, and {say}", by_hand
    settled = settles_at(pending, circumstances)
    if settled - circumstances.now > _FARTHEST_AHEAD:
        sent = f"{pending.sent_at:%Y-%m-%d %H:%M:%S}Z"
        unsettled = f"State says that it was sent at {sent}, which is in the future, so apply can't settle it."
        return f"{unsettled} Look, and {say}", by_hand
    since = "" if settled <= circumstances.now else f" from {settled:%Y-%m-%d %H:%M:%S}Z on"
    not_done = f"and{since} it settles it as not done if the subscription is still as it was"
    if pending.reply is Reply.ACCEPTED and not changes.buys(pending):
        return f"The service is at work on it. This records it once it shows, {not_done}:", settle
    return f"The next apply records it if it shows, {not_done}; or {say}", by_hand


def shows(pending: Pending, state: CustomerState, facts: Facts, circumstances: Circumstances) -> bool:
    """Returns True if the live subscriptions tell that it was done."""
    return evidence(pending, state, facts, circumstances).verdict is Verdict.DONE


def evidence(pending: Pending, state: CustomerState, facts: Facts, circumstances: Circumstances) -> Evidence:
    """Returns what the live subscriptions say of an open change."""
    rivals = open_changes(state, circumstances.earliest)
    return changes.read_back(pending, facts.listing, state.claimed_ids(), rivals)


def settles_at(pending: Pending, circumstances: Circumstances) -> datetime:
    """The time from which apply may give it up if no effect shows: its lease has expired."""
    return pending.abandoned_from(circumstances.wait.owned_seconds) + circumstances.lag


def waiting(
    name: str, bound: Bound, state: CustomerState, facts: Facts, circumstances: Circumstances
) -> Unsettled | None:
    """A target that was bought and is not visible yet; None once a day has passed, or where it was seen already.

    What state says was bought more than a day from now is not waited for either: it is blocked as missing.
    """
    if bound.visible or abs(circumstances.earliest - bound.observed_at) > SHOWS_WITHIN:
        return None
    nameless = min((item.sentence for item in facts.listing.unreadable if item.id is None), default="")
    return Unsettled(
        address=state.address(name),
        customer=state.customer,
        what=f"bought {bound.offer_name}, {bound.quantity} seats, as {bound.id}",
        since=bound.observed_at,
        outcome="waiting",
        next=f"{nameless} That may be this one. Nothing is sent until it can be read." if nameless else _WAIT,
    )


def wanted(pending: Pending) -> str:
    """The change in words."""
    return changes.of(pending.request).wanted(pending.request)


def still_active(bound: Bound, lives: dict[str, Live]) -> tuple[Live, ...]:
    """Earlier subscriptions of the address that are active: both are billed."""
    return tuple(lives[id_] for id_ in bound.previous_ids if id_ in lives and lives[id_].active)
