"""Changes of earlier runs that are not final yet, as planning shows them. Nothing is recorded here."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from reconciler import advice, changes
from reconciler.changes.facts import Circumstances, Facts
from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.evidence import Evidence, Verdict, open_changes
from reconciler.model.pending import SHOWS_WITHIN, Pending, Reply
from reconciler.model.remedy import Remedy
from reconciler.model.state import CustomerState
from reconciler.model.subscription import Live
from reconciler.model.unsettled import Unsettled
from reconciler.model.utc import utc_second

_FARTHEST_AHEAD = timedelta(days=8)
"""A change that was sent in the past is settled earlier than so much from now."""


def unsettled(
    name: str,
    pending: Pending,
    state: CustomerState,
    facts: Facts,
    circumstances: Circumstances,
    *,
    asked: bool = True,
) -> Unsettled:
    """A change whose answer was lost, and what reading back says of it now; `asked` tells whether a manifest asks for
    it still.
    """
    address = state.address(name)
    done = shows(pending, state, facts, circumstances)
    if pending.reply is Reply.PERSON_NEEDED and not done:
        return _held(name, pending, state, asked=asked)
    return Unsettled(
        address=address,
        customer=state.customer,
        what=f"{wanted(pending)}, {'sent' if pending.reply else 'started'} by run {pending.run.id}, request id"
        f" {pending.request_id}",
        since=pending.started_at,
        outcome="recovered" if done else "unknown",
        remedy=advice.row("pending_done").remedy() if done else _remedy(address, pending, state, facts, circumstances),
    )


def _held(name: str, pending: Pending, state: CustomerState, *, asked: bool) -> Unsettled:
    """An order that the service does not go on with before a person has acted."""
    known = {"order": pending.operation or "", "asked" if asked else "unasked": "yes"}
    return Unsettled(
        address=state.address(name),
        customer=state.customer,
        what=f"{wanted(pending)}, held by the service as order {pending.operation or '(unknown)'}",
        since=pending.started_at,
        outcome="waiting",
        remedy=advice.row("order_held").remedy(known),
        held=True,
    )


def _remedy(
    address: Address, pending: Pending, state: CustomerState, facts: Facts, circumstances: Circumstances
) -> Remedy:
    """Returns what settles a change of which nothing shows yet."""
    known = {**settling(pending, state, facts, circumstances), "address": str(address)}
    by_hand = {} if "performed" in known or "at_work" in known else {"by_hand": "true"}
    return advice.row("pending_unknown").remedy({**known, **by_hand})


def settling(pending: Pending, state: CustomerState, facts: Facts, circumstances: Circumstances) -> Mapping[str, str]:
    """Returns the data of the advice on what settles a change: apply, unless what the service shows leaves it open."""
    now, settled = circumstances.now, settles_at(pending, circumstances)
    known = dict(changes.settling(pending, settled, now))
    by_time = known.pop("settles_at", None) or known.pop("settles_now", None)
    if by_time is None:
        return known
    if hiding := changes.hiding(pending, facts.listing, state.claimed_ids()):
        return {**known, "hidden": min(item.sentence for item in hiding)}
    if _leaves_open(pending, state, facts, circumstances):
        return {**known, "unclear": "true"}
    if settled - now > _FARTHEST_AHEAD:
        return {**known, "ahead": utc_second(pending.sent_at)}
    return changes.settling(pending, settled, now)


def _leaves_open(pending: Pending, state: CustomerState, facts: Facts, circumstances: Circumstances) -> bool:
    """Returns True if the customer's subscriptions are all that tells of it, and do not tell whether it was done."""
    listed = facts.unread is None and changes.of(pending.request).traced_in(pending) == (changes.Read.LISTING,)
    return listed and evidence(pending, state, facts, circumstances).verdict is Verdict.UNCLEAR


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
        remedy=advice.row("target_not_visible").remedy({"hidden": nameless} if nameless else {"unseen": "true"}),
    )


def wanted(pending: Pending) -> str:
    """The change in words."""
    return changes.of(pending.request).wanted(pending.request)


def still_active(bound: Bound, lives: dict[str, Live]) -> tuple[Live, ...]:
    """Earlier subscriptions of the address that are active: both are billed."""
    return tuple(lives[id_] for id_ in bound.previous_ids if id_ in lives and lives[id_].active)
