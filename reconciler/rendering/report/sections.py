"""Notices and sections: items under a heading, in their order."""

from dataclasses import dataclass

from reconciler.model.remedy import Step
from reconciler.rendering.phrases import count
from reconciler.rendering.report.fields import Field, Grid
from reconciler.rendering.report.items import Cause, Item
from reconciler.rendering.report.tones import Level, Line, Tone


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
    """Items that are blocked for the same causes. `own` are the causes of each item, where these differ in their data:
    then `causes` are in words that hold for all.
    """

    items: tuple[Item, ...]
    causes: tuple[Cause, ...]
    own: tuple[tuple[Cause, ...], ...] = ()

    @property
    def items_with_causes(self) -> tuple[tuple[Item, tuple[Cause, ...]], ...]:
        """Returns each item with its own causes."""
        return tuple(zip(self.items, self.own or (self.causes,) * len(self.items), strict=True))

    def values_of(self, item: Item) -> tuple[tuple[str, str], ...]:
        """Returns what the causes say of this item only, by the names that stand for it there."""
        owned = (own for cause in self.causes for own in cause.own if own.subject == item.subject)
        return tuple(dict.fromkeys(value for own in owned for value in own.values))


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
    `flush`: a list by itself, from the edge of the page. `fields` are of all of it, `grid` is a table of its own: where
    there are items too, it tells of them on a page of text.
    """

    id: str
    heading: str = ""
    counted: bool = True
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
    placed: bool = False
    dense: bool = False
    flush: bool = False
    fields: tuple[Field, ...] = ()
    grid: Grid | None = None

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
        return f"{self.heading}: {counted}" if number and self.heading and self.counted else self.heading
