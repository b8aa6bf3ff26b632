"""Counts and charts: figures that a page shows large, or as bars."""

from dataclasses import dataclass
from decimal import Decimal

from reconciler.rendering.report.tones import Line, Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A count, and the section that tells of it, if one does."""

    name: str
    number: int
    tone: Tone = Tone.PLAIN
    section: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a bar's row."""

    value: int | Decimal
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A row of a chart: what a name comes to before and after.

    `figures` stand beside it, those two where it has no other. `lines` are what it adds up, to be opened under
    `opens`.
    """

    name: str
    before: int | Decimal
    after: int | Decimal
    cells: tuple[Cell, ...] = ()
    lines: tuple[Line, ...] = ()
    opens: str = ""

    @property
    def figures(self) -> tuple[Cell, ...]:
        """The figures of the row, one for each column."""
        return self.cells or (Cell(self.before), Cell(self.after))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars under a title, with a row that adds them up where that is the `total` of something.

    `head` names the bars and their figures, `legend` says what the two bars of a row stand for, `caption` is read aloud
    before the table. `id` is where other pages may point.
    """

    title: str
    intro: str
    bars: tuple[Bar, ...]
    total: bool = False
    id: str = ""
    caption: str = ""
    head: tuple[str, ...] = ("Offer", "Before", "After")
    legend: tuple[str, str] = ("before", "after")
