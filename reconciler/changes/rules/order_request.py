"""Decides the request that buys, from what is sold: every reason against it, and what an approver must know."""

from collections.abc import Iterable, Iterator

from reconciler.changes.case import Case
from reconciler.changes.facts import AgreementWanted, OrdersWanted, Question, SkuWanted
from reconciler.changes.offer_names import listed
from reconciler.changes.rules.order import RULES, of_same_offer
from reconciler.changes.rules.order_price import listed_price, monthly, most_for_a_seat, of_sheet
from reconciler.changes.rules.upgrade import named_otherwise, offer_names
from reconciler.model.address import Address
from reconciler.model.change import Caution
from reconciler.model.desired import Desired
from reconciler.model.errors import NotInSnapshot, ServiceError
from reconciler.model.money import Money, at_most, cents
from reconciler.model.offer import Availability
from reconciler.model.order import Agreement, Sku
from reconciler.model.order_request import OrderRequest
from reconciler.model.reason import Reason
from reconciler.model.term import Renew, billed


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
    equal = tuple(live for live in of_same_offer(case) if not live.over)
    beside = {"held": listed(equal), "also": ", ".join(map(str, _ordered_too(case)))}
    if any(beside.values()):
        found.append(case.caution("ordered_beside", **{name: value for name, value in beside.items() if value}))
    sku = case.facts.skus.get(_item(case))
    sold = _sold(case, sku) if isinstance(sku, Sku) else None
    price = of_sheet(case, sold) if sold else None
    if price and cents(price.charge) > request.most_charged:
        listed_at, most = (Money(price.currency, at_most(monthly)) for monthly in (monthly(price), request.unit_price))
        found.append(case.caution("sheet_price_above_maximum", sheet_price=str(listed_at), most=str(most)))
    on_sheet = listed_price(case)
    if on_sheet and on_sheet.currency != request.currency:
        known = {"sheet_currency": on_sheet.currency, "currency": request.currency or "another one"}
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
    if sold and most_for_a_seat(case, sold) is None:
        on_sheet = listed_price(case)
        known = {"sheet_currency": on_sheet.currency} if on_sheet else {"unlisted": "true"}
        known |= {"currency": sold.currency or "the currency of the market"}
        yield case.because("order_unpriced", known=known)
    if sku.prerequisites and not (_held(case, sku.prerequisites) or _ordered_first(case, sku.prerequisites)):
        yield case.because("prerequisite_missing", known={"needed": _called(case, sku.prerequisites)})
    if case.circumstances.strict_names and case.names.differ:
        yield case.because("offer_named_otherwise", known=offer_names(case))


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
    desired, most = case.desired, most_for_a_seat(case, sold)
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
