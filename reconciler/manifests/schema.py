"""The schema of a customer's manifest and of the offer catalogue. Settings are in `settings.py`."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    model_validator,
)

from reconciler.manifests.catalogue import OFFER_ID, OFFER_ID_PATTERN, Catalogue, is_offer_id
from reconciler.manifests.markets import MARKETS, MEANT
from reconciler.manifests.scalars import Wrong, day, described, flag, money, quoted, whole_number
from reconciler.manifests.tree import Unquoted
from reconciler.model.address import NAME, canonical, is_guid
from reconciler.model.subscription import MAXIMUM_QUANTITY, Offer, canonical_offer
from reconciler.model.term import Billing, SeatPermission, Term
from reconciler.model.term import FewerSeats as Permitted
from reconciler.model.withheld import look_of

GUID_PATTERN = "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"
"""A GUID, as editors read it: they know no flag for casing."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

_ORDER_ID = re.compile(r"[A-Za-z0-9_=-]{1,100}")
_HIGHEST_PRICE = 1_000_000
_Value = TypeVar("_Value")

_LONGEST_NAME = 100
_LONGEST_LABEL = 60
"""A customer's name is a file name in the state location, and a part of every address."""


class Section(BaseModel):
    """A mapping with a fixed set of keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class WholeDocument(Section):
    """A document of its own. Keys that begin with `x-` are left to its writer, for anchors: they are not read."""

    @model_validator(mode="before")
    @classmethod
    def _without_extensions(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {key: item for key, item in value.items() if not key.startswith(EXTENSION)}


EXTENSION = "x-"
"""The beginning of a document's keys that are not read."""


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_LONGEST_NAME]
        raise Wrong("name_unfit", value=quoted(text), example=slug or "contoso")
    if len(text) > _LONGEST_NAME:
        raise Wrong("name_too_long", length=len(text), most=_LONGEST_NAME)
    return text


def guid(text: str) -> str:
    """A GUID in the program's spelling. Raises Wrong for anything else."""
    if not is_guid(text):
        raise Wrong("not_a_guid")
    return canonical(text)


def _label(text: str) -> str:
    if not NAME.fullmatch(text) or len(text) > _LONGEST_LABEL:
        slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_LONGEST_LABEL]
        raise Wrong("label_unfit", value=quoted(text), example=slug or "emea", most=_LONGEST_LABEL)
    return text


def _labels(labels: list[str]) -> list[str]:
    repeated = next((label for label in labels if labels.count(label) > 1), None)
    if repeated is not None:
        raise Wrong("label_repeated", value=quoted(repeated))
    return labels


def _plain_text(value: str) -> str:
    if _CONTROL.search(value) or not value.strip():
        raise Wrong("setting_not_plain")
    if look := look_of(value):
        raise Wrong("setting_looks_secret", look=look)
    return value


PlainText = Annotated[str, AfterValidator(_plain_text)]


def _offer(text: str, info: ValidationInfo) -> str:
    if isinstance(info.context, Catalogue):
        info.context.check(text)
    return text


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


def _market(text: str) -> str:
    if text in MARKETS:
        return text
    near = MEANT.get(text.upper(), text.upper())
    raise Wrong("market_unknown", value=quoted(text), **({"near": f'"{near}"'} if near in MARKETS else {"far": "yes"}))


def nothing_is_empty(value: object) -> object:
    """A key with nothing under it, where a mapping belongs, is an empty mapping."""
    return {} if isinstance(value, Unquoted) and not value.text else value


Name = Annotated[
    str,
    AfterValidator(_name),
    Field(json_schema_extra={"pattern": f"^{NAME.pattern}$", "maxLength": _LONGEST_NAME}),
]
Label = Annotated[
    str,
    AfterValidator(_label),
    Field(json_schema_extra={"pattern": f"^{NAME.pattern}$", "maxLength": _LONGEST_LABEL}),
]
Guid = Annotated[str, AfterValidator(guid), Field(json_schema_extra={"pattern": GUID_PATTERN})]
Flag = Annotated[bool, BeforeValidator(flag)]
Market = Annotated[
    str,
    AfterValidator(_market),
    Field(
        description="The customer's country, by its two letters in ISO 3166-1.",
        examples=["US"],
        json_schema_extra={"enum": sorted(MARKETS)},
    ),
]
Segment = Annotated[
    Literal["commercial", "education", "nonprofit", "government"],
    Field(description="The customer's segment.", examples=["commercial"]),
]
FewerSeats = Annotated[
    Literal["refuse", "at_renewal", "now"],
    Field(
        description="Fewer seats than live: refuse, schedule them for the end of the term, or remove them at once.",
        examples=["at_renewal"],
    ),
]


