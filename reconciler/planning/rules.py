"""What Partner Center would refuse, known before asking it: a table of small functions, each named for what it forbids.

A rule looks at one case and gives the reason, or None. Its docstring names the document it comes from.
"""

from collections.abc import Callable
from collections.abc import Set as AbstractSet

from reconciler import changes
from reconciler.model.address import Address
from reconciler.model.change import Reason
from reconciler.model.errors import RelationshipMissing, ServiceError
from reconciler.model.state import Pending
from reconciler.model.subscription import Live, Status
from reconciler.model.term import FewerSeats, Platform
from reconciler.planning import diff
from reconciler.planning.case import Case, listed
from reconciler.planning.outside import moved_outside, seats_before
from reconciler.planning.pending import settles_at

Rule = Callable[[Case], Reason | None]


def id_conflicts_with_state(case: Case) -> Reason | None:
    """State binds an address to a chain of ids; the manifest's must be in it, and in no other (contract, section 4)."""
    wanted = case.desired.subscription_id
    if case.bound:
        if wanted in case.bound.chain:
            return None
        owned = _owned(case)
        owner = {"owner": owned} if owned else {"unowned_id": wanted}
        known = {"bound_id": case.bound.id, "declared_id": wanted, **owner}
        return case.because("id_conflicts_with_state", known=known)
    other = _owned(case)
    if other is None:
        return None
    declared = any(one.address == other for one in case.facts.desired)
    known = {"declared_id": wanted, ("other" if declared else "moved_from"): other}
    return case.because("id_conflicts_with_state", known=known)


def pending_under_another_address(case: Case) -> Reason | None:
    """While a request for a subscription has no answer, no other may be sent for it, under any address (section 5)."""
    state = case.facts.state
    others = state.all_pending() if state else ()
    found = ((name, one) for name, one in others if name != case.name and one.subscription_id == case.subscription_id)
    name, pending = next(found, ("", None))
    if state is None or pending is None:
        return None
    return outcome_unknown(case, pending, state.address(name))


def meant_by_two_addresses(case: Case) -> Reason | None:
    """No live subscription may be meant by two addresses (contract, section 4)."""
    others = [str(one) for one in case.facts.meant_by[case.subscription_id] if one != case.desired.address]
    if not others:
        return None
    known = {"sharing": ", ".join(others), "declared_id": case.subscription_id, "other": others[0]}
    return case.because("id_conflicts_with_state", known=known)


def made_by_an_open_change(case: Case) -> Reason | None:
    """What a request without an answer may have bought belongs to that request's address until it is settled."""
    state, live = case.facts.state, case.live
    now = case.circumstances.earliest
    pending = changes.open_purchase(state, live, now) if state and live and not case.bound else None
    if state is None or pending is None:
        return None
    return outcome_unknown(case, pending, state.address(state.name_of(pending)))


def subscription_unreadable(case: Case) -> Reason | None:
    """What can't be understood concerns itself only (contract, section 8.3): nothing can be decided about it."""
    if case.unreadable is None:
        return None
    return case.because("subscription_unreadable", details=case.unreadable.sentence)


def subscription_missing(case: Case) -> Reason | None:
    """The service lists no subscription of this id for the customer."""
    if case.live:
        return None
    if case.bound and not case.bound.visible:
        known = {"bought_id": case.bound.id, "bought_at": f"{case.bound.observed_at:%Y-%m-%d %H:%M}Z"}
        return case.because("subscription_missing", known=known)
    return case.because("subscription_missing", known=_successor_or_none(case))


def subscription_status_not_active(case: Case) -> Reason | None:
    """Only an active subscription can be upgraded (21Vianet, "Upgrade an existing subscription") or resized (2001)."""
    if case.live is None or case.live.active:
        return None
    may_return = _successor(case, {case.desired.offer.id} - {case.live.offer.id}) or {"suspended": case.live.status}
    return case.because(
        "subscription_status_not_active",
        details=", ".join(case.live.suspension_reasons),
        known={"inactive": case.live.status, **(_successor_or_none(case) if _gone(case) else may_return)},
    )


def add_on_cannot_be_upgraded(case: Case) -> Reason | None:
    """An add-on follows its parent subscription and has no upgrades of its own (subscription-resources)."""
    if not (case.offer_changes and case.live and case.live.is_add_on):
        return None
    return case.because("add_on_cannot_be_upgraded", known={"parent": case.live.parent_subscription_id or ""})


def new_commerce_subscription(case: Case) -> Reason | None:
    """`/upgrades` is for traditional licences only (upgrade-resources); new commerce has transitions instead."""
    modern = case.live and case.live.platform is not Platform.TRADITIONAL
    if not (case.offer_changes and case.live and (modern or case.desired.offer.new_commerce)):
        return None
    return case.because("new_commerce_subscription")


