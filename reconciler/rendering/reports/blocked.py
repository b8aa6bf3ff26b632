"""The section of what can't go ahead: who must act, why, and what to do."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from reconciler.model.address import Address
from reconciler.model.change import Blocked
from reconciler.model.order import order_key
from reconciler.model.reason import Reason
from reconciler.model.remedy import Actor, Remedy, Retry, Step
from reconciler.model.subscription import Status
from reconciler.rendering.phrases import ACTORS, SPOKEN_TO, WAITING, YOU_START, addressed, offers, target, who
from reconciler.rendering.report import (
    Advice,
    Amount,
    Cause,
    Field,
    Group,
    Item,
    Level,
    Names,
    Own,
    Part,
    Section,
    Span,
    Tone,
)
from reconciler.rendering.reports.alike import alike, own_values, shared
from reconciler.rendering.reports.commitment import standing
from reconciler.rendering.support import support_fields

_HEADINGS = {
    Actor.PARTNER: "Blocked until you act",
    Actor.CUSTOMER: "Blocked until the customer acts",
    Actor.MICROSOFT: "Blocked until Microsoft acts",
    Actor.OTHER_PARTNER: "Blocked until another partner acts",
}

_OF_ANOTHER = {"id_conflicts_with_state", "customer_name_changed", "customer_contradicts_state"}
"""Reasons for which no change is shown: what the entry asks of a subscription that another address means."""

_FURTHEST = (Actor.CUSTOMER, Actor.OTHER_PARTNER, Actor.MICROSOFT, Actor.PARTNER)


@dataclass(frozen=True, slots=True)
class Wait:
    """For whom an item waits, and whether the reader must act `first` to set that going."""

    actor: Actor
    first: bool

    @classmethod
    def of(cls, item: Blocked) -> Self:
        """Returns for whom an item with several reasons waits: whoever is furthest from the reader.

        What the customer must do takes longest and must be asked for first; until it is done, the partner's own steps
        free nothing. The item still lists every reason.
        """
        remedies = [reason.remedy for reason in item.reasons]
        actors = {remedy.actor for remedy in remedies}
        furthest = next((actor for actor in _FURTHEST if actor in actors), Actor.PARTNER)
        return cls(furthest, any(remedy.first is Actor.PARTNER for remedy in remedies))

    @property
    def heading(self) -> str:
        """Returns what stands above such items."""
        return f"{_HEADINGS[self.actor]}{YOU_START if self.first and self.actor is not Actor.PARTNER else ''}"

    @property
    def who(self) -> str:
        """Returns who must act first, and who after that."""
        after = self.actor is not Actor.PARTNER
        return f"You{f', then {ACTORS[self.actor]}' if after else ''}" if self.first else SPOKEN_TO[self.actor]

    def begins(self, remedy: Remedy) -> bool:
        """Returns True if the first thing to do about such an item is the remedy's first step."""
        return remedy.first is Actor.PARTNER if self.first else remedy.actor is self.actor

    def counted(self, number: int) -> str:
        """Returns how many items that is."""
        needing = self.first and self.actor is Actor.PARTNER
        verb = "need" if needing else "wait for"
        singular = number == 1
        whom = "you" if self.actor is Actor.PARTNER else ACTORS[self.actor]
        start = f" (you start {'it' if singular else 'them'})" if self.first and not needing else ""
        return f"{number} {verb.replace('need', 'needs').replace('wait', 'waits') if singular else verb} {whom}{start}"


_ORDER = [Wait(actor, first) for first in (True, False) for actor in _HEADINGS]
"""Sorts by what the reader must act on first, and of that the reader's own work first."""


