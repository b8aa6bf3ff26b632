"""The schema of reconciler.yaml."""

import os
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, create_model
from pydantic.config import JsonDict

from reconciler.manifests.check import Hint
from reconciler.manifests.fields import Flag, Guid, PlainText, Section, WholeDocument, nothing_is_empty
from reconciler.manifests.hints import DEFAULTS_HINTS, hint
from reconciler.manifests.scalars import Wrong, number, whole_number
from reconciler.manifests.schema import DefaultsSection, DefaultsValue
from reconciler.model.choices import CloudName, SignIn
from reconciler.model.limits import EVERY_CURRENCY, LIMITS, Unit
from reconciler.model.locations import unfit
from reconciler.model.settings import (
    LEAST_WAIT,
    LONGEST_WAIT,
    Settings,
    Wait,
)

_SECRET, _PATH = "secret_in_settings", "path_of_secret_in_settings"


HINTS: Mapping[str, Hint] = {
    **dict.fromkeys(("client_secret", "secret", "password"), hint(_SECRET, variable="RECONCILER_CLIENT_SECRET")),
    **dict.fromkeys(("refresh_token",), hint(_SECRET, variable="RECONCILER_REFRESH_TOKEN")),
    **dict.fromkeys(("access_token", "token"), hint(_SECRET, variable="RECONCILER_ACCESS_TOKEN")),
    **dict.fromkeys(("private_key",), hint(_SECRET, variable="RECONCILER_CLIENT_CERTIFICATE_PATH")),
    **dict.fromkeys(
        ("client_certificate_path", "client_certificate", "certificate"),
        hint(_PATH, variable="RECONCILER_CLIENT_CERTIFICATE_PATH"),
    ),
    **dict.fromkeys(("federated_token_file",), hint(_PATH, variable="RECONCILER_FEDERATED_TOKEN_FILE")),
    **DEFAULTS_HINTS,
}
"""Keys that people expect here and that must not be: secrets, where secrets lie, and commitments."""


def _location(value: str) -> str:
    """A directory, or a store's URL with a container. Raises Wrong for what can't be meant as either."""
    found = unfit(value, windows=os.name == "nt")
    if found:
        raise Wrong(found.code, **found.data)
    return value


Location = Annotated[str, AfterValidator(_location)]


_MOST_SUBSCRIPTIONS, _MOST_SEATS = 10_000_000, 1_000_000_000


_MOST_MONEY = 1_000_000_000


_FASTEST = 1_000_000
"""Requests a minute. The documentation names 500 for a partner; a rehearsal on this machine may be faster."""


MOST_AT_ONCE = 64


_SHORTEST_WAIT = 0.01


_LONGEST_INTERVAL = 300


def _by_currency(value: object) -> object:
    """A number is that of every currency."""
    return value if isinstance(value, dict) or value is None else {EVERY_CURRENCY: value}


Count = Annotated[int, Field(ge=0, le=_MOST_SUBSCRIPTIONS), BeforeValidator(whole_number)]


Seats = Annotated[int, Field(ge=0, le=_MOST_SEATS), BeforeValidator(whole_number)]


Percent = Annotated[int, Field(ge=0, le=100), BeforeValidator(whole_number)]


Money = Annotated[int, Field(ge=0, le=_MOST_MONEY), BeforeValidator(whole_number)]


Currency = Annotated[str, Field(pattern="^([A-Z]{3})?$")]


Seconds = Annotated[float, Field(ge=_SHORTEST_WAIT, le=LONGEST_WAIT), BeforeValidator(number)]


class PartnerSection(Section):
    """The reseller. Never a secret."""

    tenant: Annotated[Guid | None, Field(description="The reseller's own tenant.")] = None
    client_id: Annotated[Guid | None, Field(description="The id of the app registration that signs in.")] = None
    auth: Annotated[SignIn | None, Field(description="How to sign in; without it, by the variables that are set.")] = (
        None
    )
    mpn_id: Annotated[PlainText | None, Field(description="The partner id under which the subscriptions are sold.")] = (
        None
    )
    resellers: Annotated[
        list[PlainText],
        Field(description="The partner ids of the indirect resellers through whom an indirect provider sells."),
    ] = Field(default_factory=list)


_WAIT, _DEFAULT = Wait(), Settings()


_BOUNDS: Mapping[Unit, Any] = {
    Unit.SUBSCRIPTIONS: Count,
    Unit.SEATS: Seats,
    Unit.PERCENT: Percent,
    Unit.MONEY: Annotated[
        dict[Currency, Money] | None,
        BeforeValidator(_by_currency, json_schema_input_type=int | dict[Currency, int]),
    ],
    Unit.FAILURES: Annotated[int, Field(ge=1, le=_MOST_SUBSCRIPTIONS), BeforeValidator(whole_number)],
}
"""The values that a limit may have, by its unit."""


