"""The fields of a new-commerce item: its term, what becomes of it when the term ends, what it commits to, and what can
still be undone.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from reconciler.model.change import Before, Change
from reconciler.model.money import at_most
from reconciler.model.renewal import RENEWING, SCHEDULED, AtRenewal, EndOfTerm
from reconciler.model.request import Asked, OrderRequest, RenewalRequest, ResizeRequest, TermRequest, TransitionRequest
from reconciler.model.term import Billing, Term, billed, months_later
from reconciler.rendering.phrases import amount, count
from reconciler.rendering.report import Field, Tone

LENGTHS = {"monthly": "1 month", "annual": "1 year", "triennial": "3 years"}
"""A term as a length of time."""

OUTCOMES: Mapping[str, str] = {
    EndOfTerm.RENEWS: "renews",
    EndOfTerm.RENEWS_CHANGED: "renews",
    EndOfTerm.ENDS: "ends",
    EndOfTerm.EXTENDED_TERM: "goes on in the extended service term, monthly and dearer",
    EndOfTerm.LAPSES: "lapses: auto-renew is off and nothing else is scheduled",
    EndOfTerm.UNCLEAR: "unclear: what the service says of it contradicts itself",
}
"""The outcomes at the end of a term, after "it". What a subscription renews to follows."""


def commitment(change: Change, at: datetime) -> Iterator[Field]:
    """Yields the fields of a change that was planned at a time; none where the subscription has no commitment."""
    request, before = change.request, change.before
    if isinstance(request, OrderRequest):
        yield from _order(request, at.astimezone(UTC).date())
    if before is None or before.term is None:
        return
    if isinstance(request, RenewalRequest):
        yield from _renewal(request, before)
        return
    yield Field("term", _term(before, request))
    if at_end := _plain_outcome(before):
        deleted = before.renewal is not None and before.renewal.outcome in SCHEDULED
        yield Field("at end", f"{at_end} -> deleted by this change" if deleted else at_end)
    yield from _binding(change, before)


def _order(request: OrderRequest, on: date) -> Iterator[Field]:
    """Yields what an order pays, at most, and for how long."""
    term = Term(request.term)
    yield Field("term", terms(request.term, request.billing))
    yield Field("price", f"at most {amount(at_most(request.unit_price), request.currency)} per seat and month")
    charge = f"at most {amount(request.most_at_once, request.currency)} {Billing(request.billing).period}, before tax"
    yield Field("pays", charge, Tone.WARN)
    whole, until = amount(request.most_in_all, request.currency), months_later(on, term.months) - timedelta(days=1)
    seats = f"{count(request.quantity, 'seat')} for {_length(request.term)}"
    yield Field("binds", f"{seats}: at most {whole} until {until}, if it is bought on {on}", Tone.WARN)
    yield Field("undo", "by cancelling it in Partner Center within 7 days of the purchase", Tone.WARN)
    if request.reseller:
        yield Field("reseller", request.reseller)


def standing(before: Before) -> Iterator[Field]:
    """Yields the fields of a subscription as it stands: of an item that changes nothing of them."""
    if before.term is None:
        return
    yield Field("term", f"{terms(before.term, before.billing)}{_until(before.term_ends)}")
    if at_end := _plain_outcome(before):
        yield Field("at end", at_end)


def terms(term: str | None, billing: str | None) -> str:
    """`annual, billed monthly`."""
    return f"{term or 'unknown'}, {billed(billing)}" if billing else term or "unknown"


def day(time: datetime) -> str:
    """The day that a time is on, in UTC: the last day of a term counts to its end."""
    return f"{time.astimezone(UTC):%Y-%m-%d}"


class Standing(Protocol):
    """A subscription as it stands: in a plan, or in state."""

    @property
    def quantity(self) -> int: ...
    @property
    def term(self) -> str | None: ...
    @property
    def billing(self) -> str | None: ...


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


def _seats(quantity: int, before: int) -> str:
    return f"{count(quantity, 'seat')} ({quantity - before:+d})"


def _until(ends: datetime | None) -> str:
    return f", until {day(ends)}" if ends else ""


def _term(before: Before, request: Asked) -> str:
    """The term, or from and to."""
    now = terms(before.term, before.billing)
    if isinstance(request, TermRequest | TransitionRequest):
        wanted = terms(request.term or before.term, request.billing or before.billing)
        if wanted != now:
            return f"{now} -> {wanted}"
    return f"{now}{_until(before.term_ends)}"


def _plain_outcome(before: Before) -> str:
    """Returns the outcome at the end of the term, where that is more than a plain renewal."""
    renewal = before.renewal
    if renewal is None or renewal.outcome == EndOfTerm.RENEWS:
        return ""
    return outcome(renewal, before)


def _binding(change: Change, before: Before) -> Iterator[Field]:
    """Yields the commitment of a change that takes effect at once, and whether it can be undone."""
    request, seats = change.request, change.seats
    if isinstance(request, TransitionRequest):
        length = _length(request.term or before.term)
        moved = count(request.quantity, "seat")
        worst = "" if request.term and request.term != before.term else "at worst "
        yield Field("binds", f"{moved}, {worst}for a new term of {length} from the day of the upgrade", Tone.WARN)
        yield Field("undo", "no: an upgrade opens no refund window", Tone.WARN)
    elif isinstance(request, TermRequest):
        bound = count(before.quantity, "seat")
        yield Field("binds", f"{bound} for {_length(request.term)} from the day of the change", Tone.WARN)
        yield Field("undo", "no: a new commitment begins", Tone.WARN)
    elif isinstance(request, ResizeRequest) and seats > 0:
        yield Field("binds", f"{count(seats, 'more seat', 'more seats')}{_until(before.term_ends).replace(',', '')}")
        yield Field("undo", "for 7 days after the change")
    elif isinstance(request, ResizeRequest):
        yield Field("undo", "seats can be added again, bound until the term ends")


def _length(term: str | None) -> str:
    return LENGTHS.get(term or "", term or "unknown length")


def _renewal(request: RenewalRequest, before: Before) -> Iterator[Field]:
    """Yields the fields of a change of the next term: nothing happens now, everything at its date."""
    wanted = AtRenewal(outcome=request.outcome, quantity=before.quantity, term=before.term, billing=before.billing)
    following = request.next_term
    if following:
        wanted = AtRenewal(
            outcome=request.outcome, quantity=following.quantity, term=following.term, billing=following.billing
        )
    yield Field("term", f"{terms(before.term, before.billing)}{_until(before.term_ends)}")
    yield Field("now", "nothing changes")
    was = outcome(before.renewal, before) if before.renewal else "unknown"
    at = f"{day(before.term_ends)}: " if before.term_ends else ""
    then = "ends: auto-renew off" if request.outcome == EndOfTerm.LAPSES else outcome(wanted, before)
    yield Field("at end", f"{at}{was} -> {then}")
    if request.outcome in RENEWING:
        begins = f" from {day(before.term_ends + timedelta(days=1))}" if before.term_ends else " from the next term on"
        seats = count(wanted.quantity or before.quantity, "seat")
        yield Field("binds", f"{seats} for {_length(wanted.term)}{begins}")
    yield Field("undo", f"until {day(before.term_ends)}" if before.term_ends else "until the term ends")