def sold_by_another_partner(case: Case) -> Reason | None:
    """Who did not sell a subscription can't remove its seats or transition it (21Vianet, reseller relationship), and
    pays for none of its seats. Where the settings do not say who we are, who it was when state last saw it counts.
    """
    ours, live, bound = case.circumstances.mpn_id, case.live, case.bound
    if live is None or not live.partner_id:
        return None
    known = {"theirs": live.partner_id}
    if ours:
        known |= {"ours": ours}
        return case.because("sold_by_another_partner", known=known) if live.partner_id != ours else None
    if bound is None or not diff.changed_hands(bound, live):
        return None
    known |= {"theirs_before": bound.partner_id or "", "adopted": live.id}
    return case.because("sold_by_another_partner", known=known)


def target_offer_already_held(case: Case) -> Reason | None:
    """The customer can't already have the subscription it is upgraded to (21Vianet, "Upgrade an existing …")."""
    held = duplicates(case)
    if not (case.offer_changes and held) or case.desired.allow_duplicate_offer:
        return None
    if case.live and not case.live.active:
        return None  # its status is told instead, with what is held as its likely successor
    return case.because("target_offer_already_held", known={"held": listed(held), "held_id": held[0].id})


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


IDENTITY: tuple[Rule, ...] = (
    id_conflicts_with_state,
    pending_under_another_address,
    meant_by_two_addresses,
    made_by_an_open_change,
    subscription_unreadable,
    subscription_missing,
)
"""Whether the address means a subscription at all. The first that speaks is enough."""

REFUSALS: tuple[Rule, ...] = (
    subscription_status_not_active,
    add_on_cannot_be_upgraded,
    new_commerce_subscription,
    sold_by_another_partner,
    target_offer_already_held,
    seat_loss_not_allowed,
    new_commerce_only,
)
"""Whether the service would take the change. All that speak are told."""


def duplicates(case: Case) -> tuple[Live, ...]:
    """Live, active subscriptions that no address manages and that have the wanted offer already."""
    return tuple(live for live in case.facts.unmanaged if live.offer.id == case.desired.offer.id)


def outcome_unknown(case: Case, pending: Pending, address: Address | None = None) -> Reason:
    """Why nothing is sent while a request has no answer; `address` is what it was made under, where that is another."""
    known = {
        "address": str(address or case.desired.address),
        "request_id": pending.request_id,
        "since": f"{pending.sent_at:%Y-%m-%d %H:%M}Z",
        "settles_at": f"{settles_at(pending, case.circumstances):%Y-%m-%d %H:%M:%S}Z",
    }
    return case.because("outcome_unknown", known=known)


def customer_refused(case: Case, error: ServiceError) -> Reason:
    """Why a customer's subscriptions can't be read: above all a missing relationship."""
    if isinstance(error, RelationshipMissing):
        return case.because("not_our_customer", known=link(case))
    return case.unanswered(error)


def link(case: Case) -> dict[str, str]:
    """The reseller-relationship link where it is known, else the way through the portal."""
    found = case.facts.relationship_link
    return (
        {"link": found}
        if isinstance(found, str) and found
        else {"portal": "Customers > Request a reseller relationship"}
    )


def _gone(case: Case) -> bool:
    """Whether the subscription is one that does not come back: what replaced it is what matters."""
    return case.live is not None and case.live.status in {Status.DELETED, Status.EXPIRED}


def _successor_or_none(case: Case) -> dict[str, str]:
    """What replaced a subscription that does not come back: of the offer wanted, or of the one it had."""
    before = case.bound.offer_id if case.bound else case.live.offer.id if case.live else case.desired.offer.id
    return _successor(case, {case.desired.offer.id, before}) or {"no_successor": "true"}


def _successor(case: Case, offers: AbstractSet[str]) -> dict[str, str]:
    """The unmanaged live subscription of one of these offers that looks most like what this address asks for."""
    fitting = [live for live in case.facts.unmanaged if live.offer.id in offers]
    if not fitting:
        return {}
    best = min(
        fitting, key=lambda live: (live.offer.id != case.desired.offer.id, live.quantity != case.desired.quantity)
    )
    return {"successor": listed([best]), "successor_id": best.id}


def _owned(case: Case) -> str | None:
    """The other address that the manifest's id belongs to, if any: by its chain, or by what is pending or in doubt."""
    state = case.facts.state
    owner = state.claimed_by(case.desired.subscription_id) if state else None
    return str(state.address(owner)) if state and owner and owner != case.name else None
