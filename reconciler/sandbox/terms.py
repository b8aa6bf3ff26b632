"""Terms and billing cycles in the middle of a term: what can be changed, from when, and what is refused."""

from typing import Any

from reconciler.sandbox import items
from reconciler.sandbox.calendar import CYCLE_MONTHS, MONTHS
from reconciler.sandbox.messages import Refused
from reconciler.sandbox.sold import Sold

_AT_NEXT_CHARGE = {("P3Y", "monthly", "annual"), ("P3Y", "annual", "monthly")}
"""Term, billing cycle, and the cycle that it can get at the next charge."""


def check_term(sold: Sold, term: str, cycle: str) -> None:
    """Raises Refused where the term can't be changed to this pair now: only to a longer one, and never of a trial."""
    if sold.trial:
        raise Refused(400, "800107", "The term of a trial can't be changed.")
    if term not in MONTHS or cycle not in CYCLE_MONTHS:
        raise Refused(400, "800121", f"The term {term}, charged {cycle}, is not valid.")
    if term == sold.term:
        raise Refused(400, "800097", "The billing cycle can't be updated within the term.")
    if MONTHS[term] < MONTHS.get(sold.term, 0):
        raise Refused(400, "800122", "The term can't be made shorter before it ends.")
    item = items.item(sold.offer)
    if item is not None and not item.offers(term, cycle):
        raise Refused(400, "800028", f"{item.name} is not sold any more for the term {term}, charged {cycle}.")


def read_next_charge(sold: Sold, body: dict[str, Any]) -> dict[str, Any] | None:
    """The billing cycle from the next charge on, as the service writes it. Raises Refused where it can't be changed."""
    instructions = body.get("nextchargeinstructions")
    if instructions is None:
        return None
    product = instructions.get("product") if isinstance(instructions, dict) else None
    if not isinstance(product, dict):
        raise Refused(400, "3000", "The property nextChargeInstructions needs product and quantity.")
    wanted = ":".join(str(product.get(key, "")) for key in ("productid", "skuid", "availabilityid"))
    cycle = str(product.get("billingcycle", "")).lower()
    same = wanted.upper().rpartition(":")[0] == sold.product_sku and instructions.get("quantity") == sold.quantity
    if not same or str(product.get("termduration", sold.term)).upper() != sold.term:
        raise Refused(400, "3000", "The property nextChargeInstructions can change the billing cycle only.")
    if (sold.term, sold.billing_cycle, cycle) not in _AT_NEXT_CHARGE:
        raise Refused(400, "800097", "The billing cycle can't be changed at the next charge.")
    ids = dict(zip(("productId", "skuId", "availabilityId"), wanted.split(":"), strict=True))
    product = ids | {"billingCycle": product["billingcycle"], "termDuration": sold.term}
    return {"product": product, "quantity": sold.quantity}
