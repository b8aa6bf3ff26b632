"""The settings of an estate, `reconciler.yaml`, with every default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from reconciler.model.desired import LicenseTransfer
from reconciler.model.limits import Limits
from reconciler.model.term import FewerSeats


class NameCheck(StrEnum):
    """Treatment of an upgrade to an offer that the service calls otherwise than `offers.yaml`."""

    WARN = "warn"
    STRICT = "strict"


LONGEST_WAIT = 86_400
"""Seconds. No result is watched for longer, and no write takes longer."""

LEAST_WAIT: Mapping[str, float] = MappingProxyType(
    {"timeout_seconds": 30, "interval_seconds": 1, "request_seconds": 30}
)
"""The least that `wait` may be where purchases are real: what happens after a lost answer rests on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Seconds for which apply watches for a result to become visible, and that a write may take."""

    timeout_seconds: float = 120
    interval_seconds: float = 5
    request_seconds: float = 180

    @property
    def owned_seconds(self) -> float:
        """Returns how long after sending a request its run may still be at work on it."""
        return self.request_seconds + self.timeout_seconds

    @property
    def sendable_seconds(self) -> float:
        """Returns how old an intent may be for its request to be handed to the client, which may hold it back for
        another half of `request_seconds`: it leaves before another run may give it up.
        """
        return max(self.timeout_seconds, self.request_seconds / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """The reseller's own identity. Never a secret. `resellers` are the partner ids that an indirect provider sells
    through.
    """

    tenant: str | None = None
    client_id: str | None = None
    auth: str | None = None
    mpn_id: str | None = None
    resellers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """Preferences and permissions of every entry that says nothing else; None where there is no default.

    They never hold a commitment.
    """

    fewer_seats: FewerSeats | None = None
    license_transfer: LicenseTransfer | None = None
    market: str | None = None
    segment: str | None = None

    def or_else(self, others: "Defaults") -> "Defaults":
        """Returns these, and the others where these say nothing."""
        return Defaults(
            fewer_seats=self.fewer_seats or others.fewer_seats,
            license_transfer=self.license_transfer or others.license_transfer,
            market=self.market or others.market,
            segment=self.segment or others.segment,
        )


class Unpriced(StrEnum):
    """Treatment of changes that no price sheet has a price for. REFUSE holds them back as a money limit would."""

    ALLOW = "allow"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceSettings:
    """The price sheets of the estate, by their paths below its root, and the treatment of what has no price."""

    sheets: tuple[str, ...] = ()
    unpriced: Unpriced = Unpriced.ALLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """Orders: whether a person states that the partner of record is right, which the service asks of whoever buys."""

    attest_partner_on_record: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One estate's settings. `state` is a location: a directory's absolute path, or a URL such as az://…; None where
    nobody chose one. `state_is_name`: it is a bare name, which may be a folder's and may be a container's.
    """

    cloud: str = "worldwide"
    partner: Partner = field(default_factory=Partner)
    state: str | None = None
    state_is_name: bool = False
    lineage: str | None = None
    limits: Limits = field(default_factory=Limits)
    wait: Wait = field(default_factory=Wait)
    names: NameCheck = NameCheck.WARN
    orders: Orders = field(default_factory=Orders)
    defaults: Defaults = field(default_factory=Defaults)
    prices: PriceSettings = field(default_factory=PriceSettings)
    parallelism: int = 8
    requests_per_minute: int = 500
