"""Tasks: what a change leaves for people to do, open until somebody says that it is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.model.address import Address
from reconciler.model.customer import Customer
from reconciler.model.pending import Key
from reconciler.model.run import Run


@dataclass(frozen=True, slots=True)
class Left:
    """A task that a result implies: its row of advice, and the data of its sentence."""

    code: str
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that a person must do by hand, and that nobody has said is done.

    `since` is when the change was finished that left it, `run` the id of the run that carried it out. `address` is the
    one that has the change's subscription now.

    Of a `consent`, the code of the reason that it ends, `since` is when an apply first found that missing, or when a
    person said in `run` that the customer was asked. It is for `others` too, and no request left it.
    """

    address: Address
    customer: Customer
    code: str
    description: str
    since: datetime
    run: str
    request_id: str = ""
    started_at: datetime
    consent: str | None = None
    others: tuple[Address, ...] = ()

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Returns every address that it is for."""
        return (self.address, *self.others)

    def done(self, at: datetime, run: Run) -> "TaskDone":
        """A person's word, given in `run`, that it is done."""
        return TaskDone(code=self.code, request_id=self.request_id, started_at=self.started_at, at=at, run=run)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDone:
    """A person's word that a task is done. `request_id` and `started_at` say which change had left it."""

    code: str
    request_id: str
    started_at: datetime
    at: datetime
    run: Run

    @property
    def task(self) -> tuple[str, Key]:
        """Returns which task it closes."""
        return self.code, (self.request_id, self.started_at)
