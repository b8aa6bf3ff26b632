"""Orders of a customer, and what a checkout made of a cart (order-resources, cart-resources)."""

import re
from dataclasses import replace
from typing import Any

from reconciler.advice import code_in_table
from reconciler.model.offer import canonical_offer
from reconciler.model.order import CheckedOut, Order, OrderLine
from reconciler.model.upgrade import UpgradeError
from reconciler.partner_center.wire.reasons import reason
from reconciler.partner_center.wire.terms import billing, term
from reconciler.partner_center.wire.values import Count, Many, Moment, ReadableIdentifier, Reference, Text, Wire

_STATUSES = (
    "unknown",
    "completed",
    "pending",
    "cancelled",
    "suspended",
    "pending_review",
    "pending_po_upload",
    "po_upload_complete",
    "po_review_rejected",
    "partial_success",
    "error",
)
"""The statuses in the SDK's order, which a number stands for."""


class _Line(Wire):
    """A quantity that is there and can't be read makes it an error: nobody could tell whose purchase it is. A
    subscription's id that can't be read is one that is not named yet.
    """

    offer_id: Text = ""
    subscription_id: ReadableIdentifier = None
    term_duration: Any = None
    friendly_name: Text = ""
    quantity: Count | None = None
    transaction_type: Text = ""


class _Order(Wire):
    id: Reference
    status: Text = ""
    creation_date: Moment = None
    billing_cycle: Any = None
    line_items: Many = ()


class _CheckedOut(Wire):
    orders: list[Any] | None = None
    order_errors: Many = ()
    id: Any = None
    line_items: Any = None


def order(raw: Any) -> Order:
    """Reads an order. Raises ValueError for one without an id."""
    found = _Order.model_validate(raw)
    return Order(
        id=found.id,
        status=_status(found.status),
        created_at=found.creation_date,
        billing=billing(found.billing_cycle),
        lines=tuple(_line(line) for line in found.line_items),
    )


def checked_out(raw: Any) -> CheckedOut:
    """Reads the answer to a checkout: its orders, or one order alone, or why there are none.

    Raises ValueError where it has neither orders nor errors: it may have bought something all the same.
    """
    found = _CheckedOut.model_validate(raw)
    listed = [raw] if found.orders is None and found.id and found.line_items else found.orders or []
    answer = CheckedOut(
        orders=tuple(order(item) for item in listed),
        errors=tuple(_error(error) for error in found.order_errors),
    )
    if not (answer.orders or answer.errors):
        raise ValueError("names neither an order nor an error")
    return answer


def _line(raw: Any) -> OrderLine:
    found = _Line.model_validate(raw)
    return OrderLine(
        offer_id=canonical_offer(found.offer_id),
        quantity=found.quantity or 0,
        subscription_id=found.subscription_id,
        term=term(found.term_duration),
        friendly_name=found.friendly_name,
        transaction_type=found.transaction_type,
    )


def _error(raw: Any) -> UpgradeError:
    """Reads why an order was not made: a code of the service's table of errors, without its status."""
    found = reason(raw, {})
    return found if found.number is None else replace(found, code=code_in_table(str(found.number)))


def _status(text: str) -> str:
    """Returns a status in snake_case: a word in any casing, with blanks or without, or its number."""
    if text.isdecimal() and int(text) < len(_STATUSES):
        return _STATUSES[int(text)]
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[\s-]+", "_", text)
    return spaced.lower()[:80]
