"""The schema of a customer's manifest. Other files have theirs in `settings_schema.py` and `estate_files.py`."""

from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
)

from reconciler.manifests.catalogue import OFFER_ID, Catalogue
from reconciler.manifests.fields import (
    FewerSeats,
    FewerSeatsOfEntry,
    FewerSeatsOnce,
    Flag,
    Guid,
    Labels,
    LicenseTransfer,
    Market,
    Name,
    PlainText,
    Section,
    Segment,
    WholeDocument,
    nothing_is_empty,
)
from reconciler.manifests.ordering import Besides, OrderKey, UnitPrice, chosen_in_order
from reconciler.manifests.scalars import Wrong, whole_number
from reconciler.model.desired import MAXIMUM_QUANTITY
from reconciler.model.term import Billing, Term


def _offer(text: str, info: ValidationInfo) -> str:
    if isinstance(info.context, Catalogue):
        info.context.check(text)
    return text


class DefaultsSection(Section):
    """Preferences and permissions of every entry that says nothing else. Commitments stand in entries only."""

    fewer_seats: FewerSeats | None = None
    license_transfer: LicenseTransfer | None = None
    market: Market | None = None
    segment: Segment | None = None


DefaultsValue = Annotated[
    DefaultsSection, BeforeValidator(nothing_is_empty, json_schema_input_type=DefaultsSection | None)
]


class CustomerSection(Section):
    """The customer."""

    name: Annotated[
        Name,
        Field(
            description="The customer's name in this estate; the first half of every address.",
            examples=["contoso"],
        ),
    ]
    tenant: Annotated[Guid, Field(description="customer-tenant-id", examples=["0c39d6d5-c70d-4c55-bc02-f620844f3fd1"])]
    display_name: Annotated[str, Field(description="The name for people.", examples=["Contoso Ltd"])] = ""
    market: Market | None = None
    segment: Segment | None = None
    reseller: Annotated[
        PlainText | None,
        Field(description="The partner id of the indirect reseller who sells to the customer.", examples=['"1234567"']),
    ] = None
    labels: Labels = Field(default_factory=list)


def _within_term(billing: str | None, info: ValidationInfo) -> str | None:
    """Refuses charges that are further apart than the term is long: the service sells none."""
    term = info.data.get("term")
    if billing and term and Billing(billing).months > Term(term).months:
        fitting = " or ".join(f"billing: {cycle}" for cycle in Billing if cycle.months <= Term(term).months)
        raise Wrong("billing_longer_than_term", value=billing, term=term, fitting=fitting)
    return billing


def _down_to_quantity(permission: FewerSeatsOnce | str | None, info: ValidationInfo) -> FewerSeatsOnce | str | None:
    """Refuses a one-off permission that ends at more seats than the quantity: it never permits what is asked for. One
    that ends at fewer may be used up, and plans tell it as that.
    """
    quantity = info.data.get("quantity")
    if isinstance(permission, FewerSeatsOnce) and quantity is not None and permission.to > quantity:
        raise Wrong("permission_of_more_seats", value=f"{permission.to}", quantity=f"{quantity}")
    return permission


class SubscriptionEntry(Section):
    """One subscription as it is to be."""

    id: Annotated[
        Guid | None,
        Field(
            description="The subscription's id as first adopted. It need not be edited after an upgrade. Left out only"
            " of an order.",
            examples=["5ea053d6-1a53-4a4c-96c1-2e3a2c6c5a4e"],
        ),
    ] = None
    order: OrderKey = None
    offer: Annotated[
        str,
        AfterValidator(_offer),
        Field(
            description=f"A name from offers.yaml, or an offer id: {OFFER_ID}.", examples=["Office 365 Enterprise E3"]
        ),
    ]
    quantity: Annotated[
        int,
        Field(ge=1, le=MAXIMUM_QUANTITY, description="How many licences, in plain decimal digits.", examples=[25]),
        BeforeValidator(whole_number),
    ]
    max_unit_price: UnitPrice = None
    besides: Besides = []
    license_transfer: LicenseTransfer | None = None
    fewer_seats: Annotated[FewerSeatsOfEntry | None, AfterValidator(_down_to_quantity)] = None
    allow_duplicate_offer: Annotated[
        Flag, Field(description="Upgrade even where the customer holds the offer already.")
    ] = False
    term: Annotated[
        Literal["monthly", "annual", "triennial"] | None,
        AfterValidator(chosen_in_order),
        Field(
            validate_default=True,
            description="The length of the commitment. Not managed where it is left out; an order needs it.",
            examples=["annual"],
        ),
    ] = None
    billing: Annotated[
        Literal["monthly", "annual", "triennial"] | None,
        AfterValidator(_within_term),
        AfterValidator(chosen_in_order),
        Field(
            validate_default=True,
            description="The time between two charges, no longer than the term. Not managed where it is left out; an"
            " order needs it.",
            examples=["monthly"],
        ),
    ] = None
    change_term: Annotated[
        Literal["at_renewal", "now"],
        Field(
            description="When another term or billing takes effect; now is a new commitment.", examples=["at_renewal"]
        ),
    ] = "at_renewal"
    renew: Annotated[
        Literal["auto", "end"] | None,
        Field(description="What happens when the term ends. Not managed where it is left out.", examples=["auto"]),
    ] = None
    labels: Labels = Field(default_factory=list)


class Manifest(WholeDocument):
    """A customer's document."""

    customer: Annotated[
        CustomerSection, Field(examples=[{"name": "contoso", "tenant": "0c39d6d5-c70d-4c55-bc02-f620844f3fd1"}])
    ]
    defaults: DefaultsValue = DefaultsSection()
    moved: Annotated[
        dict[Name, Name],
        BeforeValidator(nothing_is_empty, json_schema_input_type=dict[Name, Name] | None),
        Field(
            description="Entries that have other names now: the old name, and the new one. They may exchange theirs.",
            examples=[{}],
        ),
    ] = Field(default_factory=dict)
    removed: Annotated[
        list[Name],
        Field(description="Names of entries that are gone: they are not tracked any more.", examples=[[]]),
    ] = Field(default_factory=list)
    subscriptions: Annotated[
        dict[Name, SubscriptionEntry],
        BeforeValidator(nothing_is_empty, json_schema_input_type=dict[Name, SubscriptionEntry] | None),
        Field(description="By name; the address is customer/name, for ever. May be empty.", examples=[{}]),
    ]
