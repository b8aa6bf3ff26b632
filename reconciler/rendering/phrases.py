"""The words in which figures, times and offers are said, the same in every listing.

All of our own signs are ASCII: the usual arrows and lines are two cells wide on some East Asian terminals, and can't
be encoded on others.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from reconciler.model.change import After, Before
from reconciler.model.cost import NoPrice
from reconciler.model.offer import same_name
from reconciler.model.remedy import Actor, Remedy, Retry, Step
from reconciler.model.utc import utc_minute

CLOUDS = {
    "worldwide": "Worldwide cloud",
    "china": "21Vianet cloud (China)",
    "us-government": "US Government cloud",
    "sandbox": "Sandbox (an emulator: nothing is bought)",
}

ACTORS = {
    Actor.PARTNER: "you, the partner",
    Actor.CUSTOMER: "the customer",
    Actor.MICROSOFT: "Microsoft",
    Actor.OTHER_PARTNER: "another partner",
}

SPOKEN_TO = {
    Actor.PARTNER: "You",
    Actor.CUSTOMER: "Customer",
    Actor.MICROSOFT: "Microsoft",
    Actor.OTHER_PARTNER: "Other partner",
}
"""The words before a step, with a colon."""

YOU_START = "; you start it"
"""Added where something waits for somebody else, who waits to be asked."""

_NAMED = 3
"""Subscriptions without a price that are named; the others are counted."""

_REASONS = 3
"""Reasons for no price that are told one by one."""

WAITING = {
    Retry.NO: "does not help by itself",
    Retry.MINUTES: "helps: plan again in a few minutes",
    Retry.DAY: "helps once that is done: it can take up to a day to show; then plan again",
}

ATTRIBUTES = {
    "offer_id": "offer",
    "offer_name": "offer name",
    "quantity": "seats",
    "partner_id": "partner",
    "term": "term",
    "billing": "billed",
    "renewal.outcome": "at end",
    "renewal.quantity": "at end",
    "renewal.term": "at end",
    "renewal.billing": "at end",
    "renewal.offer_id": "at end",
}
"""Attributes that reports have fields of their own for. Another one is called by its path."""

IN_CATALOGUE = "in offers.yaml:"
"""Stands before our name of an offer that the service calls otherwise."""

_MINUTE, _HOUR, _DAY = 60, 3600, 86400

COST_NOTE = "Partner cost before tax and promotions."
"""Stands with every figure of a cost."""


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 upgrade`, `2 upgrades`."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"


def amount(value: Decimal, currency: str) -> str:
    """`1,250.00 USD`; without a currency where none is known."""
    return f"{value:,.2f} {currency}".rstrip()


def listed(items: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))


def clipped(text: str, longest: int) -> str:
    """The text, or its beginning and how much was left out."""
    return text if len(text) <= longest else f"{text[:longest]} ... ({len(text) - longest:,} more characters)"


def who(remedy: Remedy) -> str:
    """For whom it waits, and whether the reader must set that going."""
    starts = remedy.first is Actor.PARTNER is not remedy.actor
    return f"{ACTORS[remedy.actor]}{YOU_START if starts else ''}"


def addressed(remedy: Remedy) -> tuple[Step, ...]:
    """The steps, each with who takes it where not all are the reader's."""
    if all(step.by is Actor.PARTNER for step in remedy.steps):
        return remedy.steps
    return tuple(replace(step, text=f"{SPOKEN_TO[step.by]}: {step.text}") for step in remedy.steps)


def since(time: datetime, now: datetime | None) -> str:
    """A time and, where `now` is known, how long ago that was."""
    if now is None:
        return utc_minute(time)
    seconds = int((now - time).total_seconds())
    if seconds < _MINUTE:
        return f"{utc_minute(time)} (just now)"
    unit, name = next(pair for pair in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")) if seconds >= pair[0])
    return f"{utc_minute(time)} ({count(seconds // unit, name)} ago)"


def offers(before: Before | None, after: After) -> tuple[str, ...]:
    """The offer: one, or from and to, by the service's name, and the catalogue's where that is another.

    Ids are added where the names don't tell the two apart: then one of them at least names the wrong offer.
    """
    if before is None:
        return (target(after),)
    if before.offer_id == after.offer_id:
        name = before.offer_name or after.offer_name
        return (target(after if name == after.offer_name else replace(after, offer_name=name)),)
    name = _name(before.offer_name, before.offer_id)
    if not same_name(before.offer_name, after.offer_name):
        return name, target(after)
    called = target(after)
    other = f"{called} ({after.offer_id})" if after.other_name else f"{after.offer_id} ({IN_CATALOGUE} {called})"
    return f"{name} ({before.offer_id})", other if after.catalogue_name else f"{called} ({after.offer_id})"


def target(after: After) -> str:
    """The offer that is wanted."""
    ours = f" ({IN_CATALOGUE} {after.other_name.strip()})" if after.other_name else ""
    return f"{_name(after.offer_name, after.offer_id)}{ours}"


def seats(before: int | None, after: int) -> str:
    """`25 seats`, or `25 -> 30 seats (+5)`."""
    return f"{figures(before, after)} {'seat' if after == 1 else 'seats'}{delta(before, after)}"


def figures(before: int | None, after: int) -> str:
    """`25`, or `25 -> 30`."""
    return str(after) if before in {None, after} else f"{before} -> {after}"


def delta(before: int | None, after: int) -> str:
    """` (+5)`; nothing where nothing changes."""
    return "" if before in {None, after} else f" ({after - (before or 0):+d})"


def _name(name: str, identifier: str) -> str:
    return name.strip() or identifier


def without_price(names: Iterable[tuple[str, NoPrice | None]]) -> Iterator[tuple[str, str]]:
    """Yields what has no price as sentences, each with the code that explains it: one for each reason, those of most
    subscriptions first. Rare reasons, and what a plan was saved without, share the last, which has no code.

    `No price for 5 subscriptions: contoso/office, contoso/mail, fabrikam/mail and 2 more. A promotion decides …`
    """
    of_reason: dict[NoPrice | None, list[str]] = {}
    for name, reason in names:
        of_reason.setdefault(reason, []).append(name)
    reasons = sorted(filter(None, of_reason), key=lambda reason: -len(of_reason[reason]))[:_REASONS]
    for reason in reasons:
        yield f"{_no_price_for(of_reason[reason])} {reason.why}", reason.code
    others = [name for reason, named in of_reason.items() if reason not in reasons for name in named]
    if others:
        yield _no_price_for(others), ""


def _no_price_for(names: Sequence[str]) -> str:
    left = len(names) - _NAMED
    shown = [*names[:_NAMED], *([f"{left} more"] if left > 0 else [])]
    return f"No price for {count(len(names), 'subscription')}: {listed(shown)}."
