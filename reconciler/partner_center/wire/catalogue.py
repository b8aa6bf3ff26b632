"""The catalogue of new commerce: a market's items (product:sku), and what is sold of them (product-resources)."""

from typing import Any

from reconciler.model.offer import Availability, canonical_offer
from reconciler.model.order import Sku
from reconciler.partner_center.wire.terms import billing, term
from reconciler.partner_center.wire.values import Count, Flag, Identifier, Many, Text, Wire, identifier


class _Term(Wire):
    duration: Any = None
    billing_cycle: Any = None


class _Currency(Wire):
    code: Text = ""


class _Availability(Wire):
    id: Identifier
    product_id: Text = ""
    sku_id: Text = ""
    catalog_item_id: Text = ""
    default_currency: _Currency | None = None
    is_purchasable: Flag = None
    terms: Many = ()

    @property
    def item(self) -> str:
        """Returns its id in a cart."""
        return self.catalog_item_id or ":".join(filter(None, (self.product_id, self.sku_id, self.id)))


class _DynamicAttributes(Wire):
    prerequisite_skus: Many = ()


class _Attestation(Wire):
    enforce_attestation: Flag = None


class _Sku(Wire):
    """A quantity that is there and can't be read makes it an error: what is half understood leads to no purchase."""

    title: Text = ""
    minimum_quantity: Count | None = None
    maximum_quantity: Count | None = None
    is_trial: Flag = None
    dynamic_attributes: _DynamicAttributes | None = None
    attestation_properties: _Attestation | None = None


def availability(raw: Any) -> Availability:
    """Reads one availability. One that does not say that it can be bought can't."""
    found = _Availability.model_validate(raw)
    read = (_Term.model_validate(item) for item in found.terms)
    return Availability(
        id=found.id.upper(),
        purchasable=found.is_purchasable is True,
        terms=tuple((term(item.duration), billing(item.billing_cycle)) for item in read),
        catalog_item_id=found.item.upper(),
        currency=found.default_currency.code.upper() if found.default_currency else "",
    )


def sku(raw: Any, offer_id: str, availabilities: tuple[Availability, ...]) -> Sku:
    """Reads an item of the catalogue. One that does not say that it is a trial is none."""
    found = _Sku.model_validate(raw)
    needed = found.dynamic_attributes.prerequisite_skus if found.dynamic_attributes else ()
    attestation = found.attestation_properties
    return Sku(
        offer_id=canonical_offer(offer_id),
        name=found.title,
        minimum=found.minimum_quantity,
        maximum=found.maximum_quantity,
        trial=found.is_trial is True,
        prerequisites=tuple(_item_id(item) for item in needed),
        attested=attestation is not None and attestation.enforce_attestation is True,
        availabilities=availabilities,
    )


def _item_id(raw: Any) -> str:
    """Reads product:sku; some lists have product/sku."""
    return canonical_offer(identifier(str(raw).replace("/", ":")))
