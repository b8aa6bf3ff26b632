"""The columns of a price sheet (get-a-price-sheet), and how their values are spelt."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from types import MappingProxyType

from reconciler.model.offer import canonical_offer
from reconciler.model.prices import PriceKey, PriceRow
from reconciler.model.term import Term

REQUIRED = (
    "ProductId",
    "SkuId",
    "TermDuration",
    "BillingPlan",
    "Market",
    "Currency",
    "UnitPrice",
    "EffectiveStartDate",
)
"""Without one of these a sheet does not say what something costs, where, or from when on."""

_OPTIONAL = ("Segment", "EffectiveEndDate")

_TERMS: Mapping[str, str] = MappingProxyType(
    {"p1m": Term.MONTHLY.value, "p1y": Term.ANNUAL.value, "p3y": Term.TRIENNIAL.value}
)
_SEGMENTS: Mapping[str, str] = MappingProxyType({"charity": "nonprofit"})
"""The segments that manifests spell otherwise."""

_SKU_CHARACTERS = 4
"""A SkuId has four. Sheets from the portal have been seen without its leading zeros."""

_AMOUNT = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?")
_LETTERS = re.compile(r"[A-Z]{2,3}")
_US_TIME = "%m/%d/%Y %I:%M:%S %p"
_INSTANT = timedelta(microseconds=1)


class WrongValue(Exception):
    """A value that can't be read. Its arguments are the column and the value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """One row of a sheet as it is read."""

    market: str
    currency: str
    key: PriceKey
    price: PriceRow


@dataclass(frozen=True)
class Header:
    """The first row of a sheet: which column stands where, letter case and blanks apart."""

    names: tuple[str, ...]

    @property
    def missing(self) -> Iterator[str]:
        """The required columns that it lacks."""
        return (name for name in REQUIRED if name not in self._places)

    def fits(self, row: list[str]) -> bool:
        """Returns whether a row has a cell in every required column and none without a column; an empty one fits. A
        lost quotation mark or comma moves values below other columns.
        """
        return not any(row) or self._needed <= len(row) <= len(self.names)

    def cells(self, row: list[str]) -> Cells | None:
        """Returns what a row says; None where it has no price, or the term is none that licences are sold with.

        Raises WrongValue for a price or a date that can't be read.
        """
        term = _TERMS.get(self._text(row, "TermDuration").casefold())
        if term is None or not self._text(row, "UnitPrice"):
            return None
        segment = self._text(row, "Segment").casefold()
        sku = self._text(row, "SkuId").zfill(_SKU_CHARACTERS)
        return Cells(
            market=self._letters(row, "Market"),
            currency=self._letters(row, "Currency"),
            key=PriceKey(
                offer_id=canonical_offer(f"{self._text(row, 'ProductId')}:{sku}"),
                term=term,
                billing=self._text(row, "BillingPlan").casefold(),
                segment=_SEGMENTS.get(segment, segment),
            ),
            price=PriceRow(
                amount=self._amount(row),
                starts=self._time(row, "EffectiveStartDate").date(),
                ends=self._last_day(row),
            ),
        )

    def _letters(self, row: list[str], column: str) -> str:
        """A country or a currency: it becomes part of names."""
        text = self._text(row, column).upper()
        if not _LETTERS.fullmatch(text):
            raise WrongValue(column, text)
        return text

    def _amount(self, row: list[str]) -> Decimal:
        text = self._text(row, "UnitPrice")
        if not _AMOUNT.fullmatch(text):
            raise WrongValue("UnitPrice", text)
        return Decimal(text)

    def _time(self, row: list[str], column: str) -> datetime:
        found = _time(self._text(row, column))
        if found is None:
            raise WrongValue(column, self._text(row, column))
        return found

    def _last_day(self, row: list[str]) -> date:
        """The last day of the price: of one that ends at midnight, the day before."""
        stated = self._text(row, "EffectiveEndDate")
        return (self._time(row, "EffectiveEndDate") - _INSTANT).date() if stated else date.max

    def _text(self, row: list[str], column: str) -> str:
        """A value without blanks around it; empty where the sheet has no such column, or the row ends before it."""
        place = self._places.get(column)
        return row[place].strip() if place is not None and place < len(row) else ""

    @cached_property
    def _needed(self) -> int:
        """The cells up to the last required column."""
        return 1 + max(self._places[name] for name in REQUIRED)

    @cached_property
    def _places(self) -> Mapping[str, int]:
        """The places of the columns that are read, by their names."""
        found = {name.strip().casefold(): place for place, name in enumerate(self.names)}
        return {name: found[name.casefold()] for name in (*REQUIRED, *_OPTIONAL) if name.casefold() in found}


@lru_cache(maxsize=1024)
def _time(text: str) -> datetime | None:
    """A time in the spelling of today's sheets, or of those of 2021; without a zone. None where it is neither."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        pass
    try:
        return datetime.strptime(text, _US_TIME)  # noqa: DTZ007 (sheets are in UTC)
    except ValueError:
        return None
