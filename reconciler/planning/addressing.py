"""Says which subscription an address means, and why it means none: a table of small functions, each named for what it
forbids.

A rule looks at one case and gives the reason, or None. Its docstring names the document it comes from.
"""

from collections.abc import Mapping
from dataclasses import replace

from reconciler import changes
from reconciler.changes.case import Case
from reconciler.changes.in_words import sent_when
from reconciler.changes.rules.relationship import link
from reconciler.changes.rules.shared import Rule, successor_or_none
from reconciler.model.address import Address
from reconciler.model.binding import Bound
from reconciler.model.change import Blocked
from reconciler.model.desired import Desired
from reconciler.model.errors import RelationshipMissing, ServiceError
from reconciler.model.order import order_key
from reconciler.model.pending import Pending
from reconciler.model.reason import Reason
from reconciler.model.renewal import EndOfTerm
from reconciler.model.term import Platform
from reconciler.model.utc import utc_minute
from reconciler.planning.pending import settling
from reconciler.planning.renames import undeclared_renames


def id_conflicts_with_state(case: Case) -> Reason | None:
    """State binds an address to a chain of ids; the manifest's must be in it, and in no other (contract, section 4)."""
    wanted = case.desired.subscription_id
    if case.bound and wanted in case.bound.chain:
        return None
    renames = undeclared_renames(case)
    if len(renames) > 1:
        return case.because("id_conflicts_with_state", known=_exchanged(case, renames))
    key = order_key(wanted)
    if case.bound:
        if key is not None:
            known = {"declared_key": key, **_bound_to(case.bound, "bound_key")}
            return case.because("id_conflicts_with_state", known=known)
        owned = _owned(case)
        owner = {"owner": owned, "owner_name": Address(owned).name} if owned else {"unowned_id": wanted}
        known = {"own_name": case.name} | {**_bound_to(case.bound, "begun_key"), "declared_id": wanted, **owner}
        return case.because("id_conflicts_with_state", known=known)
    other = _owned(case)
    if other is None:
        return None
    declared = any(desired.address == other for desired in case.facts.desired)
    named = {"declared_id": wanted} if key is None else {"declared_key": key, "used": "true"}
    known = {**named, ("other" if declared else "moved_from"): other}
    if not declared and other.startswith(f"{case.desired.customer.name}/"):
        known |= {"old_name": Address(other).name, "new_name": case.name}
    return case.because("id_conflicts_with_state", known=known)


def _exchanged(case: Case, renames: Mapping[str, str]) -> dict[str, str]:
    """Names that were exchanged, or that one entry left to another, in words and as pairs of the manifest."""
    customer = case.desired.customer.name
    *firsts, last = (f"{customer}/{old} is {customer}/{new} now" for old, new in renames.items())
    return {
        "renamed": f"{', '.join(firsts)} and {last}",
        "pairs": ", ".join(f"{old}: {new}" for old, new in renames.items()),
        "document": case.desired.source.file,
    }


def _bound_to(bound: Bound, name: str) -> dict[str, str]:
    """The subscription that an address is bound to; under this name, the key of the order that has bought nothing."""
    key = order_key(bound.id)
    return {"bound_id": bound.id} if key is None else {name: key}


def pending_under_another_address(case: Case) -> Reason | None:
    """While a request for a subscription has no answer, no other may be sent for it, under any address (section 5)."""
    state = case.facts.state
    others = state.all_pending() if state else ()
    found = (
        (name, pending)
        for name, pending in others
        if name != case.name and pending.subscription_id == case.subscription_id
    )
    name, pending = next(found, ("", None))
    if state is None or pending is None:
        return None
    return outcome_unknown(case, pending, state.address(name))


def meant_by_two_addresses(case: Case) -> Reason | None:
    """No live subscription may be meant by two addresses (contract, section 4)."""
    others = [str(address) for address in case.facts.meant_by[case.subscription_id] if address != case.desired.address]
    if not others:
        return None
    known = {"sharing": ", ".join(others), "declared_id": case.subscription_id, "other": others[0]}
    return case.because("id_conflicts_with_state", known=known)


def made_by_an_open_change(case: Case) -> Reason | None:
    """Blocks what a request without an answer may have bought: it is of that request's address until settled."""
    state, live = case.facts.state, case.live
    now = case.circumstances.earliest
    pending = changes.open_purchase(state, live, now) if state and live and not case.bound else None
    if state is None or pending is None:
        return None
    return outcome_unknown(case, pending, state.address(state.name_of(pending)))


def subscription_unreadable(case: Case) -> Reason | None:
    """Blocks a subscription that can't be understood, and no other (contract, section 8.3). While an item has no id
    that can be read, one that the list lacks is not missing for certain.
    """
    item = None if case.live else case.facts.listing.perhaps(case.subscription_id)
    return case.because("subscription_unreadable", details=item.sentence) if item else None


def subscription_missing(case: Case) -> Reason | None:
    """The service lists no subscription of this id for the customer."""
    if case.live:
        return None
    if case.bound and not case.bound.visible:
        known = {"bought_id": case.bound.id, "bought_at": utc_minute(case.bound.observed_at)}
        return case.because("subscription_missing", known=known)
    return case.because("subscription_missing", known=successor_or_none(case))


