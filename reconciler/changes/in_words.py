"""Seats, terms, and what happens when a term ends, in words: the same in every plan and report."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from reconciler.model.change import Before
from reconciler.model.pending import Pending
from reconciler.model.renewal import RENEWING, AtRenewal, EndOfTerm
from reconciler.model.term import billed
from reconciler.model.utc import utc_minute

OUTCOMES: Mapping[str, str] = {
    EndOfTerm.RENEWS: "renews",
    EndOfTerm.RENEWS_CHANGED: "renews",
    EndOfTerm.ENDS: "ends",
    EndOfTerm.EXTENDED_TERM: "goes on in the extended service term, monthly and dearer",
    EndOfTerm.LAPSES: "lapses: auto-renew is off and nothing else is scheduled",
    EndOfTerm.UNCLEAR: "unclear: what the service says of it contradicts itself",
}
"""The outcomes at the end of a term, after "it". What a subscription renews to follows."""

_LENGTHS = {"monthly": "1 month", "annual": "1 year", "triennial": "3 years"}


@dataclass(frozen=True, slots=True)
class Detail:
    """A labelled line about an item of a plan. One that `weighs` is for an approver to consider."""

    label: str
    text: str
    weighs: bool = False


class Standing(Protocol):
    """A subscription as it stands: in a plan, or in state."""

    @property
    def quantity(self) -> int: ...
    @property
    def term(self) -> str | None: ...
    @property
    def billing(self) -> str | None: ...


def in_seats(number: int) -> str:
    """Returns a number of seats: `1 seat`, `2 seats`."""
    return f"{number} {'seat' if number == 1 else 'seats'}"


def length(term: str | None) -> str:
    """Returns a term as a length of time: `1 year`."""
    return _LENGTHS.get(term or "", term or "unknown length")


def terms(term: str | None, billing: str | None) -> str:
    """`annual, billed monthly`."""
    return f"{term or 'unknown'}, {billed(billing)}" if billing else term or "unknown"


def day(time: datetime) -> str:
    """The day that a time is on, in UTC: the last day of a term counts to its end."""
    return f"{time.astimezone(UTC):%Y-%m-%d}"


def present_term(before: Before) -> str:
    """Returns the term of a subscription as it stands, and its last day."""
    until = f", until {day(before.term_ends)}" if before.term_ends else ""
    return f"{terms(before.term, before.billing)}{until}"


def outcome(renewal: AtRenewal, now: Standing) -> str:
    """Returns the outcome at the end of the term: of what it renews to, only what is otherwise than now."""
    words = OUTCOMES.get(renewal.outcome, renewal.outcome)
    if renewal.outcome not in RENEWING:
        return words
    moved = renewal.quantity is not None and renewal.quantity != now.quantity
    following = (renewal.term or now.term, renewal.billing or now.billing)
    other = [renewal.offer_id or "", terms(*following) if following != (now.term, now.billing) else ""]
    parts = [
        f"with {_seats(renewal.quantity or 0, now.quantity)}" if moved else "",
        f"as {', '.join(filter(None, other))}" if any(other) else "",
    ]
    return " ".join((words, *filter(None, parts))) if any(parts) else f"{words} as it is"


def sent_when(pending: Pending) -> dict[str, str]:
    """Returns when a request was sent last, `since`; where it was sent twice, `first` is when that was."""
    known = {"since": utc_minute(pending.sent_at)}
    return known if pending.resent_at is None else {**known, "first": utc_minute(pending.started_at)}


def standing(before: Before) -> Iterator[Detail]:
    """Yields the term of a subscription as it stands, and what happens when it ends; nothing without a commitment."""
    if before.term is not None:
        yield Detail("term", present_term(before))
        if at_end := unusual_outcome(before):
            yield Detail("at end", at_end)


def unusual_outcome(before: Before) -> str:
    """Returns the outcome at the end of the term, where that is more than a plain renewal; else nothing."""
    renewal = before.renewal
    if renewal is None or renewal.outcome == EndOfTerm.RENEWS:
        return ""
    return outcome(renewal, before)


def _seats(quantity: int, before: int) -> str:
    return f"{in_seats(quantity)} ({quantity - before:+d})"
