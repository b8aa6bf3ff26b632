"""The rows of the page, and what they can be filtered by."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.changes import of as kind_of
from reconciler.model.change import Before, Blocked, Change, Reason, Remedy, Retry
from reconciler.model.plan import Plan
from reconciler.model.subscription import Status
from reconciler.rendering.blocked import alike, by_wait
from reconciler.rendering.notices import OUTCOMES, differing, drift_intro
from reconciler.rendering.phrases import WAITING, addressed, figures, offers, since, who
from reconciler.rendering.places import microsoft, source_url
from reconciler.rendering.problems import support_fields
from reconciler.rendering.prose import Passage, passages
from reconciler.rendering.view import View

_OPEN = 10
"""How many remedies are open when the page is; so many that a reader still sees what else there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What there is to choose from, and how many rows each choice shows."""

    customers: Counter[str] = field(default_factory=Counter)
    actions: Counter[str] = field(default_factory=Counter)
    codes: dict[str, int] = field(default_factory=dict)
    by_code: Counter[str] = field(default_factory=Counter)

    def note(self, address: str, action: str, codes: Iterable[str]) -> str:
        """Counts a row; answers its codes' numbers, which stand in the page for what may hold anything."""
        self.customers[address.partition("/")[0]] += 1
        self.actions[action] += 1
        own = dict.fromkeys(codes)
        self.by_code.update(own.keys())
        return " ".join(str(self.codes.setdefault(code, len(self.codes))) for code in own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One address. `codes` are the numbers of its reasons and warnings; `url` shows its line of the manifest."""

    address: str
    action: str
    codes: str
    symbol: str = ""
    offers: tuple[str, ...] = ()
    before: int | None = None
    after: int | None = None
    status: str = ""
    users: str = ""
    notes: tuple[tuple[str, str], ...] = ()
    place: str = ""
    url: str | None = None

    @property
    def customer(self) -> str:
        """The customer's name."""
        return self.address.partition("/")[0]

    @property
    def figures(self) -> str:
        """Seats now, where known, and wanted."""
        return f"? → {self.after}" if self.before is None else figures(self.before, self.after or 0).replace("->", "→")

    @property
    def difference(self) -> str:
        """Seats added or removed, with their sign; `?` where nothing live could be read."""
        return "?" if self.before is None else f"{self.seats:+d}" if self.seats else "0"

    @property
    def seats(self) -> int:
        """Seats added; negative where they are removed."""
        return (self.after or 0) - (self.after or 0 if self.before is None else self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A reason with its remedy, ready to be shown: a step is a list of passages."""

    reason: Reason
    who: str
    steps: tuple[tuple[Passage, ...], ...]
    waiting: str
    url: str | None
    open: bool
    support: Mapping[str, str]

    @classmethod
    def of(cls, reason: Reason, said: set[Remedy]) -> "Told":
        """A remedy that was said before is folded. Only links to Microsoft's own pages can be followed; others are
        there to be read.
        """
        remedy = reason.remedy
        first = remedy not in said and len(said) < _OPEN
        said.add(remedy)
        return cls(
            reason=reason,
            who=who(remedy),
            steps=tuple(tuple(passages(step)) for step in addressed(remedy)),
            waiting="" if remedy.retry is Retry.NO else WAITING[remedy.retry],
            url=microsoft(remedy.url),
            open=first,
            support=support_fields(reason.support) if reason.support else {},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows that are blocked for the very same reasons."""

    reasons: tuple[Told, ...]
    rows: list[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """All that waits for one actor, and is begun by the same."""

    heading: str
    groups: list[Group]

    @property
    def size(self) -> int:
        """How many rows."""
        return sum(len(group.rows) for group in self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Rows of what a plan tells besides its changes; `id` is the section's name."""

    id: str
    heading: str
    intro: str
    rows: list[Row]


def ready(change: Change, filters: Filters, view: View) -> Row:
    """A change that can go ahead."""
    notes = tuple((one.description, one.code) for one in change.warnings)
    codes = filters.note(change.address, change.action, (code for _, code in notes))
    return Row(
        address=change.address,
        action=change.action,
        symbol=kind_of(change.request).symbol,
        codes=codes,
        users=kind_of(change.request).users(change.request),
        notes=notes,
        place=f"{change.source.file}:{change.source.line}",
        url=source_url(change.source, view),
        offers=offers(change.before, change.after),
        before=change.before.quantity,
        after=change.after.quantity,
    )


def blocked(plan: Plan, filters: Filters, view: View) -> list[Waiting]:
    """What can't go ahead, under who must act."""
    said: set[Remedy] = set()
    return [
        Waiting(
            heading=wait.heading,
            groups=[
                Group(
                    reasons=tuple(Told.of(reason, said) for reason in items[0].reasons),
                    rows=[_blocked(item, filters, view) for item in items],
                )
                for items in alike(members)
            ],
        )
        for wait, members in by_wait(plan.blocked).items()
    ]


def _blocked(item: Blocked, filters: Filters, view: View) -> Row:
    return Row(
        address=item.address,
        action="blocked",
        symbol="x",
        codes=filters.note(item.address, "blocked", (reason.code for reason in item.reasons)),
        status=_status(item.before),
        place=f"{item.source.file}:{item.source.line}",
        url=source_url(item.source, view),
        offers=offers(item.before, item.after),
        before=item.before.quantity if item.before else None,
        after=item.after.quantity,
    )


def _status(before: Before | None) -> str:
    return before.status if before and before.status != Status.ACTIVE else ""


def others(plan: Plan, filters: Filters, view: View) -> list[Notice]:
    """What is not finished, what to look at, what changed outside, what is not declared any more."""
    notices = (
        Notice(
            id="look",
            heading="Please look at these",
            intro="",
            rows=[_row(one.subject, "look", (one.description, one.code), filters=filters) for one in plan.warnings],
        ),
        Notice(
            id="pending",
            heading="Not finished yet, from an earlier apply",
            intro="",
            rows=[
                _row(
                    one.address,
                    one.outcome,
                    (f"{one.what}, since {since(one.since, view.now)}", ""),
                    (f"Now: {OUTCOMES[one.outcome]}", ""),
                    (f"Next: {one.next}", ""),
                    filters=filters,
                )
                for one in plan.pending
            ],
        ),
        Notice(
            id="drift",
            heading="Changed outside since the last apply",
            intro=drift_intro(plan),
            rows=[
                _row(
                    one.address,
                    "drift",
                    *((f"{label}: {values}", "") for label, values in map(differing, one.differences)),
                    filters=filters,
                )
                for one in plan.drift
            ],
        ),
        Notice(
            id="undeclared",
            heading="No longer declared",
            intro="State tracks these, but no manifest declares them. Nothing is cancelled: each subscription and its "
            "bill go on. To stop tracking one, run its command.",
            rows=[
                _row(one, "undeclared", (f"reconciler forget {one}", ""), filters=filters) for one in plan.undeclared
            ],
        ),
    )
    return [notice for notice in notices if notice.rows]


def _row(address: str, action: str, *notes: tuple[str, str], filters: Filters) -> Row:
    codes = filters.note(address, action, (code for _, code in notes if code))
    return Row(address=address, action=action, codes=codes, notes=notes)
