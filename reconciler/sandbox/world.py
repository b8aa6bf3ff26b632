"""What the emulator remembers: plain mutable data, kept in one JSON file. Ids are lower case inside, times UTC."""

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Self, cast
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from reconciler.model.errors import StateDamaged
from reconciler.sandbox.faults import Fault

LONG_AGO = datetime(2019, 3, 4, 9, 30, 15, 120_000, tzinfo=UTC)
"""When things were bought, unless a world says otherwise."""


def utc_now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def derived_id(*parts: object) -> str:
    """A GUID that looks random and is the same for the same parts, on every machine."""
    digest = hashlib.sha256("\x1f".join(map(str, parts)).encode()).digest()
    return str(UUID(bytes=digest[:16], version=4))


def is_guid(text: str) -> bool:
    """Whether this is a GUID as the service writes them, in any casing."""
    return re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text, re.IGNORECASE) is not None


@dataclass(kw_only=True, slots=True)
class User:
    """A user of the customer whose licence does not move with an upgrade. Made-up people only."""

    object_id: str
    name: str = ""
    email: str = ""


@dataclass(kw_only=True, slots=True)
class Upcoming:
    """A change that was accepted and does not show yet."""

    due: datetime
    quantity: int | None = None
    status: str | None = None


@dataclass(kw_only=True, slots=True)
class Sold:
    """One subscription of a customer.

    `withheld` are upgrade targets that the service does not list for it, `refusal` is a general reason (code 0) why it
    can't be upgraded, `stuck_users` are those whose licences an upgrade leaves behind. Until `provisioned_from` its
    order is still being processed; before `visible_from`, and for `hidden_reads` more reads, it is not shown. `extra`
    are members of its document that nobody documents; a PATCH without them loses them.
    """

    offer: str
    quantity: int = 1
    id: str = ""
    name: str = ""
    offer_name: str = ""
    status: str = "active"
    version: int = 1
    parent: str | None = None
    partner_id: str | None = None
    billing_cycle: str = "monthly"
    auto_renew: bool = True
    order: str = ""
    created: datetime = LONG_AGO
    term: str = "P1Y"
    suspension_reasons: list[str] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    refusal: str = ""
    stuck_users: list[User] = field(default_factory=list)
    provisioned_from: datetime | None = None
    visible_from: datetime | None = None
    hidden_reads: int = 0
    upcoming: Upcoming | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.id = self.id.lower()
        self.parent = self.parent.lower() if self.parent else None
        self.withheld = [one.upper() for one in self.withheld]

    @property
    def new_commerce(self) -> bool:
        """Whether it is of new commerce: the offer id has three parts."""
        return ":" in self.offer

    def provisioned(self, now: datetime) -> bool:
        """Whether its order has been processed."""
        return self.provisioned_from is None or self.provisioned_from <= now

    def shown(self, now: datetime) -> bool:
        """Whether reads show it."""
        return self.hidden_reads <= 0 and (self.visible_from is None or self.visible_from <= now)

    def settle(self, now: datetime) -> None:
        """Lets an accepted change show once it is due."""
        if self.upcoming is None or self.upcoming.due > now:
            return
        self.quantity = self.upcoming.quantity or self.quantity
        self.status = self.upcoming.status or self.status
        self.upcoming = None
        self.version += 1


@dataclass(kw_only=True, slots=True)
class Tenant:
    """One customer.

    `delegated_admin` is the old delegated administration (DAP). `gdap_roles` are the directory roles granted instead
    of it; None where granular delegation is not in use. `relationship` other than "reseller" closes the subscriptions.
    """

    name: str
    tenant: str = ""
    display_name: str = ""
    country: str = "US"
    relationship: str = "reseller"
    delegated_admin: bool = True
    gdap_roles: list[str] | None = None
    subscriptions: list[Sold] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tenant = (self.tenant or derived_id("tenant", self.name)).lower()
        self.display_name = self.display_name or self.name
        for index, sold in enumerate(self.subscriptions):
            sold.id = sold.id or derived_id("subscription", self.tenant, index, sold.offer)
            sold.order = sold.order or derived_id("order", sold.id)

    @property
    def china(self) -> bool:
        """Whether it is served by the cloud operated by 21Vianet."""
        return self.country == "CN"

    def find(self, subscription_id: str) -> Sold | None:
        """The subscription of this id, in any casing."""
        return next((sold for sold in self.subscriptions if sold.id == subscription_id.lower()), None)