class FewerSeatsOnce(Section):
    """A one-off permission to remove seats: used up once so many are live."""

    to: Annotated[
        int,
        Field(ge=1, le=MAXIMUM_QUANTITY, description="Down to exactly so many seats.", examples=[8]),
        BeforeValidator(whole_number),
    ]
    when: Annotated[
        Literal["now", "at_renewal"], Field(description="At once, or at the end of the term.", examples=["at_renewal"])
    ] = "now"
    until: Annotated[
        date | None,
        Field(description="The last day on which the removal may be asked for (UTC).", examples=["2026-12-31"]),
        BeforeValidator(day, json_schema_input_type=date | None),
    ] = None


def permission_of(section: FewerSeatsOnce) -> SeatPermission:
    """The permission as it is written."""
    return SeatPermission(to=section.to, when=Permitted(section.when), until=section.until)


WORD, ONCE = "[word]", "[once]"
"""Pydantic's marks for which of its two forms a permission has."""

FewerSeatsOfEntry = Annotated[
    Annotated[FewerSeats, Tag(WORD)] | Annotated[FewerSeatsOnce, Tag(ONCE)],
    Discriminator(lambda value: ONCE if isinstance(value, (dict, FewerSeatsOnce)) else WORD),
]
LicenseTransfer = Annotated[
    Literal["required", "preferred", "never"],
    Field(description="Whether users' licences must move with an upgrade.", examples=["preferred"]),
]


Labels = Annotated[
    list[Label],
    AfterValidator(_labels),
    Field(
        description="Words to select by, as label:emea. An entry has those of its customer, and its own.",
        examples=["[emea]"],
        json_schema_extra={"uniqueItems": True},
    ),
]


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
    labels: Labels = []


def _within_term(billing: str | None, info: ValidationInfo) -> str | None:
    """Refuses charges that are further apart than the term is long: the service sells none."""
    term = info.data.get("term")
    if billing and term and Billing(billing).months > Term(term).months:
        fitting = " or ".join(f"billing: {cycle}" for cycle in Billing if cycle.months <= Term(term).months)
        raise Wrong("billing_longer_than_term", value=billing, term=term, fitting=fitting)
    return billing


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


def _chosen_in_order(value: str | None, info: ValidationInfo) -> str | None:
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
    order: Annotated[
        str | None,
        AfterValidator(_identified),
        Field(
            validate_default=True,
            description="There is no such subscription yet: buy it, once, under this key, which is never used again.",
            examples=["2026-11-copilot"],
            json_schema_extra={"pattern": f"^{NAME.pattern}$", "maxLength": _LONGEST_NAME},
        ),
    ] = None
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
    max_unit_price: Annotated[
        Decimal | None,
        BeforeValidator(money, json_schema_input_type=float),
        AfterValidator(_of_order),
        Field(
            gt=0,
            le=_HIGHEST_PRICE,
            description="The most that an order may cost per seat and month, in the currency of the customer's market.",
            examples=["30.00"],
        ),
    ] = None
    besides: Annotated[
        list[Annotated[str, AfterValidator(_subscription_or_order)]],
        AfterValidator(_of_order),
        Field(
            description="The ids of equal subscriptions, or of orders, that an order is meant to stand beside.",
            examples=["[5ea053d6-1a53-4a4c-96c1-2e3a2c6c5a4e]"],
        ),
    ] = []
    license_transfer: LicenseTransfer | None = None
    fewer_seats: FewerSeatsOfEntry | None = None
    allow_duplicate_offer: Annotated[
        Flag, Field(description="Upgrade even where the customer holds the offer already.")
    ] = False
    term: Annotated[
        Literal["monthly", "annual", "triennial"] | None,
        AfterValidator(_chosen_in_order),
        Field(
            validate_default=True,
            description="The length of the commitment. Not managed where it is left out; an order needs it.",
            examples=["annual"],
        ),
    ] = None
    billing: Annotated[
        Literal["monthly", "annual", "triennial"] | None,
        AfterValidator(_within_term),
        AfterValidator(_chosen_in_order),
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
    labels: Labels = []


class Manifest(WholeDocument):
    """A customer's document."""

    customer: Annotated[
        CustomerSection, Field(examples=[{"name": "contoso", "tenant": "0c39d6d5-c70d-4c55-bc02-f620844f3fd1"}])
    ]
    defaults: DefaultsValue = DefaultsSection()
    moved: Annotated[
        dict[Name, Name],
        BeforeValidator(nothing_is_empty, json_schema_input_type=dict[Name, Name] | None),
        Field(description="Entries that have other names now: the old name, and the new one.", examples=[{}]),
    ] = {}
    removed: Annotated[
        list[Name],
        Field(description="Names of entries that are gone: they are not tracked any more.", examples=[[]]),
    ] = []
    subscriptions: Annotated[
        dict[Name, SubscriptionEntry],
        BeforeValidator(nothing_is_empty, json_schema_input_type=dict[Name, SubscriptionEntry] | None),
        Field(description="By name; the address is customer/name, for ever. May be empty.", examples=[{}]),
    ]


def _name_or_address(text: str) -> str:
    customer, slash, name = text.partition("/")
    _name(customer)
    if slash:
        _name(name)
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
