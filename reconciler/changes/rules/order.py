"""Reasons against an order, and the request that buys: a subscription is bought once, for the whole of its term.

Whatever the customer may have already is never bought again unasked: what state does not explain, a person does.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from reconciler.changes.case import Case, listed
from reconciler.changes.facts import AgreementWanted, OrdersWanted, Question, SkuWanted
from reconciler.changes.rules.shared import Rule
from reconciler.changes.rules.upgrade import named_otherwise, offer_names
from reconciler.model.address import Address
from reconciler.model.change import Caution
from reconciler.model.errors import NotInSnapshot, ServiceError
from reconciler.model.evidence import open_changes
from reconciler.model.money import Money, at_most, cents, precise
from reconciler.model.order import Agreement, Order, Sku, order_id
from reconciler.model.reason import Reason
from reconciler.model.request import OrderRequest
from reconciler.model.subscription import Availability, Desired, Live
from reconciler.model.term import Renew, billed

if TYPE_CHECKING:
    from reconciler.model.prices import Price

_RECENT = timedelta(days=60)
"""The time for which an order of the same offer counts as one that may be this (contract, section 10)."""

_LISTED = 5


def orders_not_available(case: Case) -> Reason | None:
    """Carts and new-commerce licences are not sold in every cloud (create-a-cart)."""
    capability = case.circumstances.capabilities.orders
    known = {"unavailable": capability.reason}
    return None if capability.available else case.because("orders_not_available", known=known)


def offer_not_orderable(case: Case) -> Reason | None:
    """Only offers of new commerce are ordered: those that a cart names by product:sku."""
    return None if case.desired.offer.new_commerce else case.because("offer_not_orderable")


def market_needed(case: Case) -> Reason | None:
    """The offers that are sold, and their prices, depend on the customer's country (product-resources)."""
    return None if case.desired.market else case.because("market_needed")


def earlier_order_unsettled(case: Case) -> Reason | None:
    """While nobody knows what became of an order, nothing else is ordered for the customer (contract, section 10)."""
    state = case.facts.state
    others = open_changes(state, case.circumstances.earliest) if state else ()
    unsettled = (
        other
        for other in others
        if isinstance(other.request, OrderRequest) and other.subscription_id != case.subscription_id
    )
    found = next(unsettled, None)
    if state is None or found is None:
        return None
    known = {
        "unsettled": str(state.address(state.name_of(found))),
        "since": f"{found.sent_at:%Y-%m-%d %H:%M}Z",
        "request_id": found.request_id,
    }
    return case.because("earlier_order_unsettled", known=known)


def order_state_missing(case: Case) -> Reason | None:
    """The state location notes the order that was begun last for the customer. State that does not know it is gone, or
    older than the order. An entry that names what was bought under that key is as good as that state.
    """
    facts = case.facts
    key, state = facts.last_order, facts.state
    if key is None or (state and state.knows(order_id(key))):
        return None
    own = next((desired for desired in facts.desired if desired.order == key), None)
    made = facts.lives.get(own.subscription_id) if own else None
    if own and made and made.offer.id == own.offer.id:
        return None
    known = {"ordered_as": str(own.address) if own else "ADDRESS", "ordered_id": made.id if made else "SUBSCRIPTION_ID"}
    return case.because("order_state_missing", known={"last_order": key, **known})


def renamed_perhaps(case: Case) -> Reason | None:
    """An address that state knows and no manifest declares may be this one's earlier name: it would be bought again."""
    undeclared = case.facts.undeclared
    if case.bound or not undeclared:
        return None
    other = undeclared[0]
    known = {"undeclared": ", ".join(undeclared[:_LISTED]), "moved_from": other, "old_name": Address(other).name}
    return case.because("renamed_perhaps", known={**known, "new_name": case.name})


