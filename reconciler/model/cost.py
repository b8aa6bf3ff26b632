"""Costs of changes: partner cost before tax and promotions, from price sheets. What has no price has no cost."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from reconciler.model.address import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPrice:
    """The reason why something has no price: the code that explains it, and a sentence."""

    code: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The cost of one change, in whole cents.

    `monthly_before` is what its subscription costs in a month as earlier changes of the address leave it, 0 where there
    is none yet; `monthly_after` what it costs once the change has taken effect. `committed` is what the change commits
    to from the day it takes effect to the end of the term, `committed_until` that term's last day; 0 and None where it
    commits to nothing. `estimate`: a price is not of the month in which the term begins. `monthly_otherwise` is, of a
    renewal item, what the next term would cost in a month without it; None where none would renew.
    """

    currency: str
    monthly_before: Decimal
    monthly_after: Decimal
    committed: Decimal
    committed_until: date | None = None
    estimate: bool = False
    monthly_otherwise: Decimal | None = None

    @property
    def monthly_added(self) -> Decimal:
        """Returns what a month costs more than it would without the change: a new price of the next term is no part."""
        without = self.monthly_before if self.monthly_otherwise is None else self.monthly_otherwise
        return self.monthly_after - without

    @property
    def monthly_change(self) -> Decimal:
        """Returns what is paid more in a month; negative where less is."""
        return self.monthly_after - self.monthly_before


def differs(reviewed: Cost | None, now: Cost | None) -> bool:
    """Returns whether a change costs otherwise than was reviewed: another amount a month, before or after, a larger
    commitment, another currency, or a price where there was none, or none where there was one. What it commits to
    falls from day to day; that is no difference.
    """
    if reviewed is None or now is None:
        return reviewed is not now
    same = (reviewed.currency, reviewed.monthly_before, reviewed.monthly_after)
    return same != (now.currency, now.monthly_before, now.monthly_after) or now.committed > reviewed.committed


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyCosts:
    """The cost of all changes in one currency; None where none of them has a price. `unpriced` are the addresses of
    which a change has none: the totals are without them.
    """

    monthly_before: Decimal | None = None
    monthly_after: Decimal | None = None
    monthly_change: Decimal | None = None
    committed: Decimal | None = None
    unpriced: tuple[Address, ...] = ()

    def joined(self, other: "CurrencyCosts") -> "CurrencyCosts":
        """Returns the costs of two parts of an estate as one."""
        return CurrencyCosts(
            monthly_before=_sum(self.monthly_before, other.monthly_before),
            monthly_after=_sum(self.monthly_after, other.monthly_after),
            monthly_change=_sum(self.monthly_change, other.monthly_change),
            committed=_sum(self.committed, other.committed),
            unpriced=tuple(sorted({*self.unpriced, *other.unpriced})),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetUsed:
    """A price sheet of the settings. `file` is its path below the estate's root, `month` as in `2026-11`."""

    file: str
    month: str
    market: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """The costs of a plan's changes by currency, and the sheets that they are from. A currency without changes is left
    out. Where it is not known in which currency a customer is billed, its address is `unpriced` in all of them.
    """

    currencies: Mapping[str, CurrencyCosts] = field(default_factory=dict)
    sheets: tuple[SheetUsed, ...] = ()

    @property
    def unpriced(self) -> tuple[Address, ...]:
        """The addresses of all changes without a price."""
        return tuple(sorted({address for costs in self.currencies.values() for address in costs.unpriced}))


def joined(costs: Iterable[Costs | None]) -> Costs | None:
    """Returns the costs of several parts of an estate as one; None where none of them has any."""
    known = [part for part in costs if part is not None]
    if not known:
        return None
    currencies: dict[str, CurrencyCosts] = {}
    for part in known:
        for currency, of_part in part.currencies.items():
            currencies[currency] = currencies.get(currency, CurrencyCosts()).joined(of_part)
    sheets = tuple(dict.fromkeys(sheet for part in known for sheet in part.sheets))
    return Costs(currencies=dict(sorted(currencies.items())), sheets=sheets)


def _sum(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    return second if first is None else first if second is None else first + second
