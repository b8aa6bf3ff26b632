"""The emulator's memory: plain mutable data in one JSON file and, while it is large, a journal beside it."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self, cast
from uuid import uuid4

from pydantic import TypeAdapter

from reconciler.sandbox.behaviour import Behaviour
from reconciler.sandbox.faults import Fault
from reconciler.sandbox.journal import Journal
from reconciler.sandbox.ledger import Entry
from reconciler.sandbox.purchases import Cart, Order
from reconciler.sandbox.records import Answered, Record
from reconciler.sandbox.sold import Sold
from reconciler.sandbox.steps import Mark, Step, read_json, read_step
from reconciler.sandbox.tenants import Tenant, derived_id


@dataclass(kw_only=True)
class World:
    """Everything: the customers, how the service behaves, what will go wrong, and what has really been done.

    `revision` counts the changes since the first day; whoever changes anything calls `touch`. `generation` names one
    writing of the file, so that a journal is never taken for another's. `ahead` is by how much its clock was moved on,
    and `begun` when time began to pass in it (jobs.py).
    """

    customers: list[Tenant] = field(default_factory=list)
    behaviour: Behaviour = field(default_factory=Behaviour)
    faults: list[Fault] = field(default_factory=list)
    partner: str = field(default_factory=lambda: derived_id("partner"))
    ledger: list[Entry] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    answered: dict[str, Answered] = field(default_factory=dict)
    carts: dict[str, Cart] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    revision: int = 0
    nudges: int = 0
    ahead: timedelta = timedelta()
    begun: datetime | None = None
    generation: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        self._changed: dict[str, tuple[str, Sold]] = {}
        self._put: dict[str, Cart | Order] = {}
        self._answers: dict[str, Answered] = {}
        self._places: dict[str, int] = {}
        self._has_new_commerce: bool | None = None

    @property
    def has_new_commerce(self) -> bool:
        """True where any customer has a subscription of new commerce."""
        if self._has_new_commerce is None:
            self._has_new_commerce = any(sold.new_commerce for _, sold in self.sold())
        return self._has_new_commerce

    def period(self, now: datetime, behaviour: Behaviour) -> int:
        """Returns how often the service has replaced the availabilities of its catalogue."""
        if self.begun is None or not behaviour.availability_days:
            return 0
        return max(0, (now - self.begun) // timedelta(days=behaviour.availability_days))

    def touch(self, tenant: Tenant | None = None, *sold: Sold) -> None:
        """Says that the world has changed and must be saved, and which subscriptions of which customer have."""
        self.revision += 1
        if tenant is not None:
            self._changed |= {item.id: (tenant.tenant, item) for item in sold}

    def put(self, *purchases: Cart | Order) -> None:
        """Keeps new or changed carts and orders."""
        self.revision += 1
        for purchase in purchases:
            self._put[purchase.id] = purchase
            if isinstance(purchase, Cart):
                self.carts[purchase.id] = purchase
            else:
                self.orders[purchase.id] = purchase

    def remember(self, key: str, answer: Answered) -> None:
        """Keeps an answer for repeated requests."""
        self.revision += 1
        self.answered[key] = self._answers[key] = answer

    def mark(self) -> Mark:
        """Marks the present: `since` returns what is touched from here on."""
        self._changed, self._put, self._answers = {}, {}, {}
        return Mark(self.revision, len(self.ledger), len(self.records))

    def since(self, mark: Mark) -> Step:
        """Returns the changes since this mark, which is the last."""
        return Step(
            revision=self.revision,
            faults=self.faults,
            sold=list(self._changed.values()),
            ledger=self.ledger[mark.ledger :],
            records=self.records[mark.records :],
            answered=self._answers,
            carts=[purchase for purchase in self._put.values() if isinstance(purchase, Cart)],
            orders=[purchase for purchase in self._put.values() if isinstance(purchase, Order)],
            begun=self.begun,
        )

    def follow(self, step: Step) -> None:
        """Takes over what another process changed."""
        self.revision, self.faults, self.begun = step.revision, step.faults, step.begun
        self.ledger += step.ledger
        self.records += step.records
        self.answered |= step.answered
        self.carts |= {cart.id: cart for cart in step.carts}
        self.orders |= {order.id: order for order in step.orders}
        for customer, sold in step.sold:
            tenant = self.customer(customer)
            if tenant is not None:
                tenant.put(sold)

    def customer(self, tenant: str) -> Tenant | None:
        """The customer of this tenant (or name), in any casing."""
        wanted = tenant.lower()
        place = self._places.get(wanted, len(self.customers))
        if place >= len(self.customers) or wanted not in {self.customers[place].tenant, self.customers[place].name}:
            named = (
                (name, place)
                for place, customer in enumerate(self.customers)
                for name in (customer.name, customer.tenant)
            )
            self._places = dict(named)
            place = self._places.get(wanted, len(self.customers))
        return self.customers[place] if place < len(self.customers) else None

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
        self.generation = uuid4().hex[:12]
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_WORLD.dump_json(self, indent=1, exclude_defaults=True))
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        for old in path.parent.glob("*.journal"):
            if old.name.startswith(f"{path.name}.") and old != _journal_path(path, self.generation):
                old.unlink(missing_ok=True)

    @classmethod
    def parse(cls, content: bytes) -> Self:
        """Reads a world from JSON, without a journal. Raises pydantic's ValidationError."""
        return cast("Self", _WORLD.validate_json(content))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Reads a world from a file. Raises StateDamaged where the file holds none, FileNotFoundError without file."""
        while True:
            stamp = stamp_of(path)
            world = cast("Self", read_json(_WORLD, path.read_bytes(), path))
            for step in world.journal(path).news():
                world.follow(read_step(step, path))
            if stamp_of(path) == stamp:
                return world

    def journal(self, path: Path) -> Journal:
        """The journal that goes with this writing of the file."""
        return Journal(_journal_path(path, self.generation))


def stamp_of(path: Path) -> tuple[int, int, int]:
    """Returns values that differ once a file has been written anew."""
    found = path.stat()
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _journal_path(path: Path, generation: str) -> Path:
    return path.with_name(f"{path.name}.{generation}.journal")


_WORLD: TypeAdapter[World] = TypeAdapter(World)
