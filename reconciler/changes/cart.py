"""Compares a cart with the order that was approved. Anything that differs ends the order before it is bought."""

from reconciler.advice import sentence
from reconciler.changes.sending import Refused
from reconciler.model.money import Money, at_most
from reconciler.model.offer import canonical_offer
from reconciler.model.order import Cart, CartLine
from reconciler.model.order_request import OrderRequest
from reconciler.model.term import Billing
from reconciler.model.upgrade import UpgradeError


def refusal(cart: Cart, request: OrderRequest) -> Refused | None:
    """Returns why the cart is not to be bought; None where it is what was approved, for that price or less."""
    if len(cart.lines) != 1:
        return _because("cart_differs", what="lines", asked=1, found=len(cart.lines))
    (line,) = cart.lines
    refused = Refused(errors=line.errors, final=True) if line.errors else None
    return refused or _difference(line, request) or _dearer(line, request)


def _difference(line: CartLine, request: OrderRequest) -> Refused | None:
    approved = (request.offer_id, request.quantity, request.term, request.billing, request.currency.upper())
    offer_id = canonical_offer(line.catalog_item_id)
    found = (offer_id, line.quantity, line.term, line.billing, line.currency.upper())
    named = zip(("offer", "quantity", "term", "billing", "currency"), approved, found, strict=True)
    other = next(((what, wanted, seen) for what, wanted, seen in named if wanted != seen), None)
    return _because("cart_differs", what=other[0], asked=other[1], found=other[2] or "nothing") if other else None


def _dearer(line: CartLine, request: OrderRequest) -> Refused | None:
    if line.unit_price is None:
        return _because("price_withheld")
    if line.unit_price <= request.most_charged:
        return None
    billing = Billing(request.billing)
    price, approved = (
        f"{Money(request.currency, charged)} {billing.period}" for charged in (line.unit_price, request.most_charged)
    )
    if billing is not Billing.MONTHLY:
        price = f"{price} ({at_most(line.unit_price / billing.months):,} a month)"
    return _because("price_above_approved", approved=approved, price=price)


def _because(code: str, **data: object) -> Refused:
    return Refused(errors=(UpgradeError(code=code, description=sentence(code, **data)),), final=True)
