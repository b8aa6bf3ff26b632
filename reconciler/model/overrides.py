"""Limits that one run raises or lifts (`--override-limit`)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from reconciler.model.limits import EVERY_CURRENCY, LIMITS, Limits, Unit, allowed


@dataclass(frozen=True, slots=True)
class Override:
    """A limit that one run raises to `value`, or lifts altogether: None. Of money it may be that of one currency."""

    name: str
    value: int | None = None
    currency: str = EVERY_CURRENCY

    def __str__(self) -> str:
        return self.name if self.value is None else f"{self.name}={money(self.value, self.currency)}"


def money(value: int, currency: str) -> str:
    """The value of an override: `413`, or `USD:413`."""
    return f"{currency}:{value}" if currency else str(value)


def raised(limits: Limits, overrides: Iterable[Override]) -> Limits:
    """Returns the limits with those raised that a run names with a value; what is lifted stays as it is.

    Raises ValueError, whose argument is the override, for a value that raises nothing.
    """
    for override in overrides:
        if override.value is not None:
            standing = allowed(limits, override.name, override.currency)
            if standing is None or override.value <= standing:
                raise ValueError(override)
            raised_to: Any = override.value
            if LIMITS[override.name].unit is Unit.MONEY:
                raised_to = {**getattr(limits, override.name), override.currency: override.value}
            limits = replace(limits, **{override.name: raised_to})
    return limits


def together(overrides: Iterable[Override]) -> tuple[Override, ...]:
    """Returns what several overrides come to, one for each limit and currency: the last value; of a limit that one of
    them lifts, that it is lifted.
    """
    every = tuple(overrides)
    lifted = {override.name for override in every if override.value is None}
    found: dict[tuple[str, str], Override] = {}
    for override in every:
        settled = Override(override.name) if override.name in lifted else override
        found[settled.name, settled.currency] = settled
    return tuple(found.values())
