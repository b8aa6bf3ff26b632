"""The list of renewals of one customer: what becomes of each term that ends within a year, or has just ended.

Nothing is decided here: what is done about a finding, the plan says.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from reconciler import advice
from reconciler.changes.facts import Circumstances, Facts, Question, SubscriptionWanted
from reconciler.model.address import Address
from reconciler.model.alarm import SCHEDULE_UNREAD, Alarm
from reconciler.model.errors import NotInSnapshot, ServiceError
from reconciler.model.renewals import TermEnd, TermEvent
from reconciler.model.subscription import Live
from reconciler.model.term import Platform
from reconciler.planning import term_findings
from reconciler.planning.drift import unreadable_items
from reconciler.planning.terms import RECENTLY, SAME_MOMENT, Committed

YEAR = timedelta(days=366)
"""The time that a timeline looks ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerTerms:
    """The terms of one customer that end within a year, and how many of its subscriptions have one. With `questions`
    it is provisional: answer them and ask again. `warnings` are of what could not be read or understood.
    """

    terms: tuple[TermEnd, ...] = ()
    subscriptions: int = 0
    warnings: tuple[Alarm, ...] = ()
    questions: frozenset[Question] = frozenset()


def customer_terms(
    facts: Facts, circumstances: Circumstances, days: int, selected: frozenset[Address] | None = None
) -> CustomerTerms:
    """Returns the terms of a customer; of the `selected` addresses, None: of all, declared or not. Pure.

    Asked are only subscriptions whose term ends within so many days.
    """
    found = (Committed.of(live, facts, circumstances) for live in facts.lives.values())
    terms = [term for term in found if term is not None and (selected is None or _address(term) in selected)]
    soon = circumstances.now + timedelta(days=days + 1)
    return CustomerTerms(
        terms=tuple(end for term in terms for end in _ends(term)),
        subscriptions=sum(not term.live.over for term in terms),
        warnings=(*unreadable_items(facts), *(warning for term in terms for warning in _unread(term))),
        questions=frozenset(
            SubscriptionWanted(term.live.id) for term in terms if term.ends_at <= soon and term.is_silent
        ),
    )


def ends_of(lives: Iterable[Live], facts: Facts, circumstances: Circumstances) -> Iterator[TermEnd]:
    """Yields the ends of the terms of these subscriptions, as far as they are known without any further answer."""
    found = (Committed.of(live, facts, circumstances) for live in lives)
    return (end for term in found if term is not None for end in _ends(term))


def listed_within(terms: Iterable[TermEnd], today: date, days: int) -> Iterator[TermEnd]:
    """Yields the terms of a list for so many days: those that end by then, and those that have just ended."""
    last = today + timedelta(days=days)
    return (term for term in terms if term.ends_on <= last)


def _unread(term: Committed) -> Iterator[Alarm]:
    """Yields that the subscription could not be read by itself, though a schedule of it may be missing in the list."""
    answer = term.facts.details.get(term.live.id)
    if isinstance(answer, ServiceError) and not isinstance(answer, NotInSnapshot):
        why = " ".join(problem.what for problem in answer.problems)
        known = {"subscription": term.live.id, "date": f"{_day(term.ends_at)}", "why": why}
        description = advice.sentence(SCHEDULE_UNREAD, **known)
        yield Alarm(
            address=_address(term),
            customer=term.facts.customer.name,
            code=SCHEDULE_UNREAD,
            description=description,
            source=term.desired.source if term.desired else None,
        )


def _ends(term: Committed) -> Iterator[TermEnd]:
    """Yields the end of the term before where that is just over, and the end of the present one where it is near."""
    now = term.circumstances.now
    if not (term.live.active or term.live.suspended):
        if term.live.over and now - RECENTLY < term.ends_at <= now:
            yield _ended(term)
        return
    began = term.renewed_at
    if began is not None and term.undoes_renewal:
        yield _renewed(term, began)
    overdue = now - term.ends_at >= SAME_MOMENT and term.live.platform is not Platform.NEW_COMMERCE
    if term.ends_at <= now + YEAR and not overdue:
        yield _coming(term)


def _coming(term: Committed) -> TermEnd:
    renews = term.event.renews
    return _made(
        term,
        event=term.event,
        ends_on=_day(term.ends_at),
        before=term.values,
        after=term.coming if renews else None,
        change_until=None if term.has_ended else term.ends_at,
        ends_after=_custom_end(term) if renews else None,
        undo_until=_undo_until(term.ends_at) if renews and term.live.platform is Platform.NEW_COMMERCE else None,
        findings=tuple(term_findings.of_coming(term)),
    )


def _renewed(term: Committed, began: datetime) -> TermEnd:
    return _made(
        term,
        event=TermEvent.RENEWED,
        ends_on=_day(began) - timedelta(days=1),
        before=term.ended_before,
        after=term.values,
        undo_until=None if term.is_extended else term.undo_until,
        findings=tuple(term_findings.of_renewed(term)),
    )


def _ended(term: Committed) -> TermEnd:
    return _made(
        term,
        event=TermEvent.ENDED,
        ends_on=_day(term.ends_at),
        before=term.values,
        after=None,
        findings=tuple(term_findings.of_ended(term)),
    )


def _made(term: Committed, **known: object) -> TermEnd:
    return TermEnd(
        address=_address(term),
        customer=term.facts.customer,
        subscription_id=term.live.id,
        source=term.desired.source if term.desired else None,
        **known,  # type: ignore[arg-type] # the further members of TermEnd
    )


def _address(term: Committed) -> Address | None:
    """The address that declares the subscription, else the one that tracks it."""
    state = term.facts.state
    tracked = state.address(term.name) if state and term.name else None
    return term.desired.address if term.desired else tracked


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _custom_end(term: Committed) -> date | None:
    """The last day of the next term, where another one than its length gives is scheduled."""
    following = term.commitment.next_term
    return _day(following.custom_end) if following and following.custom_end else None


def _undo_until(ends_at: datetime) -> datetime:
    """Seven days after the new term begins. The renewal itself may take a day, which only gives more time."""
    return datetime.combine(_day(ends_at) + timedelta(days=1), time(), UTC) + RECENTLY
