"""Adds the terms that end within a year up by month."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import UTC, date, datetime

from reconciler.changes.facts import Circumstances, Facts
from reconciler.changes.offer_names import called
from reconciler.model.address import Address
from reconciler.model.customer import Customer
from reconciler.model.renewal import EndOfTerm
from reconciler.model.renewals import TermEnd
from reconciler.model.subscription import Live
from reconciler.model.term import Platform, Renew, Term
from reconciler.model.timeline import NAMED, Ending, Month
from reconciler.planning.renewals import YEAR, ends_of
from reconciler.planning.terms import SAME_MOMENT

_MONTHS = 12
"""The months of the timeline, this one among them."""

_COUNTS = tuple(member.name for member in fields(Month) if member.name not in {"month", "named"})


def timeline(months: Iterable[Month], today: date) -> tuple[Month, ...]:
    """Returns the coming twelve months, those without a term too, and the same month next year where terms end there;
    nothing where none of them has one.
    """
    first = today.year * 12 + today.month - 1
    names = [_name(number // 12, number % 12 + 1) for number in range(first, first + _MONTHS)]
    found = {month.month: month for month in added_up(months)}
    names += [name] if (name := _name(today.year + 1, today.month)) in found else []
    if not any(name in found for name in names):
        return ()
    return tuple(found.get(name, Month(month=name)) for name in names)


def added_up(months: Iterable[Month]) -> tuple[Month, ...]:
    """Returns every month once, in order."""
    by_name: dict[str, list[Month]] = {}
    for month in months:
        by_name.setdefault(month.month, []).append(month)
    return tuple(
        same[0]
        if len(same) == 1
        else Month(
            month=name,
            named=_first(ending for month in same for ending in month.named),
            **{count: sum(getattr(month, count) for month in same) for count in _COUNTS},
        )
        for name, same in sorted(by_name.items())
    )


def _first(endings: Iterable[Ending]) -> tuple[Ending, ...]:
    """Returns the first of them that a month names."""
    ranked = sorted(endings, key=lambda ending: (not ending.finding, ending.on, ending.subject, ending.seats))
    return tuple(ranked[:NAMED])


def months_of(terms: Iterable[TermEnd]) -> tuple[Month, ...]:
    """Returns the months in which these terms end; what is over and what is routine is left out."""
    return added_up(_month(term) for term in terms if not (term.event.over or term.routine))


def customer_months(facts: Facts, circumstances: Circumstances) -> tuple[Month, ...]:
    """Returns the months in which a customer's terms end: those of its list of renewals, which costs more to make. Most
    terms renew as they are, and as their entries ask.
    """
    plain, others = list[Month](), list[Live]()
    for live in facts.lives.values():
        if _is_plain(live, facts):
            plain.extend(_plain(live, facts, circumstances.now))
        else:
            others.append(live)
    return added_up((*plain, *months_of(ends_of(others, facts, circumstances))))


def _is_plain(live: Live, facts: Facts) -> bool:
    """Returns True if the term renews without any difference, and nothing of the subscription needs a look."""
    found = live.commitment
    if found is None or not live.active or live.is_trial or live.platform is not Platform.NEW_COMMERCE:
        return False
    then = found.renewal
    same = (then.quantity, then.term, then.billing) == (live.quantity, found.term, live.billing)
    if then.outcome != EndOfTerm.RENEWS or not same or found.next_term or live.named_extended:
        return False
    meant = facts.meant_by.get(live.id, ())
    entries = [desired for desired in facts.desired if desired.address in meant]
    for desired in entries[:1]:
        bound = facts.bound(desired.address.name)
        if bound is not None and (bound.scheduled_by or bound.offer_id != live.offer.id):
            return False
        values = (desired.quantity, desired.term or found.term, desired.billing or live.billing)
        if values != (live.quantity, found.term, live.billing) or desired.renew is Renew.END:
            return False
        return desired.offer.id == live.offer.id
    return facts.state is None or facts.state.claimed_by(live.id) is None


def _plain(live: Live, facts: Facts, now: datetime) -> Iterator[Month]:
    """The month of a term that renews as it is; none of a monthly term, nor of one that ends later than in a year."""
    found = live.commitment
    ends = found.ends_at if found and found.term != Term.MONTHLY else None
    if ends is None or not now - SAME_MOMENT < ends <= now + YEAR:
        return
    meant = facts.meant_by.get(live.id, ())
    address = next((desired.address for desired in facts.desired if desired.address in meant), None)
    seats = live.quantity
    ending = Ending(
        on=ends.astimezone(UTC).date(),
        subject=_subject(address, facts.customer, called(live.offer)),
        seats=seats,
        seats_after=seats,
    )
    named = (ending,)
    yield Month(month=f"{ending.on:%Y-%m}", terms=1, seats=seats, renewing=1, seats_after=seats, named=named)


def _subject(address: Address | None, customer: Customer, offer: str) -> str:
    """Returns what a month calls a term: by its address, where it has one."""
    return address or f"{customer.name}: {offer}"


def _month(term: TermEnd) -> Month:
    after = term.after if term.event.renews else None
    before = term.before.quantity if term.before else 0
    ending = Ending(
        on=term.ends_on,
        subject=_subject(term.address, term.customer, term.before.offer_name if term.before else term.subscription_id),
        seats=before,
        seats_after=after.quantity if after else None,
        finding=bool(term.findings),
    )
    return Month(
        month=_name(term.ends_on.year, term.ends_on.month),
        terms=1,
        seats=before,
        renewing=int(after is not None),
        seats_after=after.quantity if after else 0,
        findings=int(bool(term.findings)),
        named=(ending,),
    )


def _name(year: int, month: int) -> str:
    return f"{year}-{month:02}"
