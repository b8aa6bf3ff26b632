"""Refusals of the service that are known before any kind of change is asked for: small functions, each named for what
it forbids.

A rule looks at one case and gives the reason, or None. Its docstring names the document it comes from.
"""

from collections.abc import Callable, Container
from collections.abc import Set as AbstractSet

from reconciler.changes.case import Case
from reconciler.changes.facts import Facts
from reconciler.changes.offer_names import listed
from reconciler.model.binding import Bound
from reconciler.model.reason import Reason
from reconciler.model.subscription import Live, Status

Rule = Callable[[Case], Reason | None]


def subscription_status_not_active(case: Case) -> Reason | None:
    """Only an active subscription can be upgraded (21Vianet, "Upgrade an existing subscription") or resized (2001)."""
    if case.live is None or case.live.active:
        return None
    may_return = (
        _successor(case, {case.desired.offer.id} - {case.live.offer.id})
        or perhaps_became(case.facts, case.live, case.bound)
        or {"suspended": case.live.status}
    )
    return case.because(
        "subscription_status_not_active",
        details=", ".join(case.live.suspension_reasons),
        known={"inactive": case.live.status, **(successor_or_none(case) if _gone(case) else may_return)},
    )


def new_commerce_subscription(case: Case) -> Reason | None:
    """A traditional subscription becomes one of new commerce by a migration, and by no upgrade (upgrade-resources)."""
    if not (case.offer_changes and case.desired.offer.new_commerce):
        return None
    return case.because("new_commerce_subscription", known={"traditional": "true"})


def sold_by_another_partner(case: Case) -> Reason | None:
    """Blocks what another partner sold: who did not sell a subscription can't remove its seats or transition it
    (21Vianet, reseller relationship), and pays for none of its seats. A reseller that we sell through is no other
    partner. Where the settings do not say who we are, who it was when state last saw it counts.
    """
    ours, live, bound = case.circumstances.mpn_id, case.live, case.bound
    if live is None or not live.partner_id or live.partner_id in case.circumstances.resellers:
        return None
    known = {"theirs": live.partner_id}
    if ours:
        known |= {"ours": ours}
        return case.because("sold_by_another_partner", known=known) if live.partner_id != ours else None
    if bound is None or not bound.resold(live):
        return None
    known |= {"theirs_before": bound.partner_id or "", "adopted": live.id}
    return case.because("sold_by_another_partner", known=known)


def offer_perhaps_held(case: Case) -> Reason | None:
    """An item of the customer's list that can't be understood may be the very subscription that is to be bought: its
    offer is the wanted one, or can't be read. Where it has neither id nor offer nobody could say so, and it is only
    told.
    """
    ordered, wanted = case.desired.order is not None, case.desired.offer.id
    if case.desired.allow_duplicate_offer or not (ordered or case.offer_changes):
        return None
    others = (item for item in case.facts.listing.unreadable if item.id not in _explained(case))
    perhaps = [item for item in others if item.offer_id == wanted or (ordered and item.id and not item.offer_id)]
    if not perhaps:
        return None
    besides = ", ".join((*case.desired.besides, *(item.id for item in perhaps if item.id)))
    known = {"unread": " ".join(item.sentence for item in perhaps), "ordered" if ordered else "upgraded": "true"}
    return case.because("offer_perhaps_held", known={**known, "besides": besides})


def _explained(case: Case) -> Container[str | None]:
    return case.facts.managed_ids | set(case.desired.besides)


def _gone(case: Case) -> bool:
    """Returns True if the subscription is one that does not come back: what replaced it is what matters."""
    return case.live is not None and case.live.status in {Status.DELETED, Status.EXPIRED}


def successor_or_none(case: Case) -> dict[str, str]:
    """Returns what replaced a subscription that does not come back: of the offer wanted, or of the one it had."""
    before = case.bound.offer_id if case.bound else case.live.offer.id if case.live else case.desired.offer.id
    return _successor(case, {case.desired.offer.id, before}) or {"no_successor": "true"}


def perhaps_became(facts: Facts, live: Live, bound: Bound | None) -> dict[str, str]:
    """Returns the unmanaged subscription that somebody may have upgraded this one to in Partner Center, the most alike.
    Whoever reactivates the source of an upgrade pays for both.
    """
    found = sorted(filter(live.may_have_become, facts.unmanaged), key=lambda other: not live.resembles(other))
    if not found:
        return {}
    unbound = {} if bound else {"unbound": "true"}
    return {"became": listed(found[:1]), "became_id": found[0].id, **unbound}


def _successor(case: Case, offers: AbstractSet[str]) -> dict[str, str]:
    """The unmanaged live subscription of one of these offers that looks most like what this address asks for."""
    fitting = [live for live in case.facts.unmanaged if live.offer.id in offers]
    if not fitting:
        return {}
    best = min(
        fitting, key=lambda live: (live.offer.id != case.desired.offer.id, live.quantity != case.desired.quantity)
    )
    unbound = {} if case.bound else {"unbound": "true"}
    return {"successor": listed([best]), "successor_id": best.id, **unbound}