def platform_not_managed(case: Case) -> Reason | None:
    """Subscriptions of other platforms are watched, and never changed (contract, section 8.3)."""
    live = case.live
    if live is None or live.platform is not Platform.OTHER:
        return None
    terms = _declared_terms(case.desired)
    if not (case.offer_changes or case.seats or terms):
        return None
    return case.because("platform_not_managed", known={"product": live.product.replace("_", " ") or "another product"})


def new_commerce_not_available(case: Case) -> Reason | None:
    """New commerce is changed only in clouds that are known to have it (transition-a-new-commerce-subscription)."""
    capability = case.circumstances.capabilities.new_commerce
    if capability.available or not case.modern or not _differs(case):
        return None
    return case.because("new_commerce_subscription", known={"unavailable": case.unavailable(capability)})


def in_extended_service_term(case: Case) -> Reason | None:
    """A subscription that went on after its term has the same id and another, dearer product (extended-service-terms).

    It is never read as another offer. It is known by state's id with another offer and a term of a month, or by its
    name.
    """
    by_state = _extended_by_state(case)
    if not (by_state or (case.live and case.live.named_extended)) or not case.modern or not _differs(case):
        return None
    return case.because("in_extended_service_term", known=_before_extension(case) if by_state else {})


def is_extended(case: Case) -> bool:
    """Returns whether the subscription is in the extended service term."""
    return _extended_by_state(case) or (case.live is not None and case.live.named_extended)


def blocked(case: Case, reason: Reason) -> Blocked:
    """Returns the address as blocked for a reason. A subscription in the extended service term goes on in it though
    auto-renew is off, for as long as nobody acts (extended-service-terms). What is live is left out where the entry
    names another subscription than the address has: no difference between the two is a change.
    """
    item = case.blocked([reason])
    if case.bound and case.desired.subscription_id not in case.bound.chain:
        return replace(item, before=None)
    then = item.before.renewal if item.before else None
    if item.before is None or then is None or then.outcome != EndOfTerm.LAPSES or not is_extended(case):
        return item
    return replace(item, before=replace(item.before, renewal=replace(then, outcome=EndOfTerm.EXTENDED_TERM.value)))


def _extended_by_state(case: Case) -> bool:
    live, bound = case.live, case.bound
    if live is None or bound is None or not case.modern:
        return False
    return bound.perhaps_extended(live, case.circumstances.now) and not _moved_by_us(case)


def _before_extension(case: Case) -> dict[str, str]:
    return {"present": case.bound.offer_name or case.bound.offer_id} if case.bound else {}


def declares_terms_of_new_commerce(case: Case) -> Reason | None:
    """A traditional subscription has no term or schedule that could be compared (subscription-resources)."""
    declared = _declared_terms(case.desired)
    if case.live is None or case.live.platform is not Platform.TRADITIONAL or not declared:
        return None
    return case.because("new_commerce_only", known={"asked": declared})


def _declared_terms(desired: Desired) -> str:
    """The lines of an entry that only new commerce has."""
    lines = {"term": desired.term, "billing": desired.billing, "renew": desired.renew}
    return ", ".join(f"{name}: {value}" for name, value in lines.items() if value)


def _differs(case: Case) -> bool:
    return any(kind.differs(case) for kind in changes.KINDS.values())


def _moved_by_us(case: Case) -> bool:
    """Returns whether a transition of ours led to the offer."""
    state = case.facts.state
    done = (result.request.new_offer for result in (state.history_of(case.name) if state else ()))
    return any(offer is not None and case.live is not None and offer.id == case.live.offer.id for offer in done)


RULES: tuple[Rule, ...] = (
    id_conflicts_with_state,
    pending_under_another_address,
    meant_by_two_addresses,
    made_by_an_open_change,
    subscription_unreadable,
    subscription_missing,
    platform_not_managed,
    declares_terms_of_new_commerce,
    in_extended_service_term,
    new_commerce_not_available,
)
"""The rules by which an address means no subscription at all. The first that speaks is enough."""


def outcome_unknown(case: Case, pending: Pending, address: Address | None = None) -> Reason:
    """Returns why nothing is sent while a request has no answer; `address` is what it was made under, where that is
    another.
    """
    state = case.facts.state
    known = {
        **(settling(pending, state, case.facts, case.circumstances) if state else {}),
        "address": str(address or case.desired.address),
        "request_id": pending.request_id,
        **sent_when(pending),
    }
    return case.because("outcome_unknown", known=known)


def customer_refused(case: Case, error: ServiceError) -> Reason:
    """Returns why a customer's subscriptions can't be read: above all a missing relationship."""
    if isinstance(error, RelationshipMissing):
        return case.because("not_our_customer", known=link(case))
    return case.unanswered(error)


def _owned(case: Case) -> str | None:
    """The other address that the manifest's id belongs to, if any: by its chain, or by what is pending or in doubt."""
    state = case.facts.state
    owner = state.claimed_by(case.desired.subscription_id) if state else None
    return str(state.address(owner)) if state and owner and owner != case.name else None
