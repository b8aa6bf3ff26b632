"""What the emulator remembers, as plain mutable data kept in one JSON file."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Self, cast

from pydantic import TypeAdapter, ValidationError

from reconciler.model.errors import StateDamaged
from reconciler.sandbox.faults import Fault
from reconciler.sandbox.tenants import Sold, Tenant, derived_id


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
