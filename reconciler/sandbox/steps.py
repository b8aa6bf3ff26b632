"""A step of a world, from a mark on, and its line in the journal."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from reconciler.advice import problem
from reconciler.model.errors import StateDamaged
from reconciler.sandbox.faults import Fault
from reconciler.sandbox.ledger import Entry
from reconciler.sandbox.purchases import Cart, Order
from reconciler.sandbox.records import Answered, Record
from reconciler.sandbox.sold import Sold

_Data = TypeVar("_Data")


class Mark(NamedTuple):
    """State of progress of a world."""

    revision: int
    ledger: int
    records: int


@dataclass(kw_only=True, slots=True)
class Step:
    """Changes since a mark. `sold` are subscriptions, each with its customer's tenant."""

    revision: int
    faults: list[Fault]
    sold: list[tuple[str, Sold]]
    ledger: list[Entry] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    answered: dict[str, Answered] = field(default_factory=dict)
    carts: list[Cart] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    begun: datetime | None = None


def step_line(step: Step) -> bytes:
    """A step as a line of the journal."""
    return _step().dump_json(step, exclude_defaults=True)


def read_step(line: bytes, path: Path) -> Step:
    """A line of the journal of a world's file. Raises StateDamaged for anything else."""
    return read_json(_step(), line, path)


def read_json(kind: TypeAdapter[_Data], content: bytes, path: Path) -> _Data:
    """Reads JSON of a world's file. Raises StateDamaged for anything else."""
    try:
        return kind.validate_json(content)
    except ValidationError as error:
        fault = error.errors()[0]["msg"]
        raise StateDamaged(problem("sandbox_world_damaged", str(path), fault=fault)) from None


@cache
def _step() -> TypeAdapter[Step]:
    """Made for the first journal: few worlds are so large that they have one."""
    return TypeAdapter(Step)