class SourceFate(StrEnum):
    """What becomes of the source of an upgrade. The real service's documents leave this open."""

    SUSPENDED_NOW = "suspended_now"
    SUSPENDED_LATER = "suspended_later"
    DELETED = "deleted"
    STAYS_ACTIVE = "stays_active"


@dataclass(kw_only=True, slots=True)
class Behaviour:
    """How the service behaves where its documents leave room. Delays are in seconds, counted from the write.

    `visible_after`, `visible_after_reads`: when what an upgrade bought is shown. `provisioned_after`: how long its
    order is processed. `source_suspended_after`: the delay of SUSPENDED_LATER. `no_path_as_item`: whether a
    subscription without upgrade paths is answered with an item that carries code 7 rather than with an empty list.
    `delegation_for_every_upgrade`: whether missing delegated administration closes `upgrade_only` too (it always does
    in the cloud operated by 21Vianet). `idempotent`: whether MS-RequestId is honoured.
    """

    source_fate: SourceFate = SourceFate.SUSPENDED_NOW
    source_suspended_after: float = 600
    visible_after: float = 0
    visible_after_reads: int = 0
    provisioned_after: float = 0
    no_path_as_item: bool = False
    delegation_for_every_upgrade: bool = False
    idempotent: bool = True


@dataclass(kw_only=True, slots=True)
class Entry:
    """One line of the ledger: something that was really bought or really changed. `customer` is the tenant."""

    at: datetime
    kind: Literal["upgrade", "resize"]
    customer: str
    source: str
    target: str
    offer: str
    quantity: int
    before: int
    request_id: str


@dataclass(kw_only=True, slots=True)
class Answered:
    """An answer kept for a repeated request."""

    status: int
    headers: dict[str, str]
    document: Any


@dataclass(kw_only=True, slots=True)
class World:
    """Everything: the customers, how the service behaves, what will go wrong, and what has really been done.

    `revision` counts the changes since the first day; whoever changes anything calls `touch`.
    """

    customers: list[Tenant] = field(default_factory=list)
    behaviour: Behaviour = field(default_factory=Behaviour)
    faults: list[Fault] = field(default_factory=list)
    partner: str = field(default_factory=lambda: derived_id("partner"))
    ledger: list[Entry] = field(default_factory=list)
    answered: dict[str, Answered] = field(default_factory=dict)
    revision: int = 0
    nudges: int = 0

    def touch(self) -> None:
        """Says that the world has changed and must be saved."""
        self.revision += 1

    def customer(self, tenant: str) -> Tenant | None:
        """The customer of this tenant (or name), in any casing."""
        wanted = tenant.lower()
        return next((one for one in self.customers if wanted in {one.tenant, one.name}), None)

    def sold(self) -> Iterator[tuple[Tenant, Sold]]:
        """Every subscription with its customer."""
        return ((tenant, sold) for tenant in self.customers for sold in tenant.subscriptions)

    def find(self, subscription_id: str) -> Sold:
        """The subscription of this id, whoever's it is. Raises KeyError where there is none."""
        for tenant in self.customers:
            if sold := tenant.find(subscription_id):
                return sold
        raise KeyError(subscription_id)

    def save(self, path: Path) -> None:
        """Writes the world to a file, atomically: a reader sees the old one or the new one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_WORLD.dump_json(self, indent=1, exclude_defaults=True))
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    @classmethod
    def load(cls, path: Path) -> Self:
        """Reads a world from a file. Raises StateDamaged where the file holds none, FileNotFoundError without file."""
        try:
            return cast("Self", _WORLD.validate_json(path.read_bytes()))
        except ValidationError as error:
            raise StateDamaged.because(
                f"the sandbox's world can't be read: {error.errors()[0]['msg']}",
                "run `reconciler sandbox reset` to go back to its first day",
                str(path),
            ) from None


_WORLD: TypeAdapter[Any] = TypeAdapter(World)
