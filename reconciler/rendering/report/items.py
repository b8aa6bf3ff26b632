"""One thing to know: what is said of it, why, and what to do about it."""

from dataclasses import dataclass

from reconciler.model.address import Address
from reconciler.model.place import Place
from reconciler.model.remedy import Step
from reconciler.rendering.report.fields import Entry, Field
from reconciler.rendering.report.labels import DO, labelled
from reconciler.rendering.report.tones import Level, Span, Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Advice: steps in order, a link, who must act, and whether waiting helps."""

    steps: tuple[Step, ...] = ()
    label: str = DO
    who: str = ""
    url: str | None = None
    waiting: str = ""

    @property
    def lead(self) -> str:
        """Returns what stands before the first step on a line; that it is to be done goes without saying."""
        return "" if self.label == DO else f"{labelled(self.label)}: "

    @property
    def link(self) -> str:
        """The link where no step holds it."""
        return "" if any(self.url in step.text for step in self.steps if self.url) else self.url or ""


@dataclass(frozen=True, slots=True)
class Own:
    """The values of one item in a cause of several, by the names that stand for them in the cause."""

    subject: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A cause for which items are blocked. `quote` is what `speaker` says of it, `label` the same in one word;
    `support` is for a ticket with Microsoft. `own` is what is not the same for all items. `in_doubt`:
    nobody can say whether something was done.
    """

    says: str
    code: str
    number: int | None = None
    quote: str = ""
    speaker: str = ""
    label: str = "detail"
    in_doubt: bool = False
    advice: Advice
    support: tuple[tuple[str, str], ...] = ()
    own: tuple[Own, ...] = ()

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
    """One thing to know, of an address, a customer, a setting or a file. `customer` is what people call its customer,
    `whose` that one's name, where neither the address nor the subject has it.

    `state` says in a few words what is the matter, `short` in one where a table has a column for it, `value` is what
    the subject comes to, `says` describes it and `more` adds to that. `users` are people whom it leaves to act on, by
    the ids of their directory, for a page that nobody else reads. `alone` is said where the item stands without its
    section. `kind` is what it is counted by. `urgent`: before
    others of its level. `skipped`: not done, and no failure either. `aside` is why nobody asks for it now. An item
    without a sign is its advice only. `in_doubt`: nobody can say whether it was done. `id` is what machines call the
    subject, `properties` are figures for them;
    `entries` are what happened to it.
    """

    subject: str
    address: Address | None = None
    customer: str = ""
    whose: str = ""
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
    users: tuple[str, ...] = ()
    alone: str = ""
    place: Place | None = None
    fields: tuple[Field, ...] = ()
    notes: tuple[Note, ...] = ()
    advice: Advice = NO_ADVICE
    support: tuple[tuple[str, str], ...] = ()
    aside: str = ""
    urgent: bool = False
    skipped: bool = False
    in_doubt: bool = False
    id: str = ""
    entries: tuple[Entry, ...] = ()
    who: str = ""
    first_step: Step | None = None
    properties: tuple[tuple[str, str], ...] = ()

    @property
    def customer_name(self) -> str:
        """The name of its customer. What is of no customer has another subject than any customer's name."""
        return self.whose or (self.address.customer if self.address else self.subject)


NOT_ASKED = "not asked for by these commits"
"""Said of an item with an `aside`."""