def order_key_used(case: Case) -> Reason | None:
    """A key buys once for ever: an entry that comes back after it was forgotten is no new order."""
    results = case.facts.state.results if case.facts.state else ()
    done = (result for result in results if result.outcome.performed)
    made = next((result for result in done if result.subscription_id == case.desired.subscription_id), None)
    if made is None:
        return None
    return case.because("order_key_used", known={"made_id": made.target_subscription_id or ""})


def looks_bought_already(case: Case) -> Reason | None:
    """Blocks what the customer has, or was ordered lately, of the same offer, whatever its status: unless state
    explains it, or the entry names it as one that it stands beside.
    """
    lives = tuple(live for live in _equal(case) if live.id not in _explained(case))
    orders = tuple(_unexplained(case, {live.id for live in lives}))
    if not (lives or orders):
        return None
    ids = [*(live.id for live in lives), *(order.id for order in orders)]
    found = [*([listed(lives)] if lives else []), *map(_ordered, orders)]
    known = {"held": ", ".join(found), "besides": ", ".join((*case.desired.besides, *ids))}
    known |= {"open_orders": ", ".join(order.id for order in orders)} if orders else {}
    declared = {desired.subscription_id for desired in case.facts.desired}
    known |= {"held_id": lives[0].id} if len(lives) == 1 and not orders and lives[0].id not in declared else {}
    return case.because("looks_bought_already", known=known)


RULES: tuple[Rule, ...] = (
    orders_not_available,
    offer_not_orderable,
    market_needed,
    earlier_order_unsettled,
    order_state_missing,
    renamed_perhaps,
    order_key_used,
    looks_bought_already,
)
"""The reasons that are known before anything more is asked for. Orders count once they are read."""


def lookup(case: Case) -> frozenset[Question]:
    """Returns what must be read before an order can be decided."""
    facts, item = case.facts, _item(case)
    questions: set[Question] = set() if item in facts.skus else {item}
    questions |= {OrdersWanted()} if facts.orders is None else set()
    return frozenset(questions | ({AgreementWanted()} if facts.agreement is None else set()))


def plan(case: Case) -> OrderRequest | tuple[Reason, ...]:
    """Returns the request; else every reason against it."""
    facts = case.facts
    sku = facts.skus[_item(case)]
    unread = [found for found in (sku, facts.orders, facts.agreement) if isinstance(found, ServiceError)]
    against = [_unread(case, found) for found in unread]
    if facts.agreement is Agreement.MISSING:
        against.append(case.because("customer_agreement_missing"))
    if isinstance(sku, ServiceError):
        return tuple(against)
    if sku is None:
        return (*against, case.because("offer_not_sold", known={"market": case.desired.market or ""}))
    sold = _sold(case, sku)
    against += _of_sku(case, sku, sold)
    if against or sold is None:
        return tuple(against)
    return _request(case, sku, sold)


def cautions(case: Case, request: OrderRequest) -> tuple[Caution, ...]:
    """Returns what an approver should know of an order that can go ahead."""
    found = [*named_otherwise(case)]
    equal = tuple(live for live in _equal(case) if not live.over)
    beside = {"held": listed(equal), "also": ", ".join(map(str, _ordered_too(case)))}
    if any(beside.values()):
        found.append(case.caution("ordered_beside", **{name: value for name, value in beside.items() if value}))
    sku = case.facts.skus.get(_item(case))
    sold = _sold(case, sku) if isinstance(sku, Sku) else None
    price = _of_sheet(case, sold) if sold else None
    if price and cents(price.charge) > request.most_charged:
        listed_at, most = (Money(price.currency, at_most(monthly)) for monthly in (_monthly(price), request.unit_price))
        found.append(case.caution("sheet_price_above_maximum", sheet_price=str(listed_at), most=str(most)))
    listed_price = _listed(case)
    if listed_price and listed_price.currency != request.currency:
        known = {"sheet_currency": listed_price.currency, "currency": request.currency or "another one"}
        found.append(case.caution("sold_in_another_currency", **known))
    if case.facts.agreement is Agreement.UNREADABLE:
        found.append(case.caution("agreement_not_read"))
    if request.reseller and request.reseller not in case.circumstances.resellers:
        found.append(case.caution("reseller_not_listed", reseller=request.reseller))
    if not request.attested:
        found.append(case.caution("partner_on_record_not_attested"))
    if first := _ordered_first(case, request.prerequisites):
        found.append(case.caution("ordered_after", first=first.address))
    if case.desired.renew is Renew.END:
        found.append(case.caution("end_follows_order"))
    return tuple(found)


