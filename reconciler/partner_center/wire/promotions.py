"""Promotions of new commerce (get-promotion-by-id)."""

from typing import Any

from reconciler.model.promotion import Promotion
from reconciler.partner_center.wire.values import Identifier, Many, MaybeCount, Text, Wire, plain

_OF_A_SUBSCRIPTION = "subscriptionquantity"


class _Seats(Wire):
    type: Text = ""
    max_seats: MaybeCount = None


class _Constraints(Wire):
    seat_constraints: Many = ()


class _Promotion(Wire):
    id: Identifier
    name: Text = ""
    promotion_constraints: _Constraints | None = None


def promotion(raw: Any) -> Promotion:
    """Reads a promotion. Limits of its seats that are not of one subscription's quantity are left out."""
    found = _Promotion.model_validate(raw)
    constraints = found.promotion_constraints.seat_constraints if found.promotion_constraints else ()
    limits = (_Seats.model_validate(constraint) for constraint in constraints)
    most = [
        limit.max_seats
        for limit in limits
        if limit.max_seats is not None and limit.type.lower() in {"", _OF_A_SUBSCRIPTION}
    ]
    return Promotion(id=found.id, name=plain(found.name), most_seats=min(most, default=None))
