"""What can't go ahead: who must act, why, and what to do, each said once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from reconciler.model.change import Actor, Blocked, Reason, Remedy
from reconciler.rendering.items import FIELDS, write_field, write_head, write_wanted
from reconciler.rendering.page import Page
from reconciler.rendering.phrases import ACTORS, SPOKEN_TO, YOU_START, count, who
from reconciler.rendering.problems import write_support
from reconciler.rendering.remedies import write_remedy

_HEADINGS = {
    Actor.PARTNER: "Blocked until you act",
    Actor.CUSTOMER: "Blocked until the customer acts",
    Actor.MICROSOFT: "Blocked until Microsoft acts",
    Actor.OTHER_PARTNER: "Blocked until another partner acts",
}

_FURTHEST = (Actor.CUSTOMER, Actor.OTHER_PARTNER, Actor.MICROSOFT, Actor.PARTNER)


@dataclass(frozen=True, slots=True)
class Wait:
    """For whom an item waits, and whether the reader must act `first` to set that going."""

    actor: Actor
    first: bool

    @classmethod
    def of(cls, item: Blocked) -> Self:
        """Of an item with several reasons: whoever is furthest from the reader.

        What the customer must do takes longest and must be asked for first; until it is done, the partner's own steps
        free nothing. The item still lists every reason.
        """
        remedies = [reason.remedy for reason in item.reasons]
        actors = {remedy.actor for remedy in remedies}
        furthest = next((actor for actor in _FURTHEST if actor in actors), Actor.PARTNER)
        return cls(furthest, any(remedy.first is Actor.PARTNER for remedy in remedies))

    @property
    def heading(self) -> str:
        """What stands above such items."""
        return f"{_HEADINGS[self.actor]}{YOU_START if self.first and self.actor is not Actor.PARTNER else ''}"

    @property
    def who(self) -> str:
        """Who must act first, and who after that."""
        after = self.actor is not Actor.PARTNER
        return f"You{f', then {ACTORS[self.actor]}' if after else ''}" if self.first else SPOKEN_TO[self.actor]

    def begins(self, remedy: Remedy) -> bool:
        """Whether the first thing to do about such an item is the remedy's first step."""
        return remedy.first is Actor.PARTNER if self.first else remedy.actor is self.actor

    def said_of(self, number: int) -> str:
        """How many items that is."""
        needing = self.first and self.actor is Actor.PARTNER
        verb = "need" if needing else "wait for"
        singular = number == 1
        whom = "you" if self.actor is Actor.PARTNER else ACTORS[self.actor]
        start = f" (you start {'it' if singular else 'them'})" if self.first and not needing else ""
        return f"{number} {verb.replace('need', 'needs').replace('wait', 'waits') if singular else verb} {whom}{start}"


def needs(items: Iterable[Blocked]) -> str:
    """How many of the blocked items need the reader, and how many wait for whom."""
    return ", ".join(wait.said_of(len(members)) for wait, members in by_wait(items).items())


_ORDER = [Wait(actor, first) for first in (True, False) for actor in _HEADINGS]
"""Of the page: what the reader must act on first, and of that the reader's own work first."""


def write_blocked(page: Page, items: Iterable[Blocked]) -> None:
    """The blocked items, grouped by who must act first, and for whom they wait."""
    said: dict[Remedy, str] = {}
    for wait, members in by_wait(items).items():
        page.gap()
        page.write((f"{wait.heading}: {count(len(members), 'subscription')}", "bold red"))
        for group in alike(members):
            page.gap()
            _write_alike(page, group, said)


def by_wait(items: Iterable[Blocked]) -> dict[Wait, list[Blocked]]:
    """The items under whom they wait for, in the order of the page, without those for whom nothing waits."""
    groups: dict[Wait, list[Blocked]] = {wait: [] for wait in _ORDER}
    for item in items:
        groups[Wait.of(item)].append(item)
    return {wait: members for wait, members in groups.items() if members}


def alike(items: Iterable[Blocked]) -> list[list[Blocked]]:
    """Items with the very same reasons and remedies together."""
    groups: dict[tuple[Reason, ...], list[Blocked]] = {}
    for item in items:
        groups.setdefault(item.reasons, []).append(item)
    return list(groups.values())


def _write_alike(page: Page, items: list[Blocked], said: dict[Remedy, str]) -> None:
    for item in items:
        write_head(page, ("x", "bold red"), item.address, item.source)
        write_wanted(page, item.before, item.after)
    if len(items) > 1:
        together = "Both" if len(items) == 2 else f"All {len(items)}"  # noqa: PLR2004 -- two are both
        page.write(f"{together} for the same reason:", indent=FIELDS - 2)
    reasons = items[0].reasons
    several_actors = len({who(reason.remedy) for reason in reasons}) > 1
    for number, reason in enumerate(reasons):
        if number:
            page.gap()
        _write_reason(page, reason)
        if several_actors:
            write_field(page, "who", who(reason.remedy))
        _write_remedy(page, reason.remedy, items[0].address, said)
        if reason.support is not None:
            write_support(page, reason.support, indent=FIELDS)


def _write_reason(page: Page, reason: Reason) -> None:
    write_field(page, "why", (reason.description, "red"))
    number = "" if reason.number is None else f", service code {reason.number}"
    write_field(page, "", (f"[{reason.code}{number}]", "dim"))
    if reason.details.strip():
        label = "says" if reason.origin == "service" else "detail"
        for number_of_line, words in enumerate(reason.details.strip().splitlines()):
            write_field(page, "" if number_of_line else label, words)


def _write_remedy(page: Page, remedy: Remedy, address: str, said: dict[Remedy, str]) -> None:
    first = said.setdefault(remedy, address)
    if first != address and len(remedy.steps) > 1:
        write_field(page, "do", f"the same as for {first}, above")
    else:
        write_remedy(page, remedy)
