"""Carts: how one is asked for, and how the service answers it (cart-resources)."""

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from reconciler.model.order import Cart, CartLine, CartStatus
from reconciler.model.order_request import OrderRequest
from reconciler.model.upgrade import UpgradeError
from reconciler.model.withheld import scrubbed
from reconciler.partner_center.wire.terms import billing, billing_to_send, term, term_to_send
from reconciler.partner_center.wire.values import (
    Count,
    Many,
    MaybeCount,
    Moment,
    Reference,
    Text,
    Wire,
    maybe_count,
    plain,
    word,
)

_RESELLER = "transaction_reseller"
_CENT = Decimal("0.01")
_PRICE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,20})?(e-[0-9])?", re.IGNORECASE)
_CODES = {
    0: "unknown",
    10000: "currency_not_supported",
    10001: "catalog_item_id_not_valid",
    10002: "quota_not_available",
    10003: "inventory_not_available",
    10004: "participants_not_supported",
    10006: "unable_to_process",
    10007: "subscription_not_valid",
    10008: "subscription_not_enabled_for_reservations",
    10009: "sandbox_limit_exceeded",
    10010: "input_not_valid",
    10011: "subscription_not_registered",
    10012: "attestation_not_accepted",
    10013: "billing_plan_not_supported",
    10014: "promotion_id_not_valid",
    10015: "seats_not_available",
    10016: "custom_term_end_date_not_valid",
    10017: "custom_term_end_date_not_supported",
    10018: "base_seats_not_met",
    10019: "add_on_minimum_not_met",
    400039: "terms_not_sold",
    400041: "prerequisite_missing",
    500600: "offer_withdrawn",
}


class _Pricing(Wire):
    price: Any = None


class _Information(Wire):
    available_quantity: MaybeCount = None


class _Error(Wire):
    error_code: Any = None
    error_description: Text = ""
    additional_information: _Information | None = None


class _Line(Wire):
    catalog_item_id: Text = ""
    catalog_id: Text = ""
    quantity: Count
    term_duration: Any = None
    billing_cycle: Any = None
    currency_code: Text = ""
    promotion_id: Text = ""
    friendly_name: Text = ""
    error: Many = ()
    pricing: _Pricing | None = None


class _Cart(Wire):
    id: Reference
    status: Text = ""
    expiration_timestamp: Moment = None
    line_items: Many = ()


def request(wanted: OrderRequest) -> dict[str, Any]:
    """Returns the body of a new cart with one line. What is not stated is not sent: no status, no promotion."""
    line: dict[str, Any] = {
        "id": 0,
        "catalogItemId": wanted.catalog_item_id,
        "quantity": wanted.quantity,
        "billingCycle": billing_to_send(wanted.billing),
        "termDuration": term_to_send(wanted.term),
    }
    if wanted.friendly_name:
        line["friendlyName"] = wanted.friendly_name
    if wanted.reseller:
        line["participants"] = [{"key": _RESELLER, "value": wanted.reseller}]
    attested = {"PartnerOnRecordAttestationAccepted": True} if wanted.attested else {}
    return {**attested, "lineItems": [line]}


def cart(raw: Any) -> Cart:
    """Reads a cart. Raises ValueError for one without an id, or with a line that can't be read."""
    found = _Cart.model_validate(raw)
    known = {status.value for status in CartStatus}
    status = found.status.lower()
    return Cart(
        id=found.id,
        status=CartStatus(status) if status in known else CartStatus.OTHER,
        expires_at=found.expiration_timestamp,
        lines=tuple(_line(line) for line in found.line_items),
    )


def _line(raw: Any) -> CartLine:
    found = _Line.model_validate(raw)
    errors = [_Error.model_validate(error if isinstance(error, dict) else {"code": error}) for error in found.error]
    available = (error.additional_information.available_quantity for error in errors if error.additional_information)
    return CartLine(
        catalog_item_id=(found.catalog_item_id or found.catalog_id).upper(),
        quantity=found.quantity,
        term=term(found.term_duration),
        billing=billing(found.billing_cycle),
        currency=found.currency_code.upper(),
        promotion_id=found.promotion_id,
        friendly_name=found.friendly_name,
        unit_price=_cents(found.pricing.price) if found.pricing else None,
        errors=tuple(_error(error) for error in errors),
        available=next((seats for seats in available if seats is not None), None),
    )


def _error(found: _Error) -> UpgradeError:
    code = word(found.error_code, _CODES)
    number = next((number for number, known in _CODES.items() if known == code), None)
    return UpgradeError(
        code=scrubbed(code),
        number=maybe_count(found.error_code) if number is None else number,
        description=scrubbed(found.error_description),
    )


def _cents(raw: Any) -> Decimal | None:
    """Returns a price in whole cents; None where there is none. Raises ValueError for what can't be one."""
    if raw is None:
        return None
    text = plain(raw)
    if not _PRICE.fullmatch(text):
        raise ValueError("has a price that can't be read")
    return Decimal(text).quantize(_CENT, ROUND_HALF_UP)
