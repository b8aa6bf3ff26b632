"""A report: what people read of a value, in its order and its words. Reports make it, formats paint it.

A format knows how a heading, an item, a table, a notice, a step and a command look, and how it cuts where its host
takes only so much. It knows nothing of plans. Nobody alters a report. What an item is made of is not frozen, since a
plan has thousands of items, and making a frozen one takes five times as long.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from reconciler.model.remedy import Step
from reconciler.model.timeline import Month
from reconciler.rendering.report.fields import Amount, Entry, Field, Grid, Monthly, Names
from reconciler.rendering.report.items import NOT_ASKED, Advice, Cause, Item, Note, Own
from reconciler.rendering.report.sections import Group, Notice, Part, Section
from reconciler.rendering.report.tones import Level, Line, Span, Tone, plain

__all__ = [
    "NOT_ASKED",
    "Advice",
    "Amount",
    "Bar",
    "Cause",
    "Chart",
    "Entry",
    "Field",
    "Grid",
    "Group",
    "Item",
    "Level",
    "Line",
    "Monthly",
    "Names",
    "Note",
    "Notice",
    "Own",
    "Part",
    "Report",
    "Section",
    "Span",
    "Tile",
    "Tone",
    "plain",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A count, and the section that tells of it, if one does."""

    name: str
    number: int
    tone: Tone = Tone.PLAIN
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A row of a chart: what a name comes to before and after."""

    name: str
    before: int | Decimal
    after: int | Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars under a title, with a row that adds them up where that is the `total` of something."""

    title: str
    intro: str
    bars: tuple[Bar, ...]
    total: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A value as people read it.

    `name` is the command's, `case` that of what concerns no single address, `marker` tells its comments from others,
    `at` is when it was made: what has none of these is shown to a person alone, and no CI system.
    `costs` follow the counts, `properties` are figures of all of it for machines.
    `before` are the notices that stand above the verdict. `recap` is said again where the end of a long page is far
    from its beginning. `closing` comes last. `whole` says how to read all of it where a format cuts. `digest` is the
    value's fingerprint, where a format shows one. `tiles`, `charts` and `timeline` are counted when a page shows them.
    """

    name: str
    case: str = ""
    marker: str = ""
    at: datetime | None = None
    verdict: Line = ()
    counts: str = ""
    costs: tuple[Line, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    origin: tuple[Line, ...] = ()
    before: tuple[Notice, ...] = ()
    notices: tuple[Notice, ...] = ()
    sections: tuple[Section, ...] = ()
    recap: str = ""
    closing: tuple[Step, ...] = ()
    whole: Step = field(default_factory=Step)
    tiles: Callable[[], tuple[Tile, ...]] = tuple
    charts: Callable[[], tuple[Chart, ...]] = tuple
    timeline: Callable[[], tuple[Month, ...]] = tuple
    errored: bool = False
    digest: str = ""

    @property
    def again(self) -> bool:
        """Returns True if there is something to act on, so that a long page ends with its verdict again."""
        return any(section.table for section in self.sections) or any(not notice.repeats for notice in self.notices)

    @property
    def summary(self) -> str:
        """The verdict, the counts and the costs on a line."""
        return " ".join(filter(None, (plain(self.verdict), self.counts, *map(plain, self.costs))))
