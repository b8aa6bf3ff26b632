"""A report: what people read of a value, in its order and its words. Reports make it, formats paint it.

A format knows how a heading, an item, a table, a notice, a step and a command look, and how it cuts where its host
takes only so much. It knows nothing of plans. Nobody alters a report. What an item is made of is not frozen, since a
plan has thousands of items, and making a frozen one takes five times as long.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from reconciler.model.address import Address
from reconciler.model.change import Step
from reconciler.model.subscription import Place
from reconciler.rendering.phrases import count, delta, figures


class Level(StrEnum):
    """The severity of an item, the gravest first."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return _RANKS[self]


_RANKS = {level: rank for rank, level in enumerate(Level)}


class Tone(StrEnum):
    """The part that a piece of text plays. No meaning depends on it alone."""

    PLAIN = "plain"
    NAME = "name"
    LABEL = "label"
    OPTIONS = "options"
    STRONG = "strong"
    QUIET = "quiet"
    INFO = "info"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Span:
    """Some text with its tone."""

    text: str
    tone: Tone = Tone.PLAIN


Line = tuple[Span, ...]
"""A line, or a paragraph."""


def plain(line: Line) -> str:
    """The words without their tones."""
    return "".join(span.text for span in line)


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
        """The number that is added; negative where some are removed."""
        return 0 if self.before is None else self.after - self.before

    def __str__(self) -> str:
        return f"{self.figures} {count(self.after, self.noun).partition(' ')[2]}{self.delta}"


@dataclass(slots=True)
class Field:
    """A labelled value of an item."""

    label: str
    value: str | Names | Amount
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to do: steps in order, a link, who must act, and whether waiting helps."""

    steps: tuple[Step, ...] = ()
    label: str = "do"
    who: str = ""
    url: str | None = None
    waiting: str = ""

    @property
    def link(self) -> str:
        """The link where no step holds it."""
        return "" if any(self.url in step.text for step in self.steps if self.url) else self.url or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why some items are blocked. `quote` is what `speaker` says of it; `support` is for a ticket with Microsoft."""

    says: str
    code: str
    number: int | None = None
    quote: str = ""
    speaker: str = ""
    advice: Advice
    support: tuple[tuple[str, str], ...] = ()

    @property
    def codes(self) -> str:
        """The code, and the service's number where it has one."""
        return f"{self.code}{self.numbered}"

    @property
    def numbered(self) -> str:
        """The service's number where it has one, to follow the code."""
        return "" if self.number is None else f", service code {self.number}"


@dataclass(frozen=True, slots=True)
class Note:
    """A warning beside an item. `code` is what `reconciler explain` takes. `first`: a notice repeats it."""

    text: str
    code: str
    first: bool = False


NO_ADVICE = Advice()


@dataclass(slots=True, kw_only=True)
class Item:
    """One thing to know, of an address, a customer, a setting or a file.

    `state` says in a few words what is the matter, `short` in one where a table has a column for it, `value` is what
    the subject comes to, `says` describes it and `more` adds to that, where lines that are set in are a list for a
    page. `alone` is said where the item stands without its section. `kind` is what it is counted by. `urgent`: before
    others of its level. `skipped`: not done, and no failure either. `aside` is why nobody asks for it now. An item
    without a sign is its advice only.
    """

    subject: str
    address: Address | None = None
    sign: Span | None = None
    kind: str = ""
    level: Level = Level.NOTE
    state: str = ""
    short: str = ""
    value: str = ""
    code: str = ""
    says: str = ""
    tone: Tone = Tone.PLAIN
    more: tuple[str, ...] = ()
    alone: str = ""
    place: Place | None = None
    fields: tuple[Field, ...] = ()
    notes: tuple[Note, ...] = ()
    advice: Advice = NO_ADVICE
    support: tuple[tuple[str, str], ...] = ()
    aside: str = ""
    urgent: bool = False
    skipped: bool = False
    who: str = ""
    first_step: Step | None = None


NOT_ASKED = "not asked for by these commits"
"""Said of an item with an `aside`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to read before the sections. `repeats`: it says only what the sections say too, at greater length."""

    heading: str
    level: Level = Level.WARNING
    items: tuple[Item, ...] = ()
    text: str = ""
    steps: tuple[Step, ...] = ()
    repeats: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Items that are blocked for the very same causes."""

    items: tuple[Item, ...]
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The groups of a section that wait for the same actor."""

    heading: str
    groups: tuple[Group, ...]

    @property
    def title(self) -> str:
        """The heading with the number of items."""
        return f"{self.heading}: {count(sum(len(group.items) for group in self.groups), 'subscription')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Items under a heading, each in `items` or in a group of `parts`.

    `nouns` count the items. `intro` explains them, `legends` too where no notice does, `summary` adds them up,
    `closing` is what to do about all of them. `table`: names and amounts are columns. `folded`: opened by hand where
    that can be. `alert`: read before other sections where a format can set it apart. `dense`: no blank lines between.
    """

    id: str
    heading: str
    nouns: tuple[str, str] = ("", "")
    tone: Tone = Tone.PLAIN
    items: tuple[Item, ...] = ()
    parts: tuple[Part, ...] = ()
    intro: str = ""
    legends: tuple[Line, ...] = ()
    summary: str = ""
    closing: tuple[Step, ...] = ()
    table: bool = False
    folded: bool = False
    alert: bool = False
    dense: bool = False

    @property
    def all(self) -> tuple[Item, ...]:
        """The items, those of the groups too."""
        grouped = (item for part in self.parts for group in part.groups for item in group.items)
        return (*self.items, *grouped)

    @property
    def title(self) -> str:
        """The heading with the number of items."""
        number = len(self.all)
        counted = count(number, *self.nouns) if self.nouns[0] else str(number)
        return f"{self.heading}: {counted}" if number else self.heading


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A count, and the section that tells of it, if one does."""

    name: str
    number: int
    tone: Tone = Tone.PLAIN
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A row of the chart: seats of an offer before and after."""

    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A value as people read it.

    `name` is the command's, `case` that of what concerns no single address, `marker` tells its comments from others.
    `before` are the notices that stand above the verdict. `recap` is said again where the end of a long page is far
    from its beginning. `closing` comes last. `whole` says how to read all of it where a format cuts. `digest` is the
    value's fingerprint, where a format shows one. `tiles` and `chart` are counted when a page shows them.
    """

    name: str
    case: str
    marker: str
    at: datetime
    verdict: Line
    counts: str = ""
    origin: tuple[Line, ...] = ()
    before: tuple[Notice, ...] = ()
    notices: tuple[Notice, ...] = ()
    sections: tuple[Section, ...] = ()
    recap: str = ""
    closing: tuple[Step, ...] = ()
    whole: Step = field(default_factory=Step)
    tiles: Callable[[], tuple[Tile, ...]] = tuple
    chart: Callable[[], tuple[Bar, ...]] = tuple
    errored: bool = False
    digest: str = ""

    @property
    def again(self) -> bool:
        """Returns True if there is something to act on, so that a long page ends with its verdict again."""
        return any(section.table for section in self.sections) or any(not one.repeats for one in self.notices)

    @property
    def summary(self) -> str:
        """The verdict and the counts on a line."""
        return " ".join(filter(None, (plain(self.verdict), self.counts)))
