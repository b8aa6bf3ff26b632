"""The values of the entries of all files: names, ids, labels, permissions."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from reconciler.manifests.markets import MARKETS, MEANT
from reconciler.manifests.scalars import Wrong, day, flag, quoted, whole_number
from reconciler.manifests.tree import Unquoted
from reconciler.model.address import NAME, canonical, is_guid
from reconciler.model.desired import MAXIMUM_QUANTITY
from reconciler.model.term import FewerSeats as Permitted
from reconciler.model.term import SeatPermission
from reconciler.model.withheld import look_of

GUID_PATTERN = "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"
"""A GUID, as editors read it: they know no flag for casing."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

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


def checked_name(text: str) -> str:
    """Returns a name that fits. Raises Wrong for any other."""
    if not NAME.fullmatch(text):
        slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_LONGEST_NAME]
        advice = {"glob": "yes"} if set(text) & set("*?[") else {"example": slug or "contoso"}
        raise Wrong("name_unfit", value=quoted(text), **advice)
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
    AfterValidator(checked_name),
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
