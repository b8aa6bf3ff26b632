"""Availabilities: what can be bought of an item of the new-commerce catalogue now (product-resources)."""

from typing import Any

from reconciler.model.subscription import Availability
from reconciler.partner_center.wire.terms import billing, term
from reconciler.partner_center.wire.values import Flag, Identifier, Many, Wire


class _Term(Wire):
    duration: Any = None
    billing_cycle: Any = None


class _Availability(Wire):
    id: Identifier
    is_purchasable: Flag = None
    terms: Many = ()


def availability(raw: Any) -> Availability:
    """Reads one availability. One that does not say that it can be bought can't."""
    found = _Availability.model_validate(raw)
    read = (_Term.model_validate(item) for item in found.terms)
    return Availability(
        id=found.id.upper(),
        purchasable=found.is_purchasable is True,
        terms=tuple((term(item.duration), billing(item.billing_cycle)) for item in read),
    )
