"""Price sheets as values: what one seat of an offer costs the partner, by market, month, term, billing and segment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from reconciler.model.desired import Desired
from reconciler.model.money import Money, per_month
from reconciler.model.term import Billing, Term


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

    `exact` is whether it is from a sheet of the month in which the term begins, as that sheet is seen today.
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
    """The prices of one market in one currency, from one file. `months` are the first days of the months in which
    prices of it begin, in order, `month` the last of them.
    """

    file: str
    market: str
    currency: str
    month: date
    rows: Mapping[PriceKey, tuple[PriceRow, ...]]
    months: tuple[date, ...] = ()

    def month_on(self, day: date) -> date:
        """Returns the first day of the sheet's month, as seen on a day: that of its newest price in force by then.

        A price that is published ahead makes no sheet one of the next month. Where none is in force yet, the month is
        that of the oldest.
        """
        months = self.months or (self.month,)
        return max((month for month in months if month <= day), default=min(months))

    def in_force(self, key: PriceKey, on: date) -> tuple[PriceRow, ...]:
        """Returns the prices in force on a day that began last: several where the sheet contradicts itself."""
        rows = [row for row in self.rows.get(key, ()) if row.starts <= on <= row.ends]
        newest = max((row.starts for row in rows), default=None)
        return tuple(row for row in rows if row.starts == newest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """All price sheets of an estate, at least one. Where there is none, `None` stands in place of this."""

    sheets: tuple[Sheet, ...]

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies of all sheets, each once."""
        return tuple(sorted({sheet.currency for sheet in self.sheets}))

    def currency(self, market: str | None) -> str | None:
        """Returns the currency of a market's sheets: None where there is none, or they are of several."""
        found = {sheet.currency for sheet in self.sheets if sheet.market == market}
        return found.pop() if len(found) == 1 else None

    def sheet(self, market: str | None, on: date) -> Sheet | None:
        """Returns the newest sheet of a market as of a day: where none is that old, the oldest after it."""
        of_market = (sheet for sheet in self.sheets if sheet.market == market)
        return max(of_market, key=lambda sheet: _age(sheet, on), default=None)

    def in_force(self, key: PriceKey, market: str | None, on: date) -> tuple[tuple[Sheet, PriceRow], ...]:
        """Returns the price in force on a day, with its sheet: from the newest sheet as of that day that has one. They
        are several where two sheets of one month, or rows of one sheet, begin on the same day.
        """
        found = [(sheet, row) for sheet in self.sheets if sheet.market == market for row in sheet.in_force(key, on)]
        newest = max(((_age(sheet, on), row.starts) for sheet, row in found), default=None)
        return tuple((sheet, row) for sheet, row in found if (_age(sheet, on), row.starts) == newest)

    def find(self, offer_id: str, term: str, billing: str, desired: Desired, *, on: date, today: date) -> Price | None:
        """Returns what one seat costs the customer of an entry whose term begins on a day; None where no sheet says, or
        where sheets contradict each other. Without a segment, it is that of commercial customers.

        A sheet also lists prices that began months before it. They make it no sheet of these months.
        """
        if term not in set(Term):
            return None
        keys = (PriceKey(offer_id, term, billing, named) for named in (desired.price_segment, ""))
        found = next((rows for key in keys if (rows := self.in_force(key, desired.market, on))), ())
        if len({(sheet.currency, row.amount) for sheet, row in found}) != 1:
            return None
        sheet, row = found[0]
        exact = any(sheet.month_on(today) == on.replace(day=1) for sheet, _ in found)
        return Price(amount=row.amount, currency=sheet.currency, term=Term(term), billing=billing, exact=exact)

    def of_term(
        self, offer_id: str, term: str, billing: str, desired: Desired, *, begins: date | None, today: date
    ) -> Price | None:
        """Returns what one seat costs the customer of an entry in a term that begins on a day. Where no sheet has that,
        or the day is not known, it is what one costs whose term begins today, and not `exact`.
        """
        wanted = (offer_id, term, billing, desired)
        price = self.find(*wanted, on=begins, today=today) if begins else None
        if price is None and begins != today:
            price = self.find(*wanted, on=today, today=today)
            return replace(price, exact=False) if price else None
        return price


def _age(sheet: Sheet, on: date) -> tuple[bool, int]:
    """Returns the order of sheets as of a day: the newest before its end last, the later ones before them, the oldest
    last.
    """
    month = sheet.month_on(on)
    return (True, month.toordinal()) if month <= on else (False, -month.toordinal())
