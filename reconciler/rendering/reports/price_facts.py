"""Everything that a check of price sheets shows, each fact once: its name for machines, its heading and its value."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from reconciler.model.place import Place
    from reconciler.model.price_check import WithoutPrice
    from reconciler.model.prices import Sheet

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Generic[T]):
    """Something known of a sheet or of a subscription. One without a `heading` is for machines only, which know where
    it stands.
    """

    name: str
    heading: str = ""
    value: "Callable[[T], str | int | Place]"

    def cell(self, item: T) -> str:
        """The value as people read it."""
        value = self.value(item)
        return f"{value:,}" if isinstance(value, int) else str(value)


OF_SHEET: "tuple[Fact[Sheet], ...]" = (
    Fact(name="file", heading="SHEET", value=lambda sheet: sheet.file),
    Fact(name="month", heading="MONTH", value=lambda sheet: f"{sheet.month:%Y-%m}"),
    Fact(name="market", heading="MARKET", value=lambda sheet: sheet.market),
    Fact(name="currency", heading="CURRENCY", value=lambda sheet: sheet.currency),
    Fact(name="prices", heading="PRICES", value=lambda sheet: sum(map(len, sheet.rows.values()))),
)
"""The facts of a sheet: of its prices only how many there are."""

OF_UNPRICED: "tuple[Fact[WithoutPrice], ...]" = (
    Fact(name="address", heading="ADDRESS", value=lambda item: item.address),
    Fact(name="offer", heading="OFFER", value=lambda item: item.offer),
    Fact(name="code", value=lambda item: item.code),
    Fact(name="why", heading="WHY", value=lambda item: item.why),
    Fact(name="source", value=lambda item: item.source),
)
"""The facts of a subscription without a price."""


def head(facts: Iterable[Fact[T]]) -> tuple[str, ...]:
    """The headings of a table."""
    return tuple(fact.heading for fact in facts if fact.heading)


def row(facts: Iterable[Fact[T]], item: T) -> tuple[str, ...]:
    """The cells of a table's row."""
    return tuple(fact.cell(item) for fact in facts if fact.heading)


def members(facts: "Iterable[Fact[T]]", item: T) -> "dict[str, str | int | Place]":
    """The values by their names."""
    return {fact.name: fact.value(item) for fact in facts}
