"""Price sheets as values: what one seat of an offer costs the partner, by market, month, term, billing and segment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from reconciler.model.money import Money, per_month
from reconciler.model.term import Billing, Term

COMMERCIAL = "commercial"
"""The segment of a customer whose manifest states none."""


class PriceKey(NamedTuple):
    """The identity of a price in a sheet. `offer_id` is product:sku in canonical spelling; `segment` is
    empty in sheets that state none. `billing` is `none` for a trial.
    """

    offer_id: str
    term: str
    billing: str
    segment: str


class PriceRow(NamedTuple):
    """One row of a sheet: the price of one seat for the whole term, and the days on which it is in force, both
    inclusive.
    """

    amount: Decimal
    starts: date
    ends: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The price of one seat for a whole term, in whole currency units, before tax and promotions.

    `exact` is whether the sheet is of the month that was asked for; else it is the nearest.
    """

    amount: Decimal
    currency: str
    term: Term
    billing: str
    exact: bool

    @property
    def monthly(self) -> Money:
        """Returns what one seat costs in a month, in whole cents."""
        return Money(self.currency, per_month(self.amount, self.term.months))

    @property
    def charge(self) -> Decimal:
        """Returns the amount of one charge for one seat: its part of the term's price, by the billing period."""
        return self.amount * self.billed_months / self.term.months

    @property
    def billed_months(self) -> int:
        """Returns the months between two charges; those of the whole term where nothing is billed."""
        return Billing(self.billing).months if self.billing in set(Billing) else self.term.months


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The prices of one market in one currency, from one file. `month` is the first day of the month that they are of:
    that of the newest price in it.
    """

    file: str
    market: str
    currency: str
    month: date
    rows: Mapping[PriceKey, tuple[PriceRow, ...]]

    def price(self, key: PriceKey, on: date) -> Decimal | None:
        """Returns the price in force on a day: the newest, of several. None where there is none, or where two rows that
        begin on the same day contradict each other.
        """
        in_force = [row for row in self.rows.get(key, ()) if row.starts <= on <= row.ends]
        newest = max((row.starts for row in in_force), default=None)
        amounts = {row.amount for row in in_force if row.starts == newest}
        return amounts.pop() if len(amounts) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """All price sheets of an estate. Without any, nothing has a price."""

    sheets: tuple[Sheet, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sheets)

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies of all sheets, each once."""
        return tuple(sorted({sheet.currency for sheet in self.sheets}))

    def currency(self, market: str | None) -> str | None:
        """Returns the currency of a market's sheets: None where there is none, or they are of several."""
        found = {sheet.currency for sheet in self.sheets if sheet.market == market}
        return found.pop() if len(found) == 1 else None

    def sheet(self, market: str | None, on: date) -> Sheet | None:
        """Returns the sheet of a market for a day: that of the day's month, else the newest before it, else the oldest
        after it.
        """
        month = on.replace(day=1)
        of_market = [sheet for sheet in self.sheets if sheet.market == market]
        before = [sheet for sheet in of_market if sheet.month <= month]
        if before:
            return max(before, key=lambda sheet: sheet.month)
        return min(of_market, key=lambda sheet: sheet.month, default=None)

    def find(
        self, offer_id: str, term: str, billing: str, market: str | None, segment: str | None, on: date
    ) -> Price | None:
        """Returns what one seat costs whose term begins on a day; None where no sheet says. Without a segment, it is
        that of commercial customers.
        """
        sheet = self.sheet(market, on)
        if sheet is None or term not in set(Term):
            return None
        keys = (PriceKey(offer_id, term, billing, named) for named in (segment or COMMERCIAL, ""))
        amount = next((found for key in keys if (found := sheet.price(key, on)) is not None), None)
        if amount is None:
            return None
        exact = sheet.month == on.replace(day=1)
        return Price(amount=amount, currency=sheet.currency, term=Term(term), billing=billing, exact=exact)

    def monthly_unit(
        self, offer_id: str, term: str, billing: str, market: str | None, segment: str | None, on: date
    ) -> Money | None:
        """Returns what one seat costs in a month, in whole cents, as `find` says."""
        price = self.find(offer_id, term, billing, market, segment, on)
        return price.monthly if price else None


NO_PRICES = Prices()
