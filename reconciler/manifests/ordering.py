"""The values of an entry that only an order has: its key, its price, and what it is meant to stand beside."""

import re
from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo

from reconciler.manifests.scalars import Wrong, money, quoted
from reconciler.model.address import NAME, canonical, is_guid

_ORDER_ID = re.compile(r"[A-Za-z0-9_=-]{1,100}")
_HIGHEST_PRICE = 1_000_000
_LONGEST_NAME = 100
_Value = TypeVar("_Value")


def _identified(key: str | None, info: ValidationInfo) -> str | None:
    """Refuses an entry that names no subscription and orders none, and a key that is no plain word."""
    if key is None:
        if info.data.get("id", "") is None:
            raise Wrong("id_or_order_missing")
        return None
    if not NAME.fullmatch(key) or len(key) > _LONGEST_NAME:
        slug = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")[:_LONGEST_NAME]
        raise Wrong("order_key_unfit", value=quoted(key), example=slug or "2026-11-copilot", most=_LONGEST_NAME)
    return key


def _of_order(value: _Value, info: ValidationInfo) -> _Value:
    """Refuses what only an order needs in an entry that orders nothing."""
    if value and info.data.get("order", "") is None:
        raise Wrong("only_of_an_order")
    return value


def chosen_in_order(value: str | None, info: ValidationInfo) -> str | None:
    """Refuses an order that leaves a part of the commitment open."""
    if value is None and info.data.get("order") and info.data.get("id", "") is None:
        raise Wrong("order_without_terms", key=info.field_name)
    return value


def _subscription_or_order(text: str) -> str:
    if is_guid(text):
        return canonical(text)
    if not _ORDER_ID.fullmatch(text):
        raise Wrong("not_an_id_of_subscription_or_order", value=quoted(text))
    return text


OrderKey = Annotated[
    str | None,
    AfterValidator(_identified),
    Field(
        validate_default=True,
        description="There is no such subscription yet: buy it, once, under this key, which is never used again.",
        examples=["2026-11-copilot"],
        json_schema_extra={"pattern": f"^{NAME.pattern}$", "maxLength": _LONGEST_NAME},
    ),
]
UnitPrice = Annotated[
    Decimal | None,
    BeforeValidator(money, json_schema_input_type=float | None),
    AfterValidator(_of_order),
    Field(
        gt=0,
        le=_HIGHEST_PRICE,
        description="The most that an order may cost per seat and month, in the currency of the customer's market.",
        examples=["30.00"],
    ),
]
Besides = Annotated[
    list[Annotated[str, AfterValidator(_subscription_or_order)]],
    AfterValidator(_of_order),
    Field(
        description="The ids of equal subscriptions, or of orders, that an order is meant to stand beside.",
        examples=["[5ea053d6-1a53-4a4c-96c1-2e3a2c6c5a4e]"],
    ),
]
