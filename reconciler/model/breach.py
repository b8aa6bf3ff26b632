"""Limits that a plan would exceed, and the changes that they hold back."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from reconciler.model.address import Address
from reconciler.model.limits import LIMITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A limit of the operator's that the plan would exceed: the limit's name, its value, and the plan's figure.

    `subject` names what makes up the figure, where that is not the changes themselves: customers, or an offer's name.
    """

    name: str
    limit: int
    figure: int
    subject: str = ""

    @property
    def holds(self) -> bool:
        """Returns True if it holds back the changes that it counts, and stops nothing else."""
        return self.name in LIMITS and LIMITS[self.name].holds


def overriding(command: tuple[str, ...], breaches: Iterable[Breach]) -> tuple[str, ...]:
    """Returns the command with these limits raised to what the plan comes to, and no further."""
    needed = {breach.name: str(breach.figure) for breach in breaches}
    flags = (word for name, figure in needed.items() for word in ("--override-limit", f"{name}={figure}"))
    return (*_without_overrides(command, needed), *flags)


def _without_overrides(command: tuple[str, ...], names: Container[str]) -> Iterator[str]:
    """Yields a command without what it says of these limits."""
    words = iter(command)
    for word in words:
        limit = next(words, "") if word == "--override-limit" else ""
        if not limit:
            yield word
        elif limit.partition("=")[0] not in names:
            yield from (word, limit)


HeldCode = Literal["held_by_limit", "earlier_change_held", "renewal_held"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A change of the plan that limits hold back: apply does not begin it.

    `code`: `held_by_limit`; `earlier_change_held` where it follows a change of its address that is held;
    `renewal_held` where it would delete what is scheduled, and the renewal item that schedules it again is held.
    `limits` are their names.
    """

    address: Address
    action: str
    code: HeldCode
    limits: tuple[str, ...]

    @property
    def item(self) -> tuple[Address, str]:
        """Returns what tells its change from every other change of the plan."""
        return self.address, self.action
