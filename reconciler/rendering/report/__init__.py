"""A report: what people read of a value, in its order and its words. Reports make it, formats paint it.

A format knows how a heading, an item, a table, a notice, a step and a command look, and how it cuts where its host
takes only so much. It knows nothing of plans. Nobody alters a report. What an item is made of is not frozen, since a
plan has thousands of items, and making a frozen one takes five times as long.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.model.remedy import Step
from reconciler.rendering.report.charts import Bar, Cell, Chart, Tile
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
    "Cell",
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
class Report:
    """A value as people read it.

    `name` is the command's, `case` that of what concerns no single address, `marker` tells its comments from others,
    `at` is when it was made: what has none of these is shown to a person alone, and no CI system.
    `costs` follow the counts, `properties` are figures of all of it for machines.
    `origin` is of where, when and how much the value is, `caveats` are what limits that: each a paragraph of its own.
    `before` are the notices that stand above the verdict. `recap` is said again where the end of a long page is far
    from its beginning. `closing` comes last. `whole` says how to read all of it where a format cuts. `digest` is the
    value's fingerprint, where a format shows one. `tiles` and `charts` are counted when a page shows them.
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
    caveats: tuple[Line, ...] = ()
    before: tuple[Notice, ...] = ()
    notices: tuple[Notice, ...] = ()
    sections: tuple[Section, ...] = ()
    recap: str = ""
    closing: tuple[Step, ...] = ()
    whole: Step = field(default_factory=Step)
    tiles: Callable[[], tuple[Tile, ...]] = tuple
    charts: Callable[[], tuple[Chart, ...]] = tuple
    errored: bool = False
    digest: str = ""

    @property
    def again(self) -> bool:
        """Returns True if there is something to act on, so that a long page ends with its verdict again."""
        return any(section.table for section in self.sections) or any(not notice.repeats for notice in self.notices)

    def closing_beside(self, run_url: str | None) -> tuple[Step, ...]:
        """Returns what a published page ends with: no command where a pipeline made it, since the pipeline itself
        applies what it planned.
        """
        return tuple(step for step in self.closing if not (run_url and step.run))

    @property
    def summary(self) -> str:
        """The verdict, the counts and the costs on a line."""
        return " ".join(filter(None, (plain(self.verdict), self.counts, *map(plain, self.costs))))
