"""How an estate wants to be treated: `reconciler.yaml`, with every default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class NameCheck(StrEnum):
    """What becomes of an upgrade to an offer that the service calls otherwise than `offers.yaml`."""

    WARN = "warn"
    STRICT = "strict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the operator refuses today. Percentages are of all managed subscriptions, counted from ten up.

    A shard's are of its own subscriptions, and of the other limits it has its share. Each run counts its own failures.
    """

    max_changes: int = 100
    max_changed_percent: int = 30
    max_seats_removed: int = 0
    max_seats_added: int = 1000
    max_seats_upgraded: int = 1000
    max_customers_emptied: int = 0
    max_catalogue_change_percent: int = 49
    stop_after_failures: int = 5


LONGEST_WAIT = 86_400
"""Seconds. No result is watched for longer, and no write takes longer."""

LEAST_WAIT: Mapping[str, float] = MappingProxyType(
    {"timeout_seconds": 30, "interval_seconds": 1, "request_seconds": 30}
)
"""What `wait` may not fall below where purchases are real: what happens after a lost answer rests on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long apply watches for a result to become visible, and how long a write may take. In seconds."""

    timeout_seconds: float = 120
    interval_seconds: float = 5
    request_seconds: float = 180

    @property
    def owned_seconds(self) -> float:
        """How long after sending a request its run may still be at work on it."""
        return self.request_seconds + self.timeout_seconds

    @property
    def sendable_seconds(self) -> float:
        """How old an intent may be for its request to be handed to the client, which may hold it back for another half
        of `request_seconds`: it leaves before another run may give it up.
        """
        return max(self.timeout_seconds, self.request_seconds / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """The reseller's own identity. Never a secret."""

    tenant: str | None = None
    client_id: str | None = None
    auth: str | None = None
    mpn_id: str | None = None


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
    parallelism: int = 8
    requests_per_minute: int = 500
