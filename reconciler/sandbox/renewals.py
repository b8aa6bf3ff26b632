"""The renewal job: what becomes of a subscription of new commerce when its term has ended."""

from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler.sandbox import batches, items
from reconciler.sandbox.at_end import outcome
from reconciler.sandbox.behaviour import Behaviour
from reconciler.sandbox.calendar import DAY
from reconciler.sandbox.ledger import Kind
from reconciler.sandbox.sold import Sold

EXTENDS_FROM = datetime(2026, 5, 4, tzinfo=UTC)
"""Terms that end from here on go into the extended service term where nobody renews or ends them."""

_DISABLED_AFTER = timedelta(days=30)
_DELETED_AFTER = timedelta(days=90)


def begins_at(sold: Sold) -> datetime | None:
    """Returns the beginning of the job: midnight after the last day of the term; None where it never runs."""
    if not sold.new_commerce or sold.status not in {"active", "suspended"} or sold.product_type == "Azure":
        return None
    return sold.commitment_end + DAY


def due(sold: Sold, behaviour: Behaviour) -> datetime | None:
    """Returns the end of the job for a subscription."""
    begins = begins_at(sold)
    return begins + timedelta(seconds=behaviour.renewed_after) if begins else None


def under_way(sold: Sold, now: datetime) -> bool:
    """Returns whether the term has ended and the job is not through yet."""
    begins = begins_at(sold)
    return begins is not None and begins <= now


def run(sold: Sold, now: datetime, period: int, behaviour: Behaviour, *, has_base: bool = True) -> Kind:
    """Carries out the end of a term; returns the kind of the ledger's entry. Without its base an add-on expires."""
    if sold.status == "suspended":
        return _ended(sold, "disabled", now)
    if not has_base:
        return _ended(sold, "expired", now)
    outcome_then, instructions = outcome(sold, period)
    match outcome_then:
        case "renews":
            return _renewed(sold, instructions, now, period)
        case "ends":
            return _ended(sold, behaviour.cancelled_status, now)
        case "lapses" if not _extends(sold):
            return _ended(sold, "expired", now)
        case _:
            return _extended(sold, now, period)


def next_stage(sold: Sold) -> tuple[datetime, str] | None:
    """Returns the time and the next status of a subscription that has ended; None where it stays as it is."""
    if sold.status_since is None or sold.status not in {"expired", "disabled"}:
        return None
    if sold.status == "expired":
        return sold.status_since + _DISABLED_AFTER, "disabled"
    return sold.status_since + _DELETED_AFTER, "deleted"


def _renewed(sold: Sold, instructions: dict[str, Any] | None, now: datetime, period: int) -> Kind:
    if instructions is None and sold.extended:
        return _extended(sold, now, period)
    start = sold.commitment_end + DAY
    product = (instructions or {}).get("product", {})
    target = items.item(f"{product['productId']}:{product['skuId']}") if product else items.item(sold.offer)
    kind: Kind = "conversion" if sold.trial else "renewal"
    if target is not None:
        sold.offer, sold.offer_name = target.current(period), ""
    sold.term = product.get("termDuration", sold.term)
    sold.billing_cycle = product.get("billingCycle", sold.billing_cycle).lower()
    sold.quantity = (instructions or {}).get("quantity", sold.quantity)
    default = items.automatic_promotion(sold.offer, sold.term, sold.billing_cycle, sold.quantity)
    sold.promotion = product.get("promotionId", "") if product else default
    _begin_term(sold, start, (instructions or {}).get("customTermEndDate"))
    batches.renew(sold, now)
    sold.trial = sold.extended = False
    return kind


def _extended(sold: Sold, now: datetime, period: int) -> Kind:
    own = items.item(sold.offer)
    target = items.item(own.extended) if own and own.extended else own
    if target is not None:
        sold.offer, sold.offer_name = target.current(period), ""
    start = sold.commitment_end + DAY
    sold.term, sold.billing_cycle, sold.promotion = "P1M", "monthly", ""
    _begin_term(sold, start, None)
    sold.window_from, sold.batches, sold.extended = now, [], True
    return "extension"


def _begin_term(sold: Sold, start: datetime, custom_end: str | None) -> None:
    sold.term_start = start
    sold.custom_end = datetime.fromisoformat(custom_end).replace(tzinfo=UTC) if custom_end else None
    sold.next_term = sold.actions = sold.next_charge = sold.next_charge_at = None


def _ended(sold: Sold, status: str, now: datetime) -> Kind:
    sold.status, sold.status_since, sold.auto_renew = status, now, False
    sold.next_term = sold.actions = sold.next_charge = sold.next_charge_at = None
    return "end"


def _extends(sold: Sold) -> bool:
    own = items.item(sold.offer)
    possible = sold.licensed and not sold.trial and own is not None and bool(own.extended or own.extends)
    if sold.lapse or sold.extended:
        return possible and sold.lapse != "expired"
    return possible and sold.commitment_end >= EXTENDS_FROM
