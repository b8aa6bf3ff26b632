"""Everything that is counted of a plan: each count once, with its name for machines and its words for people.

The outputs of a pipeline, the figures of a page and the sentence below the verdict are made from this one list.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from reconciler.model.plan import Plan, Summary
from reconciler.rendering.phrases import count
from reconciler.rendering.report import Tile, Tone


class Of(Enum):
    """The kinds of things that are counted."""

    ACTIONS = auto()
    ADDRESSES = auto()
    SEATS = auto()
    OTHERS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A count by its `name`. `words` stand beside the number on a page, where it has a place there; `clause` is the
    number and what it counts, within a sentence. `section` tells of it.
    """

    name: str
    number: int
    of: Of = Of.OTHERS
    words: str = ""
    clause: str = ""
    tone: Tone = Tone.PLAIN
    section: str = ""


def plan_counts(plan: Plan) -> tuple[Count, ...]:
    """The counts of a plan, in the order in which a page shows them."""
    summary = plan.summary
    return (*_of_changes(plan, summary), *_of_addresses(plan, summary), *_of_seats(summary), *_of_others(plan))


def tiles(plan: Plan) -> tuple[Tile, ...]:
    """The counts that a page shows large; what there is none of is left out."""
    return tuple(
        Tile(name=counted.words, number=counted.number, tone=counted.tone, section=counted.section)
        for counted in plan_counts(plan)
        if counted.words and counted.number
    )


def unknown(plan: Plan) -> int:
    """Returns how many earlier changes nobody knows the outcome of."""
    return sum(item.outcome == "unknown" for item in plan.pending)


def _of_changes(plan: Plan, summary: Summary) -> Iterator[Count]:
    yield Count(name="changes", number=len(plan.changes))
    for action, number in summary.actions.items():
        yield Count(
            name=f"{action}s",
            number=number,
            of=Of.ACTIONS,
            words=f"{action}s",
            clause=count(number, action),
            tone=Tone.GOOD,
            section="ready",
        )
    yield Count(name="asked_before", number=len(plan.asked_before) + len(plan.asked_before_items))
    yield Count(name="held", number=summary.held, words="held back", tone=Tone.BAD, section="held")


def _of_addresses(plan: Plan, summary: Summary) -> Iterator[Count]:
    yield _address("blocked", summary.blocked, "blocked", Tone.BAD)
    yield Count(name="unknown", number=unknown(plan), words="outcome unknown", tone=Tone.BAD, section="pending")
    yield _address("waiting", summary.waiting, "pending")
    yield Count(name="tasks", number=len(plan.tasks), words="left to do by hand", section="tasks")
    yield _address("unchanged", summary.unchanged, "")


def _address(name: str, number: int, section: str, tone: Tone = Tone.PLAIN) -> Count:
    """Returns a count whose name is its word too."""
    return Count(
        name=name,
        number=number,
        of=Of.ADDRESSES,
        words=name,
        clause=f"{number} {name}",
        tone=tone,
        section=section,
    )


def _of_seats(summary: Summary) -> Iterator[Count]:
    yield _seats("seats_upgraded", summary.seats_upgraded, "upgraded", " to another offer")
    yield _seats("seats_added", summary.seats_added, "added")
    yield _seats("seats_removed", summary.seats_removed, "removed", tone=Tone.BAD)
    yield _seats("seats_removed_at_renewal", summary.seats_removed_at_renewal, "removed at renewal")


def _seats(name: str, number: int, how: str, more: str = "", *, tone: Tone = Tone.PLAIN) -> Count:
    """Returns a count of seats; `more` is said of them in a sentence only."""
    return Count(
        name=name,
        number=number,
        of=Of.SEATS,
        words=f"seats {how}",
        clause=f"{number} {how}{more}",
        tone=tone,
        section="ready",
    )


def _of_others(plan: Plan) -> Iterator[Count]:
    yield Count(name="drift", number=len(plan.drift), words="changed outside", section="drift")
    yield Count(name="undeclared", number=len(plan.undeclared), words="no longer declared", section="undeclared")
    yield Count(name="dropped", number=len(plan.dropped))
    yield Count(name="moves", number=len(plan.moves) + len(plan.customer_moves))
    yield Count(name="limits_exceeded", number=len(plan.limits))
    yield Count(name="notices", number=len(plan.notices))