def _item(case: Case) -> SkuWanted:
    return SkuWanted(case.desired.offer.id, case.desired.market or "", case.desired.segment)


def _equal(case: Case) -> Iterator[Live]:
    """Yields the customer's subscriptions of the same offer, whatever their status."""
    return (live for live in case.facts.lives.values() if live.offer.id == case.desired.offer.id)


def _explained(case: Case) -> frozenset[str]:
    """The ids of subscriptions and orders that state explains, or that the entry is meant to stand beside."""
    state = case.facts.state
    known = (*state.claimed_ids(), *state.operations) if state else ()
    return frozenset((*known, *case.desired.besides))


def _unexplained(case: Case, told: set[str]) -> Iterator[Order]:
    """Yields the orders of the same offer that nothing explains, but for those whose subscription is told already."""
    orders, explained = case.facts.orders, _explained(case)
    since = case.circumstances.now - _RECENT
    for order in () if isinstance(orders, ServiceError) or orders is None else orders:
        lines = [line.subscription_id for line in order.lines if line.offer_id == case.desired.offer.id]
        recent = order.created_at is None or order.created_at >= since
        if recent and order.id not in explained and any(made not in explained | told for made in lines):
            yield order


def _ordered(order: Order) -> str:
    seats = sum(line.quantity for line in order.lines)
    when = f" of {order.created_at:%Y-%m-%d}" if order.created_at else ""
    return f"order {order.id}{when} ({seats} seats, {order.status})"


def _unread(case: Case, error: ServiceError) -> Reason:
    return case.because("order_not_in_snapshot") if isinstance(error, NotInSnapshot) else case.unanswered(error)


def _sold(case: Case, sku: Sku) -> Availability | None:
    desired = case.desired
    return sku.selling(desired.term, desired.billing) if desired.term and desired.billing else None


def _of_sku(case: Case, sku: Sku, sold: Availability | None) -> Iterator[Reason]:
    """Yields what the catalogue says against the order."""
    desired, low, high = case.desired, sku.minimum or 1, sku.maximum
    if sku.trial:
        yield case.because("trial_not_ordered")
        return
    if sku.attested:
        yield case.because("terms_to_attest")
    if sold is None:
        wanted = f"{desired.term or 'no'} term, {billed(desired.billing or 'none')}"
        yield case.because("terms_not_sold", known={"terms": wanted, "on_sale": _on_sale(sku.availabilities)})
    if desired.quantity < low or (high is not None and desired.quantity > high):
        yield case.because("quantity_out_of_range", known={"least": str(low), "most": str(high or "")})
    if sold and _most(case, sold) is None:
        listed_price = _listed(case)
        known = {"sheet_currency": listed_price.currency} if listed_price else {"unlisted": "true"}
        known |= {"currency": sold.currency or "the currency of the market"}
        yield case.because("order_unpriced", known=known)
    if sku.prerequisites and not (_held(case, sku.prerequisites) or _ordered_first(case, sku.prerequisites)):
        yield case.because("prerequisite_missing", known={"needed": _called(case, sku.prerequisites)})
    if case.circumstances.strict_names and case.named_otherwise:
        yield case.because("offer_named_otherwise", known=offer_names(case))


def _most(case: Case, sold: Availability) -> Decimal | None:
    """The most that a seat may cost a month: what the entry says, else what the price sheet does."""
    listed_price = _of_sheet(case, sold)
    return case.desired.max_unit_price or (precise(_monthly(listed_price)) if listed_price else None)


