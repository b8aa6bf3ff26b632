"""The table of limits: one field of `Limits` is all that is said of a limit's figure; planning adds how it is measured,
and the table of advice what a breach means.

Settings and their schema, `--override-limit`, `explain`, every format and each refusal derive from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class Unit(StrEnum):
    """The unit of a limit's figure."""

    SUBSCRIPTIONS = "subscriptions"
    SEATS = "seats"
    PERCENT = "percent"
    FAILURES = "failures"
    MONEY = "money"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit.

    `counts` is its figure in words, after a number or before a colon; `setting` describes it in the settings' schema.
    The table of advice has what a breach means and what to do, by the name.
    One that `holds` holds back the changes that it counts, and all others go on; any other stops the whole apply.
    Without `counts` it is not held against a plan, but by a run as it goes.
    """

    name: str
    default: int | None
    unit: Unit
    setting: str
    counts: str = ""
    holds: bool = False

    @property
    def of_plan(self) -> bool:
        """Returns True if a plan's figure is held against it, and one run may override it."""
        return bool(self.counts)


def _limit(default: int | None, unit: Unit, setting: str, **words: Any) -> Any:
    return field(default=default, metadata={"unit": unit, "setting": setting, **words})


Allowance = Mapping[str, int] | None
"""Whole units of money by currency; under `""` those of every currency that has none of its own. None allows all."""

EVERY_CURRENCY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The figures that an operator allows in one run.

    Percentages are of all managed subscriptions, counted from ten up; a shard's are of its own subscriptions, and
    of the other limits it has its share. Each run counts its own failures.
    """

    max_changes: int = _limit(
        100,
        Unit.SUBSCRIPTIONS,
        "Changes in one run.",
        counts="changes in one apply",
    )
    max_changed_percent: int = _limit(
        30,
        Unit.PERCENT,
        "Changes in percent of all managed subscriptions, counted from ten up.",
        counts="percent of all managed subscriptions changed",
    )
    max_seats_removed: int = _limit(
        0,
        Unit.SEATS,
        "Seats removed in one run.",
        holds=True,
        counts="seats removed",
    )
    max_seats_added: int = _limit(
        1000,
        Unit.SEATS,
        "Seats added in one run.",
        holds=True,
        counts="seats added",
    )
    max_seats_upgraded: int = _limit(
        1000,
        Unit.SEATS,
        "Seats of subscriptions that are upgraded to another offer in one run.",
        holds=True,
        counts="seats upgraded to another offer",
    )
    max_seats_removed_at_renewal: int = _limit(
        100,
        Unit.SEATS,
        "Seats whose removal at the end of the term is scheduled in one run.",
        holds=True,
        counts="seats removed at the end of their term",
    )
    max_terms_committed: int = _limit(
        0,
        Unit.SUBSCRIPTIONS,
        "Subscriptions that begin a new commitment at once in one run.",
        holds=True,
        counts="subscriptions that begin a new commitment",
    )
    max_ended: int = _limit(
        0,
        Unit.SUBSCRIPTIONS,
        "Subscriptions whose end is scheduled in one run.",
        holds=True,
        counts="subscriptions that end with their term",
    )
    max_orders: int = _limit(
        0,
        Unit.SUBSCRIPTIONS,
        "Subscriptions that are ordered in one run.",
        holds=True,
        counts="subscriptions ordered",
    )
    max_monthly_cost_increase: Allowance = _limit(  # noqa: RUF009 -- a field
        None,
        Unit.MONEY,
        "Money that changes of one run add to the cost of a month, in whole units: one number where all price sheets"
        " have one currency, else one for each, such as {USD: 50, EUR: 40}. Off by default.",
        holds=True,
        counts="added to the cost of a month",
    )
    max_commitment: Allowance = _limit(  # noqa: RUF009 -- a field
        None,
        Unit.MONEY,
        "Money that changes of one run commit to until their terms end, in whole units: as max_monthly_cost_increase."
        " Off by default.",
        holds=True,
        counts="committed until the terms end",
    )
    max_customers_emptied: int = _limit(
        0,
        Unit.SUBSCRIPTIONS,
        "Customers whose every subscription vanished from the manifests.",
        counts="customers whose every subscription vanished from the manifests",
    )
    max_catalogue_change_percent: int = _limit(
        49,
        Unit.PERCENT,
        "Subscriptions that one name of offers.yaml moves to another offer, in percent of all managed ones, counted"
        " from ten up.",
        counts="percent of all managed subscriptions moved by one name of offers.yaml",
    )
    stop_after_failures: int = _limit(5, Unit.FAILURES, "Failures after which no new work begins.")


LIMITS = MappingProxyType(
    {row.name: Limit(name=row.name, default=getattr(Limits(), row.name), **row.metadata) for row in fields(Limits)}
)
"""Every limit by its name, in the order in which breaches are listed."""

OF_PLAN = tuple(limit for limit in LIMITS.values() if limit.of_plan)
"""The limits that a plan's figures are held against."""

ESTATE_EMPTIED = "estate_emptied"
"""Refuses a run whose manifests declare nothing any more; one run may override it, as it may a limit."""


def allowed(limits: Limits, name: str, currency: str = EVERY_CURRENCY) -> int | None:
    """Returns what a limit allows, of money in a currency; None where it is off."""
    value: int | Allowance = getattr(limits, name, None)
    return value.get(currency, value.get(EVERY_CURRENCY)) if isinstance(value, Mapping) else value


def currencies(limits: Limits, name: str) -> tuple[str, ...]:
    """Returns the currencies in which a limit of money is set; none of any other limit."""
    value: int | Allowance = getattr(limits, name, None)
    return tuple(value) if isinstance(value, Mapping) else ()
