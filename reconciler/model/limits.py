"""The table of limits: one field of `Limits` is all that is said of a limit; planning adds how it is measured.

Settings and their schema, `--override-limit`, `explain`, every format and each refusal derive from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from reconciler.model.remedy import Step


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
    `exceeded` is the sentence of a breach, `meaning` what more there is to know. `first` is what to do before it is
    overridden for one run. `instead` is what else than raising it ends the breach, `steps` the same step by step.
    One that `holds` holds back the changes that it counts, and all others go on; any other stops the whole apply.
    Without `counts` it is not held against a plan, but by a run as it goes.
    """

    name: str
    default: int | None
    unit: Unit
    setting: str
    counts: str = ""
    exceeded: str = ""
    meaning: str = ""
    first: str = ""
    instead: str = ""
    steps: tuple[Step, ...] = ()
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
        exceeded="The plan has more changes than limits.max_changes allows.",
        meaning="Counted are the changes of the whole plan. Apply sends nothing.",
        first="Plan fewer at once (--target), or have somebody who may allow it for one run:",
    )
    max_changed_percent: int = _limit(
        30,
        Unit.PERCENT,
        "Changes in percent of all managed subscriptions, counted from ten up.",
        counts="percent of all managed subscriptions changed",
        exceeded="The plan changes a larger part of all managed subscriptions than limits.max_changed_percent allows.",
        meaning="In percent of all managed subscriptions, whatever is selected; from ten subscriptions up. Apply sends"
        " nothing.",
        first="Plan fewer at once (--target), or have somebody who may allow it for one run:",
    )
    max_seats_removed: int = _limit(
        0,
        Unit.SEATS,
        "Seats removed in one run.",
        holds=True,
        counts="seats removed",
        exceeded="The plan removes more seats than limits.max_seats_removed allows.",
        meaning="Counted over resizes and upgrades; the default is none, since users may lose what they work with.",
        first="Ask whoever is responsible for these customers, then allow it for one run:",
    )
    max_seats_added: int = _limit(
        1000,
        Unit.SEATS,
        "Seats added in one run.",
        holds=True,
        counts="seats added",
        exceeded="The plan adds more seats than limits.max_seats_added allows.",
        meaning="Counted over resizes and upgrades; each of them is paid for.",
        first="Look for a quantity with a digit too many. If all is meant, allow it for one run:",
    )
    max_seats_upgraded: int = _limit(
        1000,
        Unit.SEATS,
        "Seats of subscriptions that are upgraded to another offer in one run.",
        holds=True,
        counts="seats upgraded to another offer",
        exceeded="The plan upgrades more seats to another offer than limits.max_seats_upgraded allows.",
        meaning="Counted over upgrades: every seat of the subscriptions that they buy, for none of them can be undone.",
        first="Look for an offer that is not the one meant, in the manifests and in offers.yaml. If all is meant, allow"
        " it for one run:",
    )
    max_seats_removed_at_renewal: int = _limit(
        100,
        Unit.SEATS,
        "Seats whose removal at the end of the term is scheduled in one run.",
        holds=True,
        counts="seats removed at the end of their term",
        exceeded="The plan schedules the removal of more seats than limits.max_seats_removed_at_renewal allows.",
        meaning="Counted over renewal items that leave fewer seats for the next term than there are.",
        first="Ask whoever is responsible for these customers, then allow it for one run:",
    )
    max_terms_committed: int = _limit(
        0,
        Unit.SUBSCRIPTIONS,
        "Subscriptions that begin a new commitment at once in one run.",
        holds=True,
        counts="subscriptions that begin a new commitment",
        exceeded="The plan begins more new commitments than limits.max_terms_committed allows.",
        meaning="Counted over changes of term or billing that take effect at once: none of them can be undone.",
        first="Ask whoever is responsible for these commitments, then allow it for one run:",
    )
    max_ended: int = _limit(
        0,
        Unit.SUBSCRIPTIONS,
        "Subscriptions whose end is scheduled in one run.",
        holds=True,
        counts="subscriptions that end with their term",
        exceeded="The plan ends more subscriptions than limits.max_ended allows.",
        meaning="Counted over renewal items by which a subscription ends with its term: its users lose the service.",
        first="Ask whoever is responsible for these customers, then allow it for one run:",
    )
    max_orders: int = _limit(
        0,
        Unit.SUBSCRIPTIONS,
        "Subscriptions that are ordered in one run.",
        holds=True,
        counts="subscriptions ordered",
        exceeded="The plan orders more subscriptions than limits.max_orders allows.",
        meaning="Counted over orders: each of them buys a subscription, for the whole of its term.",
        first="Read what each of them costs. If all is meant, have somebody who may buy it allow it for one run:",
    )
    max_monthly_cost_increase: Allowance = _limit(  # noqa: RUF009 -- a field
        None,
        Unit.MONEY,
        "Money that changes of one run add to the cost of a month, in whole units: one number where all price sheets"
        " have one currency, else one for each, such as {USD: 50, EUR: 40}. Off by default.",
        holds=True,
        counts="added to the cost of a month",
        exceeded="The plan adds more to the cost of a month than limits.max_monthly_cost_increase allows.",
        meaning="Counted over changes that cost more, by the price sheets; what other changes save is not taken off. A"
        " renewal item counts with what it adds to what the next term would cost without it: a price that has risen is"
        " no part. An order counts with the most that it may cost. Other changes without a price count only with"
        " prices.unpriced: refuse; else the plan names them.",
        first="Look at what each change costs in the plan. If all is meant, allow it for one run:",
    )
    max_commitment: Allowance = _limit(  # noqa: RUF009 -- a field
        None,
        Unit.MONEY,
        "Money that changes of one run commit to until their terms end, in whole units: as max_monthly_cost_increase."
        " Off by default.",
        holds=True,
        counts="committed until the terms end",
        exceeded="The plan commits to more money than limits.max_commitment allows.",
        meaning="Counted by the price sheets, from the day of each change to the end of its term. An order counts with"
        " the most that it may cost. Other changes without a price count only with prices.unpriced: refuse; else the"
        " plan names them.",
        first="Look at what each change commits to in the plan. If all is meant, allow it for one run:",
    )
    max_customers_emptied: int = _limit(
        0,
        Unit.SUBSCRIPTIONS,
        "Customers whose every subscription vanished from the manifests.",
        counts="customers whose every subscription vanished from the manifests",
        exceeded="More customers lost all their manifests than limits.max_customers_emptied allows.",
        meaning="State manages subscriptions of them, and the manifests declare none any more: a file that was lost,"
        " most likely. Apply sends nothing.",
        instead="restore their manifests, or write their names under removed: in moves.yaml",
        steps=(
            Step("If a file was lost, put it back."),
            Step("If they were meant to go, write in moves.yaml, at the estate's root: removed: [CUSTOMER]."),
        ),
    )
    max_catalogue_change_percent: int = _limit(
        49,
        Unit.PERCENT,
        "Subscriptions that one name of offers.yaml moves to another offer, in percent of all managed ones, counted"
        " from ten up.",
        counts="percent of all managed subscriptions moved by one name of offers.yaml",
        exceeded="One name of offers.yaml would move more of all managed subscriptions than"
        " limits.max_catalogue_change_percent allows.",
        meaning="In percent of all managed subscriptions; from ten up. Most likely the name means another offer by"
        " mistake. Apply sends nothing.",
        first="Look at that name's id in offers.yaml. If it is meant, allow it for one run:",
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