def _monthly(price: "Price") -> Decimal:
    """The price of a seat a month, not rounded."""
    return price.amount / price.term.months


def _of_sheet(case: Case, sold: Availability) -> "Price | None":
    """The price sheet's price of a seat; None where the service sells in another currency."""
    price = _listed(case)
    return price if price and price.currency == sold.currency else None


def _listed(case: Case) -> "Price | None":
    """The price sheet's price of a seat, in the currency of the sheet."""
    desired, today = case.desired, case.circumstances.now.astimezone(UTC).date()
    prices = case.circumstances.prices
    if prices is None or desired.term is None or desired.billing is None:
        return None
    return prices.find(desired.offer.id, desired.term, desired.billing, desired.market, desired.segment, today)


def _on_sale(availabilities: Iterable[Availability]) -> str:
    pairs = (pair for found in availabilities if found.purchasable for pair in found.terms)
    return "; ".join(f"term: {term}, billing: {billing}" for term, billing in dict.fromkeys(pairs))


def _held(case: Case, offers: Iterable[str]) -> bool:
    """Returns whether the customer has an active subscription of one of these offers."""
    wanted = set(offers)
    return any(live.active and live.offer.id in wanted for live in case.facts.lives.values())


def _ordered_first(case: Case, offers: Iterable[str]) -> Desired | None:
    """The order of the same plan that brings one of these offers, where the customer has none."""
    wanted, facts = set(offers), case.facts
    if not wanted or _held(case, wanted):
        return None
    others = (other for other in facts.desired if other.offer.id in wanted and other.address in facts.selected)
    return next((other for other in others if _goes_ahead(case, other)), None)


def _goes_ahead(case: Case, other: Desired) -> bool:
    """Returns whether the other order is planned, as far as that is known. One that itself waits for a third is not
    counted on.
    """
    base = Case(desired=other, facts=case.facts, circumstances=case.circumstances)
    if base.live is None or not base.live.absent or any(rule(base) for rule in RULES):
        return False
    if lookup(base):
        return True
    sku = case.facts.skus[_item(base)]
    bare = isinstance(sku, Sku) and (not sku.prerequisites or _held(case, sku.prerequisites))
    return bare and isinstance(plan(base), OrderRequest)


def _ordered_too(case: Case) -> Iterator[Address]:
    """Yields the other addresses for which the same plan orders the same offer."""
    facts = case.facts
    for other in facts.desired:
        alike = other.offer.id == case.desired.offer.id and other.address in facts.selected
        its = Case(desired=other, facts=facts, circumstances=case.circumstances)
        if alike and other.address != case.desired.address and _is_planned(its):
            yield other.address


def _is_planned(case: Case) -> bool:
    """Returns whether an order of the case can go ahead, once all is read."""
    absent = case.live is not None and case.live.absent
    if not absent or any(rule(case) for rule in RULES) or lookup(case):
        return False
    return isinstance(plan(case), OrderRequest)


def _called(case: Case, offers: Iterable[str]) -> str:
    return " or ".join(case.circumstances.written_as.get(offer, offer) for offer in offers)


def _request(case: Case, sku: Sku, sold: Availability) -> OrderRequest:
    desired, most = case.desired, _most(case, sold)
    if desired.order is None or desired.term is None or desired.billing is None or most is None:
        message = f"{desired.address} orders nothing"
        raise ValueError(message)
    return OrderRequest(
        kind="order",
        order=desired.order,
        offer_id=desired.offer.id,
        offer_name=case.after.offer_name,
        catalog_item_id=sold.catalog_item_id,
        quantity=desired.quantity,
        term=desired.term,
        billing=desired.billing,
        unit_price=most,
        currency=sold.currency,
        prerequisites=sku.prerequisites,
        reseller=desired.reseller,
        attested=case.circumstances.partner_on_record_attested,
        friendly_name=f"{sku.name or desired.offer.name} ({desired.order})",
    )