_LIMIT_FIELDS: dict[str, Any] = {
    limit.name: (Annotated[_BOUNDS[limit.unit], Field(description=limit.setting)], limit.default)
    for limit in LIMITS.values()
}


LimitsSection: Any = create_model(
    "LimitsSection",
    __base__=Section,
    __doc__="Limits that a plan may not exceed if it is to be applied.",
    __module__=__name__,
    **_LIMIT_FIELDS,
)


def _floor(name: str) -> str:
    return f"At least {LEAST_WAIT[name]:g}, but against the sandbox or an endpoint on this machine"


class WaitSection(Section):
    """Waits for the service, in seconds."""

    timeout_seconds: Annotated[
        Seconds,
        Field(description=f"How long apply watches for a result to become visible. {_floor('timeout_seconds')}."),
    ] = _WAIT.timeout_seconds
    interval_seconds: Annotated[
        float,
        Field(
            ge=_SHORTEST_WAIT,
            le=_LONGEST_INTERVAL,
            description=f"The pause between two looks. {_floor('interval_seconds')}.",
        ),
        BeforeValidator(number),
    ] = _WAIT.interval_seconds
    request_seconds: Annotated[
        Seconds, Field(description=f"How long a write may take. {_floor('request_seconds')}.")
    ] = _WAIT.request_seconds


class OrdersSection(Section):
    """Orders of new subscriptions."""

    attest_partner_on_record: Annotated[
        Flag,
        Field(
            description="A person's statement that the partner of record of every order is right. Partner Center asks"
            " for it, and it is sent as such."
        ),
    ] = False


def _sheet(value: str) -> str:
    """A file below the estate's root, with slashes. Raises Wrong for a path that may lead elsewhere."""
    if value.startswith("/") or "\\" in value or ":" in value or not value.strip() or ".." in value.split("/"):
        raise Wrong("price_sheet_path")
    return value


class PricesSection(Section):
    """Price sheets: what the partner pays. They are CSV files that Partner Center gives out."""

    sheets: Annotated[
        list[Annotated[str, AfterValidator(_sheet)]],
        Field(description="The price sheets, one for each market and month, counted from this file."),
    ] = Field(default_factory=list)
    unpriced: Annotated[
        Literal["allow", "refuse"],
        Field(description="Changes that no sheet has a price for: allow them, or hold them back."),
    ] = "allow"


_REAL: JsonDict = {
    "if": {"properties": {"cloud": {"const": "sandbox"}}, "required": ["cloud"]},
    "else": {"properties": {"wait": {"properties": {name: {"minimum": least} for name, least in LEAST_WAIT.items()}}}},
}
"""As editors read it: what `wait` may not fall below where purchases are real."""


class SettingsFile(WholeDocument):
    """The estate's settings, reconciler.yaml at its root. Every key is optional."""

    model_config = ConfigDict(json_schema_extra=_REAL)

    cloud: Annotated[CloudName, Field(description="Whose Partner Center.")] = "worldwide"
    partner: Annotated[
        PartnerSection, BeforeValidator(nothing_is_empty, json_schema_input_type=PartnerSection | None)
    ] = PartnerSection()
    state: Annotated[
        Location | None,
        Field(description="Where state is kept: a directory, counted from this file, or az://, s3://, gs://."),
    ] = None
    lineage: Annotated[PlainText | None, Field(description="The identity that the state location must have.")] = None
    limits: Annotated[LimitsSection, BeforeValidator(nothing_is_empty, json_schema_input_type=LimitsSection | None)] = (
        LimitsSection()
    )
    wait: Annotated[WaitSection, BeforeValidator(nothing_is_empty, json_schema_input_type=WaitSection | None)] = (
        WaitSection()
    )
    names: Annotated[
        Literal["warn", "strict"],
        Field(description="An upgrade to an offer that the service calls otherwise than offers.yaml: warn, or block."),
    ] = "warn"
    orders: Annotated[OrdersSection, BeforeValidator(nothing_is_empty, json_schema_input_type=OrdersSection | None)] = (
        OrdersSection()
    )
    defaults: DefaultsValue = DefaultsSection()
    prices: Annotated[PricesSection, BeforeValidator(nothing_is_empty, json_schema_input_type=PricesSection | None)] = (
        PricesSection()
    )
    parallelism: Annotated[
        int, Field(ge=1, le=MOST_AT_ONCE, description="Customers worked on at once."), BeforeValidator(whole_number)
    ] = _DEFAULT.parallelism
    requests_per_minute: Annotated[
        int, Field(ge=1, le=_FASTEST, description="How fast the service is asked."), BeforeValidator(whole_number)
    ] = _DEFAULT.requests_per_minute