def blocked_section(items: Iterable[Blocked], level: Level, asides: Mapping[Address, str]) -> tuple[Section, ...]:
    """The blocked items, by who must act first and for whom they wait; nothing where there are none."""
    waits: dict[Wait, list[Blocked]] = {wait: [] for wait in _ORDER}
    for item in items:
        waits[Wait.of(item)].append(item)
    waits = {wait: members for wait, members in waits.items() if members}
    if not waits:
        return ()
    return (
        Section(
            id="blocked",
            heading="Blocked",
            nouns=("subscription", "subscriptions"),
            tone=Tone.BAD,
            table=True,
            summary=", ".join(wait.counted(len(members)) for wait, members in waits.items()),
            parts=tuple(
                Part(
                    heading=wait.heading,
                    groups=tuple(_group(same, wait, level, asides) for same in alike(members)),
                )
                for wait, members in waits.items()
            ),
        ),
    )


def _group(items: list[Blocked], wait: Wait, level: Level, asides: Mapping[Address, str]) -> Group:
    own = tuple(tuple(map(_cause, item.reasons)) for item in items)
    common = tuple(_common(items, at) for at in range(len(items[0].reasons)))
    return Group(
        items=tuple(_item(item, wait, level, asides.get(item.address, ""), _first_step(item, wait)) for item in items),
        causes=common,
        own=own if any(causes != common for causes in own) else (),
    )


def _common(items: list[Blocked], at: int) -> Cause:
    """Returns the cause that the reasons at this position come to, with what is not the same for all."""
    reasons = [item.reasons[at] for item in items]
    values = zip(items, own_values(reasons), strict=True)
    return replace(_cause(shared(reasons)), own=tuple(Own(item.address, own) for item, own in values if own))


def _first_step(item: Blocked, wait: Wait) -> Step | None:
    remedy = next((reason.remedy for reason in item.reasons if wait.begins(reason.remedy)), None)
    return next(iter(remedy.steps), None) if remedy else None


def _item(item: Blocked, wait: Wait, level: Level, aside: str, first: Step | None) -> Item:
    return Item(
        subject=item.address,
        address=item.address,
        sign=Span("x", Tone.BAD),
        kind="blocked",
        level=level,
        state="blocked",
        place=item.source,
        fields=_fields(item),
        aside=aside,
        who=wait.who,
        first_step=first,
    )


def _fields(item: Blocked) -> tuple[Field, ...]:
    """Returns what is there and what is wanted. Where nothing live could be read, that is said of it; nothing where the
    address means no subscription of its own.
    """
    before, after = item.before, item.after
    if before is None and any(reason.code in _OF_ANOTHER for reason in item.reasons):
        return ()
    if before is None and order_key(item.subscription_id) is not None:
        return (Field("offer", Names((target(after),))), Field("seats", Amount(None, after.quantity)))
    if before is None:
        unread = any(reason.code == "customer_unreadable" for reason in item.reasons)
        absent = "not read" if unread else "not known"
        return (
            Field("offer", Names((absent, target(after)))),
            Field("seats", Amount(None, after.quantity, absent=absent)),
        )
    fields = (
        Field("offer", Names(offers(before, after))),
        Field("seats", Amount(before.quantity, after.quantity)),
        *standing(before),
    )
    return fields if before.status == Status.ACTIVE else (*fields, Field("status", before.status))


def _cause(reason: Reason) -> Cause:
    return Cause(
        says=reason.description,
        code=reason.code,
        number=reason.number,
        quote=reason.details.strip(),
        speaker="Partner Center says" if reason.origin == "service" else "Detail",
        label="says" if reason.origin == "service" else "detail",
        in_doubt=reason.code == "outcome_unknown",
        advice=advice(reason.remedy),
        support=tuple(support_fields(reason.support).items()) if reason.support else (),
    )


def advice(remedy: Remedy) -> Advice:
    """A remedy as advice; that waiting does not help goes without saying."""
    return Advice(
        steps=addressed(remedy),
        who=who(remedy),
        url=remedy.url,
        waiting="" if remedy.retry is Retry.NO else WAITING[remedy.retry],
    )
