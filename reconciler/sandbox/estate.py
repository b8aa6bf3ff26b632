"""Makes a world of an estate of one's own, as far as live values tell what was sold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.model.customer import Relationship
from reconciler.model.renewal import EndOfTerm, NextTerm
from reconciler.model.subscription import Live
from reconciler.model.term import Commitment, Platform
from reconciler.sandbox import catalogue, items
from reconciler.sandbox.at_end import RENEW
from reconciler.sandbox.calendar import midnight
from reconciler.sandbox.sold import LONG_AGO, WINDOW, Batch, Sold
from reconciler.sandbox.tenants import Tenant
from reconciler.sandbox.words import undocumented
from reconciler.sandbox.world import World

_TERMS: Mapping[str, str] = {"monthly": "P1M", "annual": "P1Y", "triennial": "P3Y"}
_PLATFORMS: Mapping[str, str] = {"azure": "Azure", "software": "Software"}
_AVAILABILITY = "CFQ7TTC0UNKN"
"""Stands for the availability of an item that no catalogue knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCustomer:
    """A customer as the service showed it. Without a `relationship` it is taken for the reseller's."""

    name: str
    tenant: str
    subscriptions: tuple[Live, ...]
    relationship: Relationship | None = None


def world_of(customers: Iterable[LiveCustomer], *, china: bool = False) -> World:
    """Returns a world in which these customers have what they were seen to have."""
    return World(customers=[_tenant(customer, "CN" if china else "US") for customer in customers])


def unknown_offers(world: World) -> tuple[str, ...]:
    """Returns the offers that no catalogue of the sandbox has: nothing can be upgraded from them or to them there."""
    offers = {sold.offer_name or sold.offer: sold.offer for _, sold in world.sold()}
    known = ((name, items.item(offer) if ":" in offer else catalogue.offer(offer)) for name, offer in offers.items())
    return tuple(sorted(name for name, entry in known if entry is None))


def _tenant(customer: LiveCustomer, country: str) -> Tenant:
    found = customer.relationship
    return Tenant(
        name=customer.name,
        tenant=customer.tenant,
        display_name=found.display_name if found else "",
        country=country,
        relationship=(found.kind if found else None) or "reseller",
        delegated_admin=found is None or found.allow_delegated_access is not False,
        subscriptions=[_sold(live) for live in customer.subscriptions],
    )


def _sold(live: Live) -> Sold:
    sold = Sold(
        id=live.id,
        offer=_offer_id(live),
        quantity=live.quantity,
        name=live.friendly_name,
        offer_name=live.offer.name,
        status=undocumented(live.status),
        parent=live.parent_subscription_id,
        partner_id=live.partner_id,
        billing_cycle=undocumented(live.billing or "monthly"),
        created=live.created_at or LONG_AGO,
        suspension_reasons=list(live.suspension_reasons),
        trial=live.is_trial,
    )
    if live.platform is Platform.OTHER:
        sold.platform = _PLATFORMS.get(live.product, live.product.title().replace("_", ""))
    if live.commitment is not None:
        _commit(sold, live.commitment)
    return sold


def _offer_id(live: Live) -> str:
    """The offer as the service writes it: new commerce has an availability."""
    if live.platform is Platform.TRADITIONAL:
        return live.offer.id.upper()
    known = items.item(live.offer.id)
    availability = live.availability_id or (known.id.rpartition(":")[2] if known else _AVAILABILITY)
    return f"{live.offer.id}:{availability}".upper()


def _commit(sold: Sold, commitment: Commitment) -> None:
    """Sets the term, what can be given back, and what is arranged for the end of the term."""
    sold.term = _TERMS.get(commitment.term, undocumented(commitment.term))
    sold.auto_renew = commitment.auto_renew is not False
    sold.promotion, sold.migrated_from = commitment.promotion_id, commitment.migrated_from or ""
    sold.term_start = commitment.starts_at
    ends = commitment.ends_at
    if ends is not None and midnight(ends) != sold.commitment_end:
        sold.custom_end = midnight(ends)
    sold.batches = [Batch(quantity=seats.quantity, until=seats.until) for seats in commitment.refundable]
    if commitment.cancellable_until is not None:
        sold.window_from = commitment.cancellable_until - WINDOW
    if commitment.renewal.outcome == EndOfTerm.ENDS:
        sold.auto_renew = False
        sold.actions = [{"scheduleType": "TermEnd", "actionType": "Cancel"}]
    elif commitment.next_term is not None and not sold.trial:
        then = _instructions(commitment.next_term)
        by_action = commitment.form.value == "actions"
        sold.actions = [{"scheduleType": "TermEnd", "actionType": RENEW, "instructions": then}] if by_action else None
        sold.next_term = None if by_action else then


def _instructions(then: NextTerm) -> dict[str, Any]:
    """Instructions for the next term, as the service writes it."""
    product, _, sku = then.offer_id.upper().partition(":")
    known = items.item(then.offer_id)
    availability = then.availability_id or (known.id.rpartition(":")[2] if known else _AVAILABILITY)
    members = {
        "productId": product,
        "skuId": sku,
        "availabilityId": availability.upper(),
        "billingCycle": then.billing,
        "termDuration": _TERMS.get(then.term, then.term),
        **({"promotionId": then.promotion_id} if then.promotion_id else {}),
    }
    end = {"customTermEndDate": _moment(then.custom_end)} if then.custom_end else {}
    return {"product": members, "quantity": then.quantity, **end}


def _moment(when: datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")
