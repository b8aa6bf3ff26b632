"""The schema of the files that concern the whole estate: the offer catalogue, and moves."""

from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    model_validator,
)

from reconciler.manifests.catalogue import OFFER_ID, OFFER_ID_PATTERN, is_offer_id
from reconciler.manifests.fields import Flag, Section, WholeDocument, checked_name, nothing_is_empty
from reconciler.manifests.scalars import Wrong, described, quoted
from reconciler.model.address import NAME
from reconciler.model.offer import Offer, canonical_offer


def _offer_name(text: str) -> str:
    if not text.strip():
        raise Wrong("offer_name_empty")
    if is_offer_id(text):
        raise Wrong("offer_name_is_id", id=text)
    return text


def _service_name(text: str) -> str:
    if not text.strip():
        raise Wrong("service_name_empty")
    return text


def _offer_id(text: str) -> str:
    if not is_offer_id(text):
        raise Wrong("not_an_offer_id", offer=quoted(text), form=OFFER_ID)
    return canonical_offer(text)


def _name_or_address(text: str) -> str:
    customer, slash, name = text.partition("/")
    checked_name(customer)
    if slash:
        checked_name(name)
    return text


NameOrAddress = Annotated[
    str,
    AfterValidator(_name_or_address),
    Field(json_schema_extra={"pattern": f"^{NAME.pattern}(/{NAME.pattern})?$"}),
]
"""A customer's name, or the address of one of its entries."""


class MovesFile(WholeDocument):
    """Names that changed and that are gone, moves.yaml at the estate's root."""

    moved: Annotated[
        dict[NameOrAddress, NameOrAddress],
        BeforeValidator(nothing_is_empty, json_schema_input_type=dict[NameOrAddress, NameOrAddress] | None),
        Field(
            description="Customers, or entries as customer/name, that have other names now: the old one, and the new.",
            examples=[{}],
        ),
    ] = {}
    removed: Annotated[
        list[NameOrAddress],
        Field(
            description="Customers, or entries as customer/name, that are gone: they are not tracked any more.",
            examples=[[]],
        ),
    ] = []


OfferId = Annotated[str, AfterValidator(_offer_id), Field(json_schema_extra={"pattern": OFFER_ID_PATTERN})]


class OfferEntry(Section):
    """An offer under a name that the service does not know it by."""

    id: Annotated[OfferId, Field(description="The offer's id.", examples=["796B6B5F-613C-4E24-A17C-EBA730D49C02"])]
    alias: Annotated[Flag, Field(description="The name is our own: the service may call the offer anything.")] = False
    service_name: Annotated[
        str,
        AfterValidator(_service_name),
        Field(
            description="What the service calls the offer, where the name here is another.",
            examples=["Office 365 Enterprise E3"],
        ),
    ] = ""

    @model_validator(mode="after")
    def _expects_one_thing(self) -> Self:
        if self.alias and self.service_name:
            raise Wrong("offer_expects_two")
        return self

    def offer(self, name: str) -> Offer:
        """The offer by its name here."""
        return Offer(id=self.id, name=name, alias=self.alias, service_name=self.service_name)


def _offer_entry(value: object) -> object:
    """`name: id` is short for `name: {id: id}`. Raises Wrong for a value that is neither an id nor a mapping."""
    if isinstance(value, str):
        return {"id": _offer_id(value)}
    if isinstance(value, dict):
        return value
    raise Wrong("offer_without_id", value=described(value), form=OFFER_ID)


_Offers = dict[
    Annotated[str, AfterValidator(_offer_name), Field(json_schema_extra={"pattern": r"\S"})],
    Annotated[OfferEntry, BeforeValidator(_offer_entry, json_schema_input_type=OfferId | OfferEntry)],
]


class OffersFile(WholeDocument):
    """The offer catalogue, offers.yaml at the estate's root."""

    offers: Annotated[
        _Offers,
        BeforeValidator(nothing_is_empty, json_schema_input_type=_Offers | None),
        Field(description="Offer ids by the names that manifests use.", examples=[{}]),
    ]
