"""Labelled values: text, names and amounts; and tables of cells."""

from dataclasses import dataclass
from decimal import Decimal

from reconciler.model.remedy import Step
from reconciler.rendering.phrases import count, delta, figures
from reconciler.rendering.report.tones import Line, Tone


@dataclass(slots=True)
class Names:
    """One name, or from one to another: a column of its own in a table."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return " -> ".join(self.names)


@dataclass(slots=True)
class Amount:
    """A number now and the one that is wanted: a column of its own in a table. `absent` stands for an unknown one."""

    before: int | None
    after: int
    noun: str = "seat"
    absent: str = ""

    @property
    def figures(self) -> str:
        """`25`, or `25 -> 30`."""
        return f"{self.absent} -> {self.after}" if self.absent else figures(self.before, self.after)

    @property
    def delta(self) -> str:
        """` (+5)`; empty where nothing changes."""
        return delta(self.before, self.after)

    @property
    def change(self) -> int:
        """The number that is added: all of it to what was not there; negative where some are removed. 0 where it is not
        known what is there.
        """
        return 0 if self.absent else self.after - (self.before or 0)

    def __str__(self) -> str:
        return f"{self.figures} {count(self.after, self.noun).partition(' ')[2]}{self.delta}"


@dataclass(slots=True)
class Monthly:
    """An amount of money a month, now and then: a column of its own in a table. None where there is no price."""

    before: Decimal | None = None
    after: Decimal | None = None
    currency: str = ""
    estimate: bool = False

    @property
    def figures(self) -> str:
        """`10.00 USD`, or `10.00 -> 12.50 USD`."""
        if self.before is None or self.after is None:
            return "no price"
        begins = f"{self.before:,.2f} -> " if self.before != self.after else ""
        return f"{begins}{self.after:,.2f} {self.currency}"

    @property
    def delta(self) -> str:
        """` (+2.50)`; empty where nothing changes. An estimate says so."""
        return f"{f' ({self.change:+,.2f})' if self.change else ''}{', estimated' if self.estimate else ''}"

    @property
    def change(self) -> Decimal:
        """The amount that is paid more in a month; negative where less is."""
        return Decimal(0) if self.before is None or self.after is None else self.after - self.before

    def __str__(self) -> str:
        return f"{self.figures}{self.delta}"


@dataclass(slots=True)
class Field:
    """A labelled value of an item."""

    label: str
    value: str | Names | Amount | Monthly
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table of cells that align; `right` are the columns of figures, `long` those of long texts.

    Where a page is too narrow for all, those without room stand below their row, the long ones last and clipped. The
    cells of `group` then stand above the rows that share them. A column without a heading is empty. The
    columns that `repeats` names say what another one says: a page of text leaves them out.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[str] = frozenset()
    long: frozenset[str] = frozenset()
    group: str = ""
    repeats: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that happened to an item: a line about it, what is known of it, and what to do."""

    says: Line
    fields: tuple[Field, ...] = ()
    steps: tuple[Step, ...] = ()
