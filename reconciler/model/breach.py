"""Limits that a plan would exceed, and the changes that they hold back."""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from reconciler.model.address import Address
from reconciler.model.limits import LIMITS, Unit
from reconciler.model.overrides import Override
from reconciler.model.shard import Shard


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A limit of the operator's that the plan would exceed: the limit's name, its value, and the plan's figure.

    `subject` names what makes up the figure, where that is not the changes themselves: customers, or an offer's name.
    `customers` are all of those, where it names some.
    Of money the figure is rounded up to whole units of the `currency`. `unpriced`: it counts changes without a price,
    none of which is allowed.
    """

    name: str
    limit: int
    figure: int
    subject: str = ""
    currency: str = ""
    unpriced: bool = False
    customers: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, bool]:
        """Returns what tells it from the other breaches of a plan."""
        return self.name, self.currency, self.unpriced

    @property
    def planned(self) -> str:
        """`20`, `684 USD`, `1 change without a price`."""
        if self.unpriced:
            return f"{self.figure} {'change' if self.figure == 1 else 'changes'} without a price"
        return f"{self.figure} {self.currency}".strip()

    @property
    def allowed(self) -> str:
        """`10`, `50 USD`, `none`."""
        return "none" if self.unpriced else f"{self.limit} {self.currency}".strip()

    @property
    def holds(self) -> bool:
        """Returns True if it holds back the changes that it counts, and stops nothing else."""
        return self.name in LIMITS and LIMITS[self.name].holds


def overriding(command: tuple[str, ...], breaches: Iterable[Breach], shard: Shard | None = None) -> tuple[str, ...]:
    """Returns the command with these limits raised to what the plan comes to, and no further. One that counts changes
    without a price can only be lifted.

    Of a plan of a shard they are raised to that of which the shard's share is the plan's figure.
    """
    every = tuple(breaches)
    lifted = {breach.name for breach in every if breach.unpriced}
    values = (breach.name if breach.name in lifted else str(_override(breach, shard)) for breach in every)
    flags = (word for value in dict.fromkeys(values) for word in ("--override-limit", value))
    overridden = {(breach.name, breach.currency) for breach in every if breach.name not in lifted}
    return (*_without_overrides(command, overridden, lifted), *flags)


def overriding_each(
    command: tuple[str, ...], breaches: Iterable[Breach], shard: Shard | None = None
) -> dict[str, tuple[str, ...]]:
    """Returns the command for each limit alone, by the limit's name: to allow one thing must allow nothing else."""
    by_name: dict[str, list[Breach]] = {}
    for breach in breaches:
        by_name.setdefault(breach.name, []).append(breach)
    return {name: overriding(command, own, shard) for name, own in by_name.items()}


def _override(breach: Breach, shard: Shard | None) -> Override:
    shared = shard is not None and breach.name in LIMITS and LIMITS[breach.name].unit is not Unit.PERCENT
    figure = shard.whole(breach.figure) if shard and shared else breach.figure
    return Override(breach.name, figure, breach.currency)


def _without_overrides(
    command: tuple[str, ...], overridden: Container[tuple[str, str]], lifted: Container[str]
) -> Iterator[str]:
    """Yields a command without what it says of these limits: of one that is overridden, in that currency."""
    words = iter(command)
    for word in words:
        limit = next(words, "") if word == "--override-limit" else ""
        name, _, value = limit.partition("=")
        currency = value.rpartition(":")[0].upper()
        if not limit:
            yield word
        elif name not in lifted and (name, currency) not in overridden:
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
    def named(self) -> dict[str, str]:
        """Returns the limits for a sentence, and its verb."""
        return {"names": " and ".join(self.limits), "holds": "holds" if len(self.limits) == 1 else "hold"}

    @property
    def item(self) -> tuple[Address, str]:
        """Returns what tells its change from every other change of the plan."""
        return self.address, self.action
